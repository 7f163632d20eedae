"""The SELECTs of one row set. Each is built once per variant (filters present, direction, scope) and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType, TypeEngine

from gateway.authoring.sources import ManySource
from gateway.model import RowSet
from gateway.ordering import OrderTerm, beyond, order_terms
from gateway.sql import one_of

KEY: Final = "k"
EVERYTHING: Final = ""
"""The key of root lists, which have no parent."""
_TYPES: Final[Mapping[type, type[TypeEngine[Any]]]] = {
    str: String,
    int: Integer,
    bool: Boolean,
    dt.date: Date,
}


class Statements:
    """Statements over one row set; rows come as (key, cells...), cells unconverted."""

    def __init__(self, row_set: RowSet) -> None:
        self._row_set = row_set
        self._kept: dict[tuple[object, ...], Select[Any]] = {}

    def one(self, by: ColumnElement[Any], scoped: bool) -> Select[Any]:
        """Rows whose column ``by`` is one of ``:keys``."""
        return self._keep(("one", id(by), scoped), lambda: self._by_keys(by, scoped))

    def many(self, source: ManySource, scoped: bool) -> Select[Any]:
        """All rows of each of ``:keys``, in order."""

        def build() -> Select[Any]:
            assert source.there is not None
            return self._by_keys(source.there, scoped).order_by(
                *(term.clause(backward=False) for term in order_terms(source.order, self._row_set.table))
            )

        return self._keep(("many", id(source), scoped), build)

    def page(
        self, source: ManySource, present: tuple[str, ...], backward: bool, positioned: bool, scoped: bool
    ) -> Select[Any]:
        """The next ``:limit`` rows after (or before) ``:at_0, :at_1...`` of each of ``:keys``, or of all rows on a root."""
        return self._keep(
            ("page", id(source), present, backward, positioned, scoped),
            lambda: self._page(source, present, backward, positioned, scoped),
        )

    def count(self, source: ManySource, present: tuple[str, ...], scoped: bool) -> Select[Any]:
        """Rows over all pages as (key, count)."""

        def build() -> Select[Any]:
            key = literal(EVERYTHING) if source.there is None else source.there.label(KEY)
            counted: list[ColumnElement[Any]] = [key, func.count()]
            rows = select(*counted).select_from(self._row_set.table)
            if source.there is not None:
                rows = _among(rows, source.there).group_by(source.there)
            return self._narrowed(rows, source, present, scoped)

        return self._keep(("count", id(source), present, scoped), build)

    def _keep(self, variant: tuple[object, ...], build: Callable[[], Select[Any]]) -> Select[Any]:
        found = self._kept.get(variant)
        if found is None:
            found = self._kept[variant] = build()
        return found

    def _cells(self) -> list[ColumnElement[Any]]:
        # NullType keeps the driver's value as it is: a cell is converted only when a field asks for it.
        return [
            type_coerce(cell, NullType()).label(f"c{index}") for index, cell in enumerate(self._row_set.cells)
        ]

    def _by_keys(self, by: ColumnElement[Any], scoped: bool) -> Select[Any]:
        return self._scope(_among(select(by.label(KEY), *self._cells()), by), scoped)

    def _page(
        self, source: ManySource, present: tuple[str, ...], backward: bool, positioned: bool, scoped: bool
    ) -> Select[Any]:
        terms = order_terms(source.order, self._row_set.table)
        order = [term.clause(backward) for term in terms]
        if source.there is None:
            rows = select(literal(EVERYTHING).label(KEY), *self._cells())
            rows = self._narrowed(rows, source, present, scoped, terms if positioned else (), backward)
            return rows.order_by(*order).limit(bindparam("limit", type_=Integer))
        place = func.row_number().over(partition_by=source.there, order_by=order).label("place")
        rows = _among(select(source.there.label(KEY), *self._cells(), place), source.there)
        numbered = self._narrowed(
            rows, source, present, scoped, terms if positioned else (), backward
        ).subquery("numbered")
        kept = [column for column in numbered.c if column.name != "place"]
        return (
            select(*kept)
            .where(numbered.c.place <= bindparam("limit", type_=Integer))
            .order_by(numbered.c.place)
        )

    def _narrowed(
        self,
        rows: Select[Any],
        source: ManySource,
        present: tuple[str, ...],
        scoped: bool,
        terms: tuple[OrderTerm, ...] = (),
        backward: bool = False,
    ) -> Select[Any]:
        for given in source.filters:
            name, kind = given.parameter
            if name in present:
                rows = rows.where(given.condition(placeholder(f"filter_{name}", kind)))
        if terms:
            values = [
                bindparam(f"at_{index}", type_=term.expression.type) for index, term in enumerate(terms)
            ]
            rows = rows.where(beyond(terms, values, backward))
        return self._scope(rows, scoped)

    def _scope(self, rows: Select[Any], scoped: bool) -> Select[Any]:
        narrowing = self._row_set.rows
        if narrowing is None or not scoped:
            return rows
        return rows.where(
            narrowing.condition(
                **{name: placeholder(f"claim_{name}", kind) for name, kind in narrowing.claims}
            )
        )


def _among(rows: Select[Any], by: ColumnElement[Any]) -> Select[Any]:
    return rows.where(one_of(by, bindparam("keys")))


def placeholder(name: str, kind: Any) -> BindParameter[Any]:
    """What a condition's ``Value`` parameter gets: bound to a value later, never inlined."""
    # Other types (enums) take the SQL type of the column they are compared with.
    known = _TYPES.get(kind)
    return bindparam(name, type_=known() if known is not None else None)
