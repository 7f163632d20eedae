"""From what a driver gives to SQLAlchemy's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Dialect, Float, Numeric
from sqlalchemy.types import TypeDecorator, TypeEngine

_NUMERIC_OID: Final = 1700
_FLOAT8_OID: Final = 701


def processor(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """From a cell as SQLAlchemy's driver gives it to the type's value; None where they are the same."""
    impl = type_.dialect_impl(dialect)
    return impl.result_processor(dialect, _oid(plain(impl)))


def plain(impl: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of the store beneath decorators."""
    while isinstance(impl, TypeDecorator):
        impl = impl.impl_instance
    return impl


def _oid(type_: TypeEngine[Any]) -> int | None:
    # SQLAlchemy asks what numbers PostgreSQL sends, and fails where it is not told; the others it takes as they come.
    if isinstance(type_, Float):
        return _FLOAT8_OID
    return _NUMERIC_OID if isinstance(type_, Numeric) else None
