"""The cells that types declare of each table: what a read of their rows brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Table

from gateway.authoring.data_kinds import PERSONAL, DataKind, Unsaid
from gateway.authoring.sources import (
    CellSource,
    DerivedSource,
    LookupSource,
    ManySource,
    Rows,
    Source,
    ToOneSource,
)
from gateway.authoring.types import Extension, RowType, declared_extension, declared_rows
from gateway.entities import Participant
from gateway.model.members import Member, type_name
from gateway.ordering import order_terms, term


@dataclass(frozen=True, eq=False)
class RowSet:
    """The cells of a table that some types declare: read whole by the reference, converted one by one when asked for.

    ``about`` is the cell with the participant whom a row is about, and ``data`` what it tells of them.
    """

    name: str
    table: Table
    rows: Rows | None
    cells: tuple[ColumnElement[Any], ...]
    position: Mapping[int, int]
    names: Mapping[str, int]
    by: ColumnElement[Any] | None = None
    kinds: Mapping[object, str] = field(default_factory=dict)
    entity: type | None = None
    entity_key: ColumnElement[Any] | None = None
    about: ColumnElement[Any] | None = None
    data: DataKind | None = None
    _aliases: dict[str, FromClause] = field(default_factory=dict, init=False, repr=False)

    @property
    def key(self) -> Column[Any]:
        """The primary key's one column."""
        return self.table.primary_key.columns[0]

    def called(self, name: str) -> FromClause:
        """The table under a name of its own in a statement: the same for all statements, for it has a copy of each column."""
        found = self._aliases.get(name)
        if found is None:
            found = self._aliases[name] = self.table.alias(name)
        return found

    def at(self, expression: ColumnElement[Any]) -> int:
        """The index of a declared cell."""
        return self.position[id(expression)]


class RowSets:
    """Groups the declared types by family (an interface with its kinds is one) and lists the cells each family reads."""

    def __init__(
        self, types: Iterable[type], extensions: Iterable[type], fields: Mapping[str, tuple[Member, ...]]
    ) -> None:
        self.types = [cls for cls in types if declared_rows(cls) is not None]
        self.extensions = [cls for cls in extensions if _with_row(cls)]
        self.fields = fields

    def build(self) -> dict[type, RowSet]:
        """A row set per type and per extension with a row of its own."""
        made: dict[type, RowSet] = {}
        for root in self.types:
            if _family(root) is root:
                family = [cls for cls in self.types if _family(cls) is root]
                row_type = declared_rows(root)
                assert row_type is not None
                row_set = self._row_set(type_name(root), row_type.table, row_type, family)
                made.update(dict.fromkeys(family, row_set))
        for fragment in self.extensions:
            extension = declared_extension(fragment)
            assert extension is not None
            assert extension.row is not None
            table = extension.row.table
            about = extension.row if extension.target is Participant else None
            row_type = RowType(table, extension.rows, about=about, data=extension.data)
            made[fragment] = self._row_set(fragment.__name__, table, row_type, [fragment], extension)
        return made

    def _row_set(
        self,
        name: str,
        table: Table,
        row_type: RowType,
        family: list[type],
        extension: Extension | None = None,
    ) -> RowSet:
        entity, key = (extension.target, extension.row) if extension is not None else (None, None)
        members = [
            member for found in self.fields.values() for member in found if member.declared_in in family
        ]
        cells: dict[int, ColumnElement[Any]] = {}
        about = None if isinstance(row_type.about, Unsaid) else row_type.about
        told = (row_type.by, key, about)
        for expression in (*table.primary_key.columns, *(one for one in told if one is not None)):
            cells.setdefault(id(expression), expression)
        for member in members:
            for expression in _needed(member.source):
                cells.setdefault(id(expression), expression)
        for expression in self._ordered_by(table):
            cells.setdefault(id(expression), expression)
        position = {identity: index for index, identity in enumerate(cells)}
        names = {
            member.field.python_name: position[id(member.source.expression)]
            for member in members
            if isinstance(member.source, CellSource)
        }
        kinds = {
            declared.kind: type_name(cls)
            for cls in family
            if (declared := declared_rows(cls)) is not None and declared.kind is not None
        }
        return RowSet(
            name,
            table,
            row_type.rows,
            tuple(cells.values()),
            position,
            names,
            row_type.by,
            kinds,
            entity,
            key,
            about,
            None if about is None else row_type.data or PERSONAL,
        )

    def _ordered_by(self, table: Table) -> Iterator[ColumnElement[Any]]:
        for found in self.fields.values():
            for member in found:
                if isinstance(member.source, ManySource):
                    for found_term in order_terms(member.source.order, table):
                        if getattr(found_term.expression, "table", None) is table:
                            yield found_term.expression


def _optional(expression: ColumnElement[Any] | None) -> tuple[ColumnElement[Any], ...]:
    return () if expression is None else (expression,)


def _needed(source: Source | None) -> tuple[ColumnElement[Any], ...]:
    match source:
        case CellSource(expression=expression):
            return (expression,)
        case DerivedSource(inputs=inputs):
            return inputs
        case ToOneSource(here=here):
            return _optional(here)
        case _:
            return ()


def _with_row(fragment: type) -> bool:
    extension = declared_extension(fragment)
    return extension is not None and extension.row is not None


def _family(cls: type) -> type:
    interfaces = [base for base in cls.__mro__[1:] if declared_rows(base) is not None]
    return interfaces[-1] if interfaces else cls


def read_from(source: Source | None) -> Table | None:
    """The table that a list or a lookup reads."""
    match source:
        case ManySource(order=[first, *_]):
            return getattr(term(first).expression, "table", None)
        case LookupSource(column=column):
            return getattr(column, "table", None)
        case _:
            return None
