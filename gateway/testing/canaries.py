"""Values that belong to one person alone, found in the data, so that an answer which holds somebody else's is noticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Column, ColumnElement, Enum, String, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.visitors import iterate

from gateway.access import VIA_PARENT, Rule, Viewer
from gateway.app import Application
from gateway.authoring.sources import CellSource, DerivedSource, ManySource, ToOneSource
from gateway.entities import is_entity
from gateway.model import Member, Model

SHORTEST: Final = 4
MOST: Final = 500


@dataclass(frozen=True)
class Canary:
    """A text that is in the data once; a viewer may see it where any of the rules admits him to its key."""

    text: str
    ways: tuple[tuple[Rule, str], ...]

    @property
    def written(self) -> bytes:
        """As an answer's JSON spells it."""
        return orjson.dumps(self.text)[1:-1]

    def forbidden(self, viewer: Viewer) -> bool:
        """Whether no rule lets the viewer see it."""
        return not any(rule.admits(viewer, key) is True for rule, key in self.ways)


Way = tuple[Rule, ColumnElement[Any] | None]
"""How a column can be reached: a rule, and the column with the key that the rule is asked about (None: it is not in reach)."""


async def canaries_of(application: Application) -> list[Canary]:
    """Texts behind rules that look at an entity's key, and nowhere else."""
    ways = _ways(application.assembly.model)
    async with application.services.database.read() as connection:
        everything = "\0".join(await _texts(application, connection))
        found = [
            canary
            for column, reached in ways.items()
            if _is_text(column) and all(rule.needs_key and key is not None for rule, key in reached)
            for canary in await _of_column(connection, column, reached)
            if len(canary.text) >= SHORTEST and everything.count(canary.text) == 1
        ]
    return found[:MOST]


async def _of_column(
    connection: AsyncConnection, column: Column[Any], reached: Sequence[Way]
) -> list[Canary]:
    keys = [key for _, key in reached if key is not None]
    rules = [rule for rule, _ in reached]
    rows = await connection.execute(select(column, *keys).where(column.is_not(None)).limit(MOST))
    return [Canary(text, tuple(zip(rules, map(str, values), strict=True))) for text, *values in rows]


async def _texts(application: Application, connection: AsyncConnection) -> list[str]:
    """Every text in the plugins' tables."""
    columns = [
        column
        for tables in application.contributions.tables.values()
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if _is_text(column)
    ]
    return [
        text for column in columns for text in await connection.scalars(select(column)) if text is not None
    ]


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, String) and not isinstance(column.type, Enum)


def _ways(model: Model) -> Mapping[Column[Any], list[Way]]:
    """Every column that some field shows, with the rules in front of it."""
    found: dict[Column[Any], list[Way]] = {}
    for member in model.members():
        for column in _shown(member):
            found.setdefault(column, []).extend(_ways_to(model, member))
    return found


def _shown(member: Member) -> Iterator[Column[Any]]:
    match member.source:
        case CellSource(expression=expression):
            expressions: tuple[ColumnElement[Any], ...] = (expression,)
        case DerivedSource(inputs=inputs):
            expressions = inputs
        case ToOneSource(here=ColumnElement() as here):
            expressions = (here,)
        case _:
            expressions = ()
    for expression in expressions:
        yield from (element for element in iterate(expression) if isinstance(element, Column))


def _ways_to(model: Model, member: Member) -> Iterator[Way]:
    if member.extension is not None:
        yield member.rule, member.extension.row
        return
    if member.rule is not VIA_PARENT:
        yield member.rule, None
    target = model.rows_of(member.declared_in)
    for other in model.members():
        if target is not None and model.target_of(other) is target:
            yield other.rule, _key_column(other)


def _key_column(member: Member) -> ColumnElement[Any] | None:
    """The column of the rows reached that holds the key of the entity which the field is on."""
    if isinstance(member.source, ManySource | ToOneSource) and is_entity(member.owner):
        return member.source.there
    return None
