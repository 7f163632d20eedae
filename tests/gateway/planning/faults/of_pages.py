"""Pages, orders, cursors and filters that a planner might get wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement, FromClause, bindparam, func, select

from gateway import cursors, ordering
from gateway.database.rounds import Cells
from gateway.planning import pages, results, roots
from gateway.planning.arguments import ByVariable, presence
from gateway.planning.build import Build
from gateway.planning.frames import Listing, Occurrence
from gateway.planning.pages import Paged
from gateway.planning.results import Counts, Page, Pages
from gateway.reference.arguments import PAGE_ARGUMENTS
from gateway.sql import one_of

Patch = pytest.MonkeyPatch


def with_listing(patch: Patch, name: str, **changed: Any) -> None:
    """A method of connections sees their list otherwise than it is."""
    whole = getattr(Paged, name)

    def altered(self: Paged) -> Any:
        kept = self._listing
        self._listing = replace(kept, **changed)
        try:
            return whole(self)
        finally:
            self._listing = kept

    patch.setattr(Paged, name, altered)


def position_lost(patch: Patch) -> None:
    """Every page is the first."""
    with_listing(patch, "_rows", positioned=False)


def position_on_the_wrong_side(patch: Patch) -> None:
    """What comes before a cursor is shown after it."""
    whole = ordering.beyond
    patch.setattr(
        "gateway.planning.frames.beyond", lambda terms, values, backward: whole(terms, values, not backward)
    )


def position_by_the_first_term_alone(patch: Patch) -> None:
    """Rows that tie with the cursor's in the first term are skipped."""
    whole = ordering.beyond
    patch.setattr(
        "gateway.planning.frames.beyond",
        lambda terms, values, backward: whole(terms[:1], values[:1], backward),
    )


class _PageOfOneMore(Page):
    __slots__ = ()

    def __init__(self, rows: Sequence[Cells], request: Any) -> None:
        super().__init__(rows, request)
        self.shown = list(rows[::-1] if request.backward else rows)


def page_of_one_more(patch: Patch) -> None:
    """The row that only tells that there are more is shown."""
    patch.setattr(results, "Page", _PageOfOneMore)


class _PageInReadingOrder(Page):
    __slots__ = ()

    def __init__(self, rows: Sequence[Cells], request: Any) -> None:
        super().__init__(rows, request)
        self.shown = list(rows[: request.size])


def backward_page_in_reading_order(patch: Patch) -> None:
    """A page that was read from the end is not turned round."""
    patch.setattr(results, "Page", _PageInReadingOrder)


class _PageWithSwappedFlags(Page):
    __slots__ = ()

    def __init__(self, rows: Sequence[Cells], request: Any) -> None:
        super().__init__(rows, request)
        self.has_next, self.has_previous = self.has_previous, self.has_next


def flags_swapped(patch: Patch) -> None:
    """hasNextPage is hasPreviousPage."""
    patch.setattr(results, "Page", _PageWithSwappedFlags)


class _PagesThatGoOn(Pages):
    def __missing__(self, key: Any) -> Page:
        page = super().__missing__(key)
        page.has_next = True
        return page


def empty_page_goes_on(patch: Patch) -> None:
    """A parent without rows is told to have more of them."""
    patch.setattr(results, "Pages", _PagesThatGoOn)


class _CountsFromOne(Counts):
    def __missing__(self, key: Any) -> int:
        return 1


def no_rows_counted_as_one(patch: Patch) -> None:
    """A parent without rows has one."""
    patch.setattr(results, "Counts", _CountsFromOne)


def pages_not_numbered_by_parent(patch: Patch) -> None:
    """One page's rows are dealt out among all parents."""

    def numbered(self: Listing, row_set: Any) -> FromClause:
        assert self.source.there is not None
        inner = Occurrence(row_set, row_set.table.alias("n0"))
        there = inner.here(self.source.there)
        place = func.row_number().over(order_by=self.ordered(inner))
        rows = select(there.label("k"), inner.here(row_set.key).label("pk"), place.label("place"))
        among = one_of(there, bindparam("keys"))
        return rows.where(among, *self.conditions(inner)).subquery("numbered")

    patch.setattr(Listing, "numbered", numbered)


def cursor_of_another_list(patch: Patch) -> None:
    """Cursors are signed for another place."""

    def encode(secret: bytes, place: str, values: Sequence[Any]) -> str:
        return cursors.encode(secret, f"{place}s", values)

    patch.setattr(pages, "cursors", SimpleNamespace(encode=encode))


def end_cursor_of_the_first_row(patch: Patch) -> None:
    """endCursor is startCursor."""
    whole = Paged._of_page
    patch.setattr(Paged, "_of_page", lambda *given: whole(*given).replace("shown[-1]", "shown[0]"))


def order_reversed(patch: Patch) -> None:
    """Lists come out from the end."""
    patch.setattr(
        Listing,
        "ordered",
        lambda self, occurrence: [term.clause(not self.backward) for term in self.terms(occurrence)],
    )


def order_without_the_key(patch: Patch) -> None:
    """Rows that tie come as the store likes."""
    whole = Listing.ordered

    def ordered(self: Listing, occurrence: Occurrence) -> list[ColumnElement[Any]]:
        return whole(self, occurrence)[: len(self.source.order)]

    patch.setattr(Listing, "ordered", ordered)


def direction_of_an_order_lost(patch: Patch) -> None:
    """What is declared to descend ascends; positions are compared as declared."""

    def ordered(self: Listing, occurrence: Occurrence) -> list[ColumnElement[Any]]:
        terms = (ordering.OrderTerm(term.expression, False) for term in self.terms(occurrence))
        return [term.clause(self.backward) for term in terms]

    patch.setattr(Listing, "ordered", ordered)


def filters_lost(patch: Patch) -> None:
    """Every row is in the list."""
    patch.setattr(Paged, "_filtered", lambda self, arguments: {})


def filters_lost_in_counts(patch: Patch) -> None:
    """totalCount is that of the list without filters."""
    with_listing(patch, "_total", present=())


def filters_not_prepared(patch: Patch) -> None:
    """A filter compares with what the client sent."""
    patch.setattr(pages, "prepared", lambda name, prepare, value: value)


def look_ups_not_prepared(patch: Patch) -> None:
    """A look-up compares with what the client sent."""
    patch.setattr(roots, "prepared", lambda name, prepare, value: value)


def filters_apply_although_null(patch: Patch) -> None:
    """A filter by a variable compares with null."""
    whole = Build.given

    def given(self: Build, field: Any, wanted: Any, argument: str) -> bool:
        by_variable = isinstance(presence(field, wanted.node, argument), ByVariable)
        return (by_variable and argument not in PAGE_ARGUMENTS) or whole(self, field, wanted, argument)

    patch.setattr(Build, "given", given)


FAULTS: Final = (
    position_lost,
    position_on_the_wrong_side,
    position_by_the_first_term_alone,
    page_of_one_more,
    backward_page_in_reading_order,
    flags_swapped,
    empty_page_goes_on,
    no_rows_counted_as_one,
    pages_not_numbered_by_parent,
    cursor_of_another_list,
    end_cursor_of_the_first_row,
    order_reversed,
    order_without_the_key,
    direction_of_an_order_lost,
    filters_lost,
    filters_lost_in_counts,
    filters_not_prepared,
    look_ups_not_prepared,
    filters_apply_although_null,
)
