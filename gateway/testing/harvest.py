"""Values for arguments out of a running application: what the tables hold, by the columns that each argument is compared with."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.visitors import iterate
from strawberry.utils.str_converters import to_camel_case

from gateway import cursors
from gateway.access import Viewer
from gateway.app import Application
from gateway.authoring.sources import EntitySource, Filter, LookupSource, ManySource, ToOneSource
from gateway.entities import is_entity
from gateway.model import Member, Model
from gateway.ordering import order_terms
from gateway.testing.values import ValuePool

MOST: Final = 200
"""Rows read of a column or list; enough to find most of what is there."""

_INT: Final = range(-(2**31), 2**31)
_MONEY: Final = range(-(2**53) + 1, 2**53)


async def harvested(application: Application, viewers: Iterable[Viewer]) -> ValuePool:
    """A pool of the values that an application's own tables hold, and of the keys of its viewers."""
    async with application.services.database.read() as connection:
        return await _Harvest(application, connection).pool(viewers)


class _Harvest:
    """Reads columns, each once."""

    def __init__(self, application: Application, connection: AsyncConnection) -> None:
        self._model: Model = application.assembly.model
        self._secret = application.services.secret
        self._tables = application.contributions.tables
        self._connection = connection
        self._read: dict[Column[Any], list[Any]] = {}

    async def pool(self, viewers: Iterable[Viewer]) -> ValuePool:
        """Everything."""
        subjects = [viewer.subject for viewer in viewers if viewer.subject is not None]
        arguments: dict[str, Sequence[object]] = {}
        places: dict[str, Sequence[str]] = {}
        for member in self._model.members():
            match member.source:
                case LookupSource(column=Column() as column) as source:
                    name = to_camel_case(source.argument)
                    arguments[f"{member.coordinate}({name}:)"] = await self._looked_up(column, source)
                case EntitySource(argument=str(argument)):
                    name = to_camel_case(argument)
                    arguments[f"{member.coordinate}({name}:)"] = [
                        *await self._keys(member.shape.target),
                        *subjects,
                    ]
                case ManySource(paged=True) as source:
                    places[member.coordinate] = await self._cursors(member, source)
                    for given in source.filters:
                        name = to_camel_case(given.parameter[0])
                        arguments[f"{member.coordinate}({name}:)"] = await self._filtered(given)
        return ValuePool(arguments, places, await self._scalars(subjects))

    async def _values(self, column: Column[Any]) -> list[Any]:
        """A column's values; none where a cell is not what the column's type promises."""
        if column not in self._read:
            try:
                rows = await self._connection.scalars(select(column).distinct().order_by(column).limit(MOST))
                self._read[column] = [value for value in rows if value is not None]
            except (ValueError, LookupError, TypeError):
                self._read[column] = []
        return self._read[column]

    async def _looked_up(self, column: Column[Any], source: LookupSource) -> list[object]:
        found = list(_spelled(await self._values(column)))
        texts = [value for value in found if isinstance(value, str)] if source.prepare else []
        return [*found, *(text.lower() for text in texts), *(text.upper() for text in texts)]

    async def _filtered(self, given: Filter) -> list[object]:
        name, kind = given.parameter
        condition: ColumnElement[bool] = given.condition(bindparam(name))
        columns = {element for element in iterate(condition) if isinstance(element, Column)}
        found: list[object] = []
        for column in sorted(columns, key=str):
            values = await self._values(column)
            fitting = [value for value in values if _fits(value, kind)]
            found += _spelled(fitting)
            found += [piece for value in fitting if isinstance(value, str) for piece in _pieces(value)]
        return found

    async def _keys(self, entity: type | None) -> list[str]:
        """The keys of an entity that any table holds."""
        found: set[str] = set()
        for member in self._model.members():
            for column in _key_columns(member, entity):
                found |= {value for value in await self._values(column) if isinstance(value, str)}
        return sorted(found)

    async def _cursors(self, member: Member, source: ManySource) -> list[str]:
        target = self._model.target_of(member)
        assert target is not None, f"{member.coordinate} leads to no rows"
        terms = order_terms(source.order, target.table)
        statement = select(*(term.expression for term in terms)).order_by(
            *(term.clause(False) for term in terms)
        )
        try:
            rows = (await self._connection.execute(statement.limit(MOST))).all()
        except (ValueError, LookupError, TypeError):
            return []
        return [cursors.encode(self._secret, member.coordinate, list(row)) for row in rows]

    async def _scalars(self, subjects: Sequence[str]) -> dict[str, Sequence[object]]:
        """A few values of every column, by the scalar that can carry them."""
        found: dict[str, list[object]] = {"ID": list(subjects), "String": list(subjects)}
        for tables in self._tables.values():
            for table in tables.metadata.sorted_tables:
                for column in table.columns:
                    for value in (await self._values(column))[:10]:
                        for scalar in _scalars_of(value):
                            found.setdefault(scalar, []).extend(_spelled([value]))
        return dict(found)


def _key_columns(member: Member, entity: type | None) -> Iterator[Column[Any]]:
    extension, source = member.extension, member.source
    given: list[ColumnElement[Any] | None] = []
    if extension is not None and extension.target is entity:
        given.append(extension.row)
    if isinstance(source, ToOneSource) and member.shape.target is entity:
        given.append(source.here)
    if isinstance(source, ManySource | ToOneSource) and member.owner is entity and is_entity(entity):
        given.append(source.there)
    return (column for column in given if isinstance(column, Column))


def _spelled(values: Iterable[Any]) -> Iterator[object]:
    """Values as JSON spells them; those that no argument can carry are left out."""
    for value in values:
        if isinstance(value, dt.date):
            yield value.isoformat()
        elif isinstance(value, str | int | float) and not isinstance(value, enum.Enum):
            yield value


def _fits(value: object, kind: Any) -> bool:
    """Whether a column's value can be sent for an argument of this type."""
    return isinstance(value, getattr(kind, "__supertype__", kind)) and (kind is not int or value in _INT)


def _scalars_of(value: object) -> tuple[str, ...]:
    if isinstance(value, bool | enum.Enum):
        return ()
    if isinstance(value, int):
        return ("Int", "Money") if value in _INT else ("Money",) if value in _MONEY else ()
    if isinstance(value, dt.datetime):
        return ("DateTime",)
    if isinstance(value, dt.date):
        return ("Date",)
    return ("String", "ID") if isinstance(value, str) else ()


def _pieces(text: str) -> Iterator[str]:
    """Parts of a text that a search may look for."""
    yield text[:3]
    yield from text.split()[1:2]
    yield text[1:-1].lower()
