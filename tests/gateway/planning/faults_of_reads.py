"""Mistakes that a planner could have in what it reads: rules, row scopes, pages, filters, joins and groups.

Each plants itself through a small seam; its docstring says what goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement, FromClause, bindparam, func, select

from gateway import cursors, ordering
from gateway.access import Rule, Viewer
from gateway.database.rounds import Cells
from gateway.planning import build, frames, lists, objects, pages, parents, results, roots
from gateway.planning.arguments import ByVariable, presence
from gateway.planning.build import Build
from gateway.planning.frames import Frame, Listing, Occurrence
from gateway.planning.objects import Objects
from gateway.planning.pages import Paged
from gateway.planning.results import Counts, Page, Pages
from gateway.reference.arguments import PAGE_ARGUMENTS
from gateway.sql import one_of

Patch = pytest.MonkeyPatch


# --- rules -------------------------------------------------------------------------------------------------------


def rule_on_the_viewer_lost(patch: Patch) -> None:
    """Nothing is asked before anything is read."""
    patch.setattr(Build, "require", lambda *_: None)


def rule_for_each_lost(patch: Patch) -> None:
    """Entities found in rows are not asked about."""
    whole = Objects._guard

    def guard(self: Objects, member: Any, place: Any, guards: dict[str, None]) -> None:
        whole(self, member, place, {})

    patch.setattr(Objects, "_guard", guard)


def rule_for_each_about_the_viewer(patch: Patch) -> None:
    """Entities found in rows are asked about as if each were the viewer."""
    whole = Objects._guard

    def guard(self: Objects, member: Any, place: Any, guards: dict[str, None]) -> None:
        found: dict[str, None] = {}
        whole(self, member, place, found)
        key = getattr(place, "key", "")
        guards.update({text.replace(f"(viewer, {key})", "(viewer, viewer.subject)"): None for text in found})

    patch.setattr(Objects, "_guard", guard)


def rule_of_a_known_key_about_the_viewer(patch: Patch) -> None:
    """An entity of an argument is asked about as if it were the viewer."""
    whole = Build.require

    def require(self: Build, rule: Rule, coordinate: str, known: int | None) -> None:
        def admits(viewer: Viewer, _: str | None) -> object:
            return rule.admits(viewer, viewer.subject)

        whole(self, replace(rule, admits=admits), coordinate, known)

    patch.setattr(Build, "require", require)


def rule_asked_once_for_all_keys(patch: Patch) -> None:
    """A rule that was asked about one known key is taken to be asked about each."""
    whole = Build.require

    def require(self: Build, rule: Rule, coordinate: str, known: int | None) -> None:
        if id(rule) not in {asked for asked, _ in self._checked}:
            whole(self, rule, coordinate, known)

    patch.setattr(Build, "require", require)


# --- row scopes --------------------------------------------------------------------------------------------------


def row_scope_lost_where_a_statement_starts(patch: Patch) -> None:
    """WHERE lacks the condition of whole lists, look-ups and single rows."""
    patch.setattr(Build, "narrow", lambda *_: None)


def row_scope_lost_in_joins(patch: Patch) -> None:
    """ON lacks the condition."""
    whole = Frame.join
    patch.setattr(Frame, "join", lambda self, row_set, on, key, _: whole(self, row_set, on, key, None))


def row_scope_lost_in_pages(patch: Patch) -> None:
    """The page shows what the viewer may not see."""
    _with_listing(patch, "_rows", narrowed=None)


def row_scope_lost_in_counts(patch: Patch) -> None:
    """totalCount tells of rows that the viewer may not see."""
    _with_listing(patch, "_total", narrowed=None)


def wrong_claim(patch: Patch) -> None:
    """A row scope compares with something else than the claim."""
    patch.setattr(build, "_claimed", lambda bound, row_set, name: "HN")


def missing_claim_admits(patch: Patch) -> None:
    """A viewer without the claim sees every row."""
    whole = frames.narrowed

    def narrowed(row_set: Any, active: Mapping[Any, bool | None]) -> ColumnElement[bool] | None:
        return None if active.get(row_set, False) is None else whole(row_set, active)

    patch.setattr(build, "narrowed", narrowed)


# --- pages -------------------------------------------------------------------------------------------------------


def _with_listing(patch: Patch, name: str, **changed: Any) -> None:
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
    _with_listing(patch, "_rows", positioned=False)


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


# --- filters -----------------------------------------------------------------------------------------------------


def filters_lost(patch: Patch) -> None:
    """Every row is in the list."""
    patch.setattr(Paged, "_filtered", lambda self, arguments: {})


def filters_lost_in_counts(patch: Patch) -> None:
    """totalCount is that of the list without filters."""
    _with_listing(patch, "_total", present=())


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


# --- rows of each other ------------------------------------------------------------------------------------------


def join_on_the_primary_key(patch: Patch) -> None:
    """A row is joined by its own key where another column is meant."""
    whole = Frame.join

    def join(self: Frame, row_set: Any, on: Any, key: Any, narrowed: Any) -> Occurrence:
        return whole(self, row_set, row_set.key, key, narrowed)

    patch.setattr(Frame, "join", join)


def joins_of_one_table_are_one(patch: Patch) -> None:
    """A table is joined once, whatever the key."""
    whole = Frame.join
    kept: dict[tuple[Frame, int], Occurrence] = {}

    def join(self: Frame, row_set: Any, on: Any, key: Any, narrowed: Any) -> Occurrence:
        identity = (self, id(row_set))
        if identity not in kept:
            kept[identity] = whole(self, row_set, on, key, narrowed)
        return kept[identity]

    patch.setattr(Frame, "join", join)


def known_keys_mixed_up(patch: Patch) -> None:
    """Single rows of all known keys are those of the first."""
    whole = Build.seed
    patch.setattr(Build, "seed", lambda self, known: whole(self, next(iter(self._seeds), known)))


def keys_of_another_parent(patch: Patch) -> None:
    """Each parent gets the rows of the next one."""
    whole = results.groups

    def groups(rows: Sequence[Cells], values: list[Any]) -> dict[Any, list[Cells]]:
        found = whole(rows, values)
        keys = list(found)
        return {key: found[keys[index - 1]] for index, key in enumerate(keys)}

    _in_groups(patch, groups)


def groups_reversed(patch: Patch) -> None:
    """The rows of each parent come from the end."""
    whole = results.groups

    def groups(rows: Sequence[Cells], values: list[Any]) -> dict[Any, list[Cells]]:
        return {key: found[::-1] for key, found in whole(rows, values).items()}

    _in_groups(patch, groups)


def last_group_lost(patch: Patch) -> None:
    """One of several parents has no rows."""
    whole = results.groups

    def groups(rows: Sequence[Cells], values: list[Any]) -> dict[Any, list[Cells]]:
        found = whole(rows, values)
        return dict(list(found.items())[: max(1, len(found) - 1)])

    _in_groups(patch, groups)


def _in_groups(patch: Patch, groups: Callable[..., Any]) -> None:
    patch.setattr(results, "groups", groups)
    patch.setattr(lists, "groups", groups)


def only_keys_of_the_first_parent(patch: Patch) -> None:
    """Rows are read for one parent alone."""
    whole = Frame.among

    def among(self: Frame, key: ColumnElement[Any], keys: str) -> None:
        whole(self, key, f"set(list({keys})[:1])")

    patch.setattr(Frame, "among", among)


def list_of_everybody(patch: Patch) -> None:
    """A list of a known parent is not narrowed to it."""

    def narrow(self: parents.Parent, frame: Frame, occurrence: Occurrence, source: Any) -> None:
        if self.many and source.there is not None:
            frame.among(occurrence.here(source.there), self.keys)

    patch.setattr(parents.Parent, "narrow", narrow)


def missing_row_is_an_object(patch: Patch) -> None:
    """Where there is no row, there is an object of nulls."""
    for module in (objects, roots):
        patch.setattr(module, "optional", lambda member, field, presence, made: made)


FAULTS: Final = (
    rule_on_the_viewer_lost,
    rule_for_each_lost,
    rule_for_each_about_the_viewer,
    rule_of_a_known_key_about_the_viewer,
    rule_asked_once_for_all_keys,
    row_scope_lost_where_a_statement_starts,
    row_scope_lost_in_joins,
    row_scope_lost_in_pages,
    row_scope_lost_in_counts,
    wrong_claim,
    missing_claim_admits,
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
    join_on_the_primary_key,
    joins_of_one_table_are_one,
    known_keys_mixed_up,
    keys_of_another_parent,
    groups_reversed,
    last_group_lost,
    only_keys_of_the_first_parent,
    list_of_everybody,
    missing_row_is_an_object,
)
