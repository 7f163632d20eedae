"""SELECTs in the making: tables joined as fields need them, and a column for each cell that is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.visitors import replacement_traverse

from gateway.authoring.sources import ManySource
from gateway.model import RowSet
from gateway.ordering import OrderTerm, beyond, order_terms
from gateway.planning.results import Arranged
from gateway.reference.statements import placeholder
from gateway.sql import one_of


@dataclass(frozen=True, eq=False)
class Occurrence:
    """A table in one place of a statement; the same table may occur several times."""

    row_set: RowSet
    table: FromClause
    _here: dict[ColumnElement[Any], ColumnElement[Any]] = field(default_factory=dict)

    def here(self, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        """An expression over the declared table, over this occurrence of it; the same each time."""
        found = self._here.get(expression)
        if found is None:
            found = self._here[expression] = replacement_traverse(expression, {}, self._replaced)
        return found

    def _replaced(self, element: Any, **_: Any) -> Any:
        if isinstance(element, Column) and element.table is self.row_set.table:
            return self.table.c[element.key]
        return None


@dataclass(eq=False)
class Frame:
    """One statement; its rows are ``d<slot>`` in the plan's source, one of them ``r<slot>``."""

    slot: int
    round: int
    arranged: Arranged
    source: FromClause
    where: list[ColumnElement[bool]] = field(default_factory=list)
    order: list[ColumnElement[Any]] = field(default_factory=list)
    group: list[ColumnElement[Any]] = field(default_factory=list)
    limited: bool = False
    binds: dict[str, int] = field(default_factory=dict)
    key: ColumnElement[Any] | None = None
    keys: str | None = None
    """Source of the expression for the set of keys that ``:keys`` gets, in a statement for many parents."""
    needs: int | None = None
    """The value without which the statement has nothing to read."""
    _columns: list[ColumnElement[Any]] = field(default_factory=list)
    _positions: dict[tuple[int, int], int] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)
    _joined: dict[tuple[object, ...], Occurrence] = field(default_factory=dict)

    @property
    def data(self) -> str:
        """The name of its arranged rows."""
        return f"d{self.slot}"

    @property
    def row(self) -> str:
        """The name of the variable that holds one of its rows."""
        return f"r{self.slot}"

    def column(self, expression: ColumnElement[Any]) -> int:
        """The place of a further cell, whatever it is."""
        self._columns.append(expression.label(f"c{len(self._columns)}"))
        return len(self._columns) - 1

    def cell(self, occurrence: Occurrence, expression: ColumnElement[Any]) -> int:
        """The place of a declared cell of an occurrence."""
        identity = (id(occurrence), id(expression))
        found = self._positions.get(identity)
        if found is None:
            self._kept += (occurrence, expression)
            found = self._positions[identity] = self.column(occurrence.here(expression))
        return found

    def join(
        self,
        row_set: RowSet,
        on: ColumnElement[Any],
        key: ColumnElement[Any],
        narrowed: ColumnElement[bool] | None,
    ) -> Occurrence:
        """The row of a table whose unique column ``on`` is ``key``, an expression of this statement, if there is one."""
        identity = (id(row_set), id(on), id(key))
        found = self._joined.get(identity)
        if found is None:
            found = Occurrence(row_set, row_set.called(f"t{len(self._joined) + 1}"))
            self.remember(found, on, key)
            condition = found.here(on) == key
            if narrowed is not None:
                condition = and_(condition, found.here(narrowed))
            self.source = self.source.outerjoin(found.table, condition)
        return found

    def remember(self, occurrence: Occurrence, on: ColumnElement[Any], key: ColumnElement[Any]) -> None:
        """Note that an occurrence is the row whose ``on`` is ``key``."""
        self._kept += (occurrence, on, key)
        self._joined[(id(occurrence.row_set), id(on), id(key))] = occurrence

    def among(self, key: ColumnElement[Any], keys: str) -> None:
        """Read the rows of many parents: those whose ``key`` is one of ``keys``; it is the first cell."""
        assert not self._columns
        self.column(key)
        self.key, self.keys = key, keys
        self.where.append(one_of(key, bindparam("keys")))

    def select(self) -> Select[Any]:
        """The statement."""
        if not self._columns:
            self.column(literal_column("1"))
        made = select(*self._columns).select_from(self.source).where(*self.where)
        made = made.group_by(*self.group).order_by(*self.order)
        return made.limit(bindparam("limit", type_=Integer)) if self.limited else made


