"""How values of parameters are given to SQLite's driver: as SQLAlchemy gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.types import TypeEngine

from gateway.database.failures import StatementFault
from gateway.database.inline.connection import Asked
from gateway.database.rounds import Batch


def encoder(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """From what SQLAlchemy takes for a type to what the driver does; None where they are the same."""
    return type_.dialect_impl(dialect).bind_processor(dialect)


def spelled(batch: Batch) -> Asked:
    """The statements with their values encoded; :class:`StatementFault` where a value does not fit its parameter."""
    try:
        return [
            (
                read.text,
                [
                    value if encode is None else encode(value)
                    for encode, value in zip(read.encoders, values, strict=True)
                ],
            )
            for read, values in batch
        ]
    except Exception as error:  # noqa: BLE001  a type's own processor may raise anything, with the value in its words
        raise StatementFault(type(error).__name__) from None
