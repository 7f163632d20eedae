"""How values of parameters are spelled for libpq: in text format, which any declared type of a parameter understands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

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
from sqlalchemy.engine import make_url
from sqlalchemy.types import TypeEngine

from gateway.database.failures import StatementFault
from gateway.database.processing import plain
from gateway.database.rounds import Batch, Read

Asked = list[tuple[Read, list[bytes | None]]]
"""Statements with the values of their parameters as they travel."""

Encoder = Callable[[Any], bytes | None]
_Speller = Callable[[Any], str]

DOES_NOT_FIT: Final = "22000"
"""The SQLSTATE of what is refused here instead of in the server: a data exception."""


def dialect() -> Dialect:
    """The dialect that the reference speaks, too."""
    return make_url("postgresql+asyncpg://").get_dialect()()


def spelled(batch: Batch) -> Asked:
    """The statements with their values encoded; :class:`StatementFault` where a value does not fit its parameter."""
    asked: Asked = []
    try:
        for read, values in batch:  # no comprehensions: each is a call of its own
            encoded: list[bytes | None] = []
            for encode, value in zip(read.encoders, values, strict=True):
                assert encode is not None  # `encoder` made one for every place
                encoded.append(encode(value))
            asked.append((read, encoded))
        return asked
    except Exception:  # noqa: BLE001  a type's own processor may raise anything, with the value in its words
        raise StatementFault(DOES_NOT_FIT) from None


def encoder(type_: TypeEngine[Any], dialect: Dialect) -> Encoder:
    """From what SQLAlchemy takes for a type to bytes; :class:`TypeError` for a type that has no spelling here."""
    impl = type_.dialect_impl(dialect)
    process = impl.bind_processor(dialect)
    spell = _speller(plain(impl), dialect)
    return _text(process) if spell is _as_text else _encoder(process, spell)


def _text(process: Callable[[Any], Any] | None) -> Encoder:
    def encode(value: Any) -> bytes | None:
        if process is not None:
            value = process(value)
        if value is None:
            return None
        if (
            "\0" in value
        ):  # libpq would take it for the end; an array that ends there is refused by the server
            raise ValueError("NUL in a text")
        return str.encode(value)

    return encode


def _encoder(process: Callable[[Any], Any] | None, spell: _Speller) -> Encoder:
    def encode(value: Any) -> bytes | None:
        if process is not None:
            value = process(value)
        return None if value is None else spell(value).encode()

    return encode


def _speller(type_: TypeEngine[Any], dialect: Dialect) -> _Speller:
    if isinstance(type_, ARRAY):
        item = _speller(plain(type_.item_type.dialect_impl(dialect)), dialect)
        return _as_text_array if item is _as_text else _array(item)
    if isinstance(type_, DateTime):
        return _as_moment if type_.timezone else _as_local_time
    for kind, spell in _SPELLERS:
        if isinstance(type_, kind):
            return spell
    raise TypeError(f"no spelling for a parameter of {type_!r}")


def _array(item: _Speller) -> _Speller:
    def spell(values: Iterable[Any]) -> str:
        return "{" + ",".join(["NULL" if value is None else item(value) for value in values]) + "}"

    return spell


def _as_text_array(values: list[str]) -> str:
    try:
        joined = '","'.join(values)
    except TypeError:  # there is a None
        return _array(_quoted)(values)
    if not values or "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        return _array(_quoted)(values)
    return f'{{"{joined}"}}'


def _quoted(value: str) -> str:
    return '"' + str.replace(value, "\\", "\\\\").replace('"', '\\"') + '"'


def _as_text(value: str) -> str:
    return value


def _as_truth(value: object) -> str:
    if not isinstance(value, bool):
        raise TypeError("not a boolean")
    return "t" if value else "f"


def _as_day(value: dt.date) -> str:
    day = dt.date.isoformat(value)
    return _ENDS.get(day, day)


def _as_moment(value: dt.datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    moment = dt.datetime.isoformat(value.astimezone(dt.UTC).replace(tzinfo=None))
    return _ENDS.get(moment) or moment + "+00"


def _as_local_time(value: dt.datetime) -> str:
    if value.tzinfo is not None:  # the server would drop the offset and keep the hours
        raise ValueError("a time zone that the column does not have")
    moment = dt.datetime.isoformat(value)
    return _ENDS.get(moment, moment)


def _as_number(value: Decimal | float) -> str:
    if not isinstance(value, Decimal | int | float):
        raise TypeError("not a number")
    return str(value)


def _as_uuid(value: UUID | str) -> str:
    return str(value if isinstance(value, UUID) else UUID(value))


_ENDS: Final = {
    "9999-12-31": "infinity",
    "0001-01-01": "-infinity",
    "9999-12-31T23:59:59.999999": "infinity",
    "0001-01-01T00:00:00": "-infinity",
}
"""The ends of Python's calendar stand for the store's infinities: asyncpg writes them so, and what it wrote is to be found."""

_SPELLERS: Final[tuple[tuple[type[TypeEngine[Any]], _Speller], ...]] = (
    (String, _as_text),
    (Boolean, _as_truth),
    (Integer, int.__repr__),
    (Float, _as_number),
    (Numeric, _as_number),
    (Date, _as_day),
    (Uuid, _as_uuid),
)
