"""How cells and Python values are written into answers: as graphql-core serializes what the reference reads.

A writer takes a value and gives what ``orjson`` writes exactly as it writes the reference's. It raises
:class:`StepAside` where the reference has an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Hashable, Iterable
from contextlib import suppress
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from sqlalchemy import DATE, Boolean, Date, Enum, String
from sqlalchemy.types import TypeEngine
from strawberry.schema.schema_converter import CustomGraphQLEnumType

from gateway.authoring.scalars import MOST_MONEY, SCALARS, Money
from gateway.database.rounds import Rounds
from gateway.planning.stepping import StepAside

Writer = Callable[[Any], Any]
Convert = Callable[[Any], Any] | None

_PLAIN: Final = frozenset({str, int, float, bool, dt.date, dt.datetime})
"""Types whose values are neither failures nor to be waited for."""
_ISO_DAY: Final = len("YYYY-MM-DD")

MOST_DAYS: Final = 1_024
"""Days that a field's writer remembers, some 75 KiB."""


def cell_writer(
    rounds: Rounds,
    sql_type: TypeEngine[Any],
    leaf: GraphQLLeafType,
    *,
    nullable: bool,
    trusted: bool = False,
    stored: bool = False,
) -> Writer | None:
    """How a raw cell is written as a leaf; None: as it is. Steps aside for a type that ``rounds`` does not know.

    ``trusted`` says that the cell is of a NOT NULL column and its row is there; ``stored``, that it is of a column, so that
    the store holds to its type: of an expression the type is only claimed.
    """
    convert = _converter(rounds, sql_type)
    if stored and convert is None and (nullable or trusted) and _as_stored(sql_type, leaf):
        return None
    slow = _slow(leaf, convert, nullable=nullable)
    if convert is None:
        return _fast(leaf, slow)
    if isinstance(sql_type, Enum):
        return _Known(sql_type.enums, slow).__getitem__
    if isinstance(sql_type, Boolean):
        return _Known((False, True), slow).__getitem__
    if type(sql_type) in (Date, DATE) and leaf.coerce_output_value is SCALARS[dt.date].serialize:
        return _Days(slow).__getitem__
    return slow


def leaf_writer(leaf: GraphQLLeafType, *, nullable: bool) -> Writer:
    """How a value that code made is written as a leaf."""
    return _fast(leaf, _slow(leaf, None, nullable=nullable))


def converted(rounds: Rounds, sql_type: TypeEngine[Any], *, nullable: bool = True) -> Convert:
    """From a raw cell to what code gets, as the reference's rows give it; None: as it is. Without ``nullable``, never of NULL."""
    convert = _converter(rounds, sql_type)
    if convert is None or not nullable:
        return convert
    return lambda cell: None if cell is None else convert(cell)


def _converter(rounds: Rounds, sql_type: TypeEngine[Any]) -> Convert:
    try:
        return rounds.converter(sql_type)
    except TypeError:
        raise StepAside("column type") from None


class _Known(dict[Hashable, Any]):
    """What a writer gives for some values, which is the same each time; it is asked for any other."""

    def __init__(self, values: Iterable[Hashable], writer: Writer) -> None:
        super().__init__()
        self._writer = writer
        for value in (None, *values):
            with suppress(StepAside):
                self[value] = writer(value)

    def __missing__(self, value: Hashable) -> Any:
        return self._writer(value)


def _slow(leaf: GraphQLLeafType, convert: Convert, *, nullable: bool) -> Writer:
    """The whole way: to Python, then as graphql-core completes a leaf."""

    def write(cell: Any) -> Any:
        try:
            value = cell if convert is None or cell is None else convert(cell)
            if nullable and (value is None or value is Undefined):
                return None
            return _completed(leaf, value)
        except Exception:  # noqa: BLE001  whatever a conversion raises, the reference tells of it
            raise StepAside("leaf") from None

    return write


def _completed(leaf: GraphQLLeafType, value: Any) -> Any:
    if type(value) not in _PLAIN and (
        value is None or value is Undefined or isinstance(value, Exception | Awaitable)
    ):
        raise StepAside("leaf")
    written = leaf.coerce_output_value(value)
    if written is None or written is Undefined:
        raise StepAside("leaf")
    return written


def _fast(leaf: GraphQLLeafType, slow: Writer) -> Writer:
    """The values that most leaves are made of come first."""
    if leaf is GraphQLString or leaf is GraphQLID:
        return lambda value: value if type(value) is str else slow(value)
    if leaf is GraphQLInt:
        return lambda value: (
            value if type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT else slow(value)
        )
    if leaf.coerce_output_value is SCALARS[Money].serialize:
        return lambda value: (
            value if type(value) is int and -MOST_MONEY <= value <= MOST_MONEY else slow(value)
        )
    if leaf is GraphQLBoolean:
        return lambda value: value if value is True or value is False else slow(value)
    if isinstance(leaf, CustomGraphQLEnumType):
        return _Known(leaf.wrapped_cls, slow).__getitem__
    return slow


class _Days(dict[Hashable, Any]):
    """A day is ISO text in the store and in answers; the store may hold what is no day, and Python reads other spellings.

    Days that were written are known from then on: there are few, and looking at each again costs more than all else in a list.
    """

    def __init__(self, slow: Writer) -> None:
        super().__init__()
        self._slow = slow

    def __missing__(self, cell: Any) -> Any:
        if type(cell) is str and len(cell) == _ISO_DAY and cell[7] == "-":
            try:
                dt.date.fromisoformat(cell)
            except ValueError:
                raise StepAside("leaf") from None
            if len(self) < MOST_DAYS:
                self[cell] = cell
            return cell
        return self._slow(cell)


def _as_stored(sql_type: TypeEngine[Any], leaf: GraphQLLeafType) -> bool:
    if isinstance(sql_type, String):
        return leaf is GraphQLString or leaf is GraphQLID
    return isinstance(sql_type, Boolean) and leaf is GraphQLBoolean
