"""Raw cells: how the driver loads them, and what SQLAlchemy would make of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.string import TextLoader
from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Float,
    Integer,
    Numeric,
    String,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from gateway.database.processing import plain, processor

Convert = Callable[[Any], Any]

KEPT_AS_TEXT: Final = ("date", "timestamptz", "timestamp", "timetz", "time", "json", "jsonb")
"""Types of the server whose cells are left as it spells them: most go into an answer like that."""

_ENDS: Final = {"infinity": dt.date.max, "-infinity": dt.date.min}


def raw_cells() -> AdaptersMap:
    """The driver's loaders, which give str, int, bool, float, Decimal and lists of them, with days and moments as text."""
    adapters = AdaptersMap(psycopg.adapters)
    for name in KEPT_AS_TEXT:
        adapters.register_loader(name, TextLoader)
    return adapters


def converter(type_: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """From a raw cell to SQLAlchemy's value; :class:`TypeError` for a type whose cells are not known here.

    The function raises :class:`ValueError` for days beyond Python's calendar and for infinite moments.
    """
    process = processor(type_, dialect)
    read = _reader(plain(type_.dialect_impl(dialect)), dialect)
    if read is None or process is None:
        return read or process
    return lambda cell: process(read(cell))


def _reader(type_: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """From a raw cell to what SQLAlchemy expects of asyncpg."""
    if isinstance(type_, Date):
        return _day
    if isinstance(type_, DateTime):
        return dt.datetime.fromisoformat
    if isinstance(type_, String | Boolean | Integer | Numeric | Float | Uuid):
        return None
    if isinstance(type_, ARRAY) and converter(type_.item_type, dialect) is None:
        return None
    raise TypeError(f"cells of {type_!r} are not known")


def _day(cell: str) -> dt.date:
    # The reference's driver reads the ends of time so, and writes its first and last day as them.
    return _ENDS[cell] if cell in _ENDS else dt.date.fromisoformat(cell)
