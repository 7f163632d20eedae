"""Leaf types, what graphql-core writes of them, and converters as SQLAlchemy has them."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from typing import Any, Final, cast

import orjson
import strawberry
from graphql import (
    GraphQLField,
    GraphQLLeafType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    execute_sync,
    is_leaf_type,
    parse,
)
from sqlalchemy import Date, Dialect, make_url
from sqlalchemy.types import TypeEngine
from strawberry.schema.config import StrawberryConfig

from gateway.authoring import ID, Money, enumeration
from gateway.authoring.scalars import SCALARS
from gateway.database.rounds import Rounds
from gateway.planning.stepping import StepAside
from gateway.sql import Instant


@enumeration(RED="Red.", BLUE="Blue.")
class Colour(enum.Enum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


@enumeration(LOW="Low.", HIGH="High.")
class Level(enum.IntEnum):
    """A number with a name."""

    LOW = 1
    HIGH = 2


@strawberry.type
class Query:
    """Fields bring the leaf types."""

    text: str
    key: ID
    count: int
    ratio: float
    yes: bool
    day: dt.date
    moment: dt.datetime
    money: Money
    colour: Colour
    level: Level


_GRAPH: Final[GraphQLSchema] = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))._schema


def leaf(name: str) -> GraphQLLeafType:
    """A leaf type by name."""
    found = _GRAPH.type_map[name]
    assert is_leaf_type(found)
    return found


class Processors:
    """Converts as SQLAlchemy does on what the driver gives; days and instants of PostgreSQL come as text."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def converter(self, type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
        """As in the protocol."""
        if self.dialect.name == "postgresql" and isinstance(type_, Date):
            return dt.date.fromisoformat
        if self.dialect.name == "postgresql" and isinstance(type_, Instant):
            return lambda cell: dt.datetime.fromisoformat(cell).astimezone(dt.UTC)
        return type_.dialect_impl(self.dialect).result_processor(self.dialect, None)


STORES: Final[dict[str, Rounds]] = {
    name: cast("Rounds", Processors(make_url(f"{name}+{driver}://").get_dialect()()))
    for name, driver in (("sqlite", "aiosqlite"), ("postgresql", "asyncpg"))
}
REFUSED: Final = b"refused"


def reference(value: Callable[[], Any], name: str, *, nullable: bool) -> bytes:
    """What graphql-core answers for a field of a leaf type that resolves to a value; REFUSED for an error."""
    type_ = leaf(name)
    field = GraphQLField(type_ if nullable else GraphQLNonNull(type_), resolve=lambda *_: value())
    result = execute_sync(GraphQLSchema(GraphQLObjectType("Query", {"cell": field})), parse("{ cell }"))
    if result.errors or result.data is None:
        return REFUSED
    return dumped(lambda: result.data and result.data["cell"])


def dumped(made: Callable[[], Any]) -> bytes:
    """As JSON; REFUSED for what a plan steps aside for: what it says itself, and what has no JSON."""
    try:
        return orjson.dumps(made())
    except (StepAside, TypeError):
        return REFUSED