def base(row_set: RowSet) -> Occurrence:
    """The table that a statement starts from."""
    return Occurrence(row_set, row_set.called("t0"))


def seed() -> tuple[FromClause, ColumnElement[Any]]:
    """One row with a known key, for outer joins of what hangs on it; and its column."""
    made = select(bindparam("key", type_=String()).label("k")).subquery("seed")
    return made, made.c.k


@dataclass(frozen=True)
class Listing:
    """How a list is read: which filters are present, from where, in which direction, narrowed or not."""

    source: ManySource
    present: Sequence[str]
    backward: bool
    positioned: bool
    narrowed: ColumnElement[bool] | None

    def terms(self, occurrence: Occurrence) -> tuple[OrderTerm, ...]:
        """The order, over an occurrence of the table."""
        terms = order_terms(self.source.order, occurrence.row_set.table)
        return tuple(OrderTerm(occurrence.here(term.expression), term.descending) for term in terms)

    def ordered(self, occurrence: Occurrence) -> list[ColumnElement[Any]]:
        """ORDER BY."""
        return [term.clause(self.backward) for term in self.terms(occurrence)]

    def counted(self, occurrence: Occurrence) -> list[ColumnElement[bool]]:
        """The conditions of the whole list."""
        conditions = [
            given.condition(placeholder(f"filter_{name}", kind))
            for given in self.source.filters
            for name, kind in (given.parameter,)
            if name in self.present
        ]
        if self.narrowed is not None:
            conditions.append(self.narrowed)
        return [occurrence.here(condition) for condition in conditions]

    def conditions(self, occurrence: Occurrence) -> list[ColumnElement[bool]]:
        """The conditions of one page."""
        conditions = self.counted(occurrence)
        if self.positioned:
            terms = self.terms(occurrence)
            values: list[ColumnElement[Any]] = [
                bindparam(f"at_{index}", type_=term.expression.type) for index, term in enumerate(terms)
            ]
            conditions.append(beyond(terms, values, self.backward))
        return conditions

    def numbered(self, row_set: RowSet) -> FromClause:
        """(k, pk, place) of the rows of many parents: their key, the row's own, its place in its parent's page."""
        assert self.source.there is not None
        inner = Occurrence(row_set, row_set.called("n0"))
        there = inner.here(self.source.there)
        place = func.row_number().over(partition_by=there, order_by=self.ordered(inner))
        rows = select(there.label("k"), inner.here(row_set.key).label("pk"), place.label("place"))
        among = one_of(there, bindparam("keys"))
        return rows.where(among, *self.conditions(inner)).subquery("numbered")


class Denied(Exception):
    """The viewer lacks a claim that a row scope compares with: nothing may be read under it."""


def narrowed(row_set: RowSet, active: Mapping[RowSet, bool | None]) -> ColumnElement[bool] | None:
    """The condition of a row scope, over the declared table; None where it does not narrow. Raises :class:`Denied`."""
    if row_set.rows is None or active[row_set] is False:
        return None
    if active[row_set] is None:
        raise Denied
    claims = row_set.rows.claims
    return row_set.rows.condition(**{name: placeholder(f"claim_{name}", kind) for name, kind in claims})


def column_of(expression: ColumnElement[Any], table: Table) -> Column[Any] | None:
    """The column of the table that an expression is, if it is one."""
    return expression if isinstance(expression, Column) and expression.table is table else None
