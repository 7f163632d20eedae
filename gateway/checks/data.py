"""Checks of sources against the tables: types, NULLs, uniqueness, orders, and whose table it is."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import strawberry
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    bindparam,
)
from sqlalchemy.sql.visitors import iterate
from strawberry.types.enum import StrawberryEnumDefinition

from gateway.authoring.scalars import Money
from gateway.authoring.sources import (
    CellSource,
    DerivedSource,
    LookupSource,
    ManySource,
    Source,
    ToOneSource,
)
from gateway.entities import is_entity
from gateway.foundations import READABLE
from gateway.model import Member, Model, RowSet
from gateway.ordering import order_terms
from gateway.registry import Problem
from gateway.sql import Dong, one_of

_NO_ROWS: Final = "its type must be a @value_type of this table, or an entity that this plugin extends with row= in this table"
_PAGEABLE: Final = (str, int, dt.date, dt.datetime)


def problems(model: Model, metadata: Mapping[str, MetaData]) -> Iterator[Problem]:
    """Every mismatch between what the graph promises and what the tables can hold."""
    for member in model.members():
        for what in (*_of_member(model, member), *_of_extension(member)):
            yield Problem(member.plugin, member.coordinate, what)
        for table in sorted({table.name for table in _tables(member.source)} - _own(member.plugin, metadata)):
            yield Problem(
                member.plugin,
                member.coordinate,
                f"{table} is not a table of this plugin; extend an entity instead",
            )
    for cls, row_set in model.row_sets.items():
        if len(row_set.table.primary_key.columns) != 1:
            yield Problem(
                model.owners.get(row_set.name, "core"),
                cls.__name__,
                f"{row_set.table.name} needs a primary key of one column",
            )


def _own(plugin: str, metadata: Mapping[str, MetaData]) -> frozenset[str]:
    return READABLE | (metadata[plugin].tables.keys() if plugin in metadata else set())


def _of_member(model: Model, member: Member) -> Iterator[str]:
    match member.source:
        case CellSource(expression=expression):
            yield from _cell(model, member, expression)
        case DerivedSource(inputs=inputs):
            yield from _in_row(model, member, inputs)
        case ToOneSource() as source:
            yield from _to_one(model, member, source)
        case ManySource() as source:
            yield from _many(model, member, source)
        case LookupSource(column=column):
            yield from _unique(column, "lookup")
            yield from _key(column, column.type.python_type)
            if model.target_of(member) is None:
                yield _NO_ROWS
            if not member.shape.nullable:
                yield "make it nullable; there may be no such row"
        case _:
            pass


def _of_extension(member: Member) -> Iterator[str]:
    extension = member.extension
    if extension is None:
        return
    if extension.row is not None:
        yield from _unique(extension.row, "row=")
        yield from _key(extension.row, str)
    elif extension.rows is not None:
        yield "rows= narrows our row about the entity; name row= too"


def _key(column: ColumnElement[Any], wanted: type) -> Iterator[str]:
    """Keys of entities are text, others are what the primary key that they lead to is."""
    found = column.type.python_type
    if found is not wanted:
        yield f"{column} holds {found.__name__}, the key that it is compared with is {wanted.__name__}"
        return
    try:
        one_of(column, bindparam("keys"))
    except TypeError as error:
        yield f"{column} cannot be a key: {error}"


def _own_key(model: Model, member: Member) -> type:
    """What the key of the object is that a field is on."""
    own = model.rows_of(member.owner)
    return str if own is None else own.key.type.python_type


def _in_row(model: Model, member: Member, expressions: tuple[ColumnElement[Any], ...]) -> Iterator[str]:
    own = model.rows_of(member.declared_in)
    if own is None:
        yield "has columns but no row: give @extends(..., row=...) the column that holds the entity's key"
        return
    for expression in expressions:
        foreign = {column.table.name for column in _columns(expression)} - {own.table.name}
        if foreign:
            yield f"{', '.join(sorted(foreign))} is not the table of this type ({own.table.name}); use to_one or to_many"
    if member.extension is not None and not member.shape.nullable:
        yield f"our row about {member.owner_name} may be missing; make the field nullable"


def _cell(model: Model, member: Member, expression: ColumnElement[Any]) -> Iterator[str]:
    yield from _in_row(model, member, (expression,))
    if isinstance(expression, Column) and expression.nullable and not member.shape.nullable:
        yield f"{expression.table.name}.{expression.name} may be NULL but the field is not nullable"
    wanted, found = _python_type(member.shape.inner), expression.type
    if wanted is int and isinstance(found, BigInteger | Dong):
        yield "Int has 32 bits; use Money, or a scalar of its own, for a BigInteger"
    elif wanted is not None and not _same(wanted, found.python_type):
        yield f"the column holds {found.python_type.__name__}, the field promises {wanted.__name__}"


def _python_type(inner: Any) -> type | None:
    if isinstance(inner, StrawberryEnumDefinition):
        return inner.wrapped_cls
    if inner is Money or inner is strawberry.ID:
        return cast("type", inner)
    return inner if isinstance(inner, type) else None


def _same(wanted: Any, found: type) -> bool:
    if wanted is Money:
        return found is int
    if wanted is strawberry.ID:
        return found is str
    return found is wanted or (isinstance(wanted, type) and issubclass(wanted, enum.Enum) and found is wanted)


def _to_one(model: Model, member: Member, source: ToOneSource) -> Iterator[str]:
    target = model.rows_of(member.shape.target)
    if source.here is not None:
        yield from _in_row(model, member, (source.here,))
        if isinstance(source.here, Column) and source.here.nullable and not member.shape.nullable:
            yield f"{source.here.table.name}.{source.here.name} may be NULL but the field is not nullable"
    if is_entity(member.shape.target):
        if source.there is not None or source.here is None:
            yield "an entity is reached by our column with its key: to_one(column)"
        else:
            yield from _key(source.here, str)
        return
    if target is None:
        yield "its type must be a shared entity or a @value_type"
        return
    if source.there is not None:
        yield from _unique(source.there, "to_one", "use to_many")
        yield from _belongs(source.there, target)
        yield from _key(source.there, _own_key(model, member))
    elif source.here is not None:
        yield from _key(source.here, target.key.type.python_type)
    if not member.shape.nullable:
        yield "the row may be missing; make the field nullable"
    yield from _narrowed(member, target)


def _narrowed(member: Member, target: RowSet) -> Iterator[str]:
    if target.rows is not None and not member.shape.nullable:
        yield f"{target.name} rows are narrowed ({target.rows.name}); make the field nullable"


def _many(model: Model, member: Member, source: ManySource) -> Iterator[str]:
    target = model.target_of(member)
    if target is None:
        yield _NO_ROWS
        return
    if source.there is None and not member.on_root:
        yield "name the column that holds our key"
    if source.there is not None:
        yield from _belongs(source.there, target)
        if member.on_root:
            yield "a root list has no parent; leave the column out"
        else:
            yield from _key(source.there, _own_key(model, member))
    yield from _narrowed(member, target)
    for term in order_terms(source.order, target.table):
        yield from _order(term.expression, target)


def _order(expression: ColumnElement[Any], target: RowSet) -> Iterator[str]:
    if not isinstance(expression, Column):
        yield "lists are ordered by plain columns"
        return
    yield from _belongs(expression, target)
    place = f"{expression.table.name}.{expression.name}"
    if expression.nullable:
        yield f"cannot page by {place}: it may be NULL"
    if expression.type.python_type not in _PAGEABLE:
        yield f"cannot page by {place}: order by text, whole numbers, days or instants"
    if getattr(expression.type, "collation", None):
        yield f"cannot page by {place}: a collation of its own may tie different texts"


def _belongs(column: ColumnElement[Any], target: RowSet) -> Iterator[str]:
    table = getattr(column, "table", None)
    if table is not target.table:
        yield f"{column} is not a column of {target.table.name}"


def _unique(column: ColumnElement[Any], use: str, advice: str = "it must be") -> Iterator[str]:
    if not isinstance(column, Column) or not is_unique(column):
        yield f"{column} is not unique, so this is not {use}; {advice}"


def is_unique(column: Column[Any]) -> bool:
    """Whether the table itself forbids two rows with one value of this column."""
    table = column.table
    constraints = [
        found for found in table.constraints if isinstance(found, UniqueConstraint | PrimaryKeyConstraint)
    ]
    indexes = [index for index in table.indexes if index.unique and not _partial(index)]
    alone = [list(found.columns) for found in (*constraints, *indexes)]
    return bool(column.unique) or any(len(columns) == 1 and columns[0] is column for columns in alone)


def _partial(index: Index) -> bool:
    return any(options.get("where") is not None for options in index.dialect_options.values())


def _columns(expression: ColumnElement[Any]) -> list[Column[Any]]:
    return [element for element in iterate(expression) if isinstance(element, Column)]


def _tables(source: Source | None) -> set[Table]:
    expressions: tuple[ColumnElement[Any] | None, ...]
    match source:
        case CellSource(expression=expression):
            expressions = (expression,)
        case DerivedSource(inputs=inputs):
            expressions = inputs
        case ToOneSource(here=here, there=there):
            expressions = (here, there)
        case ManySource(there=there, order=order):
            expressions = (there, *order)
        case LookupSource(column=column):
            expressions = (column,)
        case _:
            expressions = ()
    return {
        column.table
        for expression in expressions
        if expression is not None
        for column in _columns(expression)
    }
