"""Selections and leaves that a planner might write otherwise."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from graphql import GraphQLInt

from gateway.planning import cells, objects, values
from gateway.planning.objects import Objects
from gateway.planning.places import RowPlace
from gateway.planning.selections import Selections, Wanted

Patch = pytest.MonkeyPatch


def conditions_inverted(patch: Patch) -> None:
    """What is to be skipped is included."""
    patch.setattr(
        Selections, "_decided", lambda self, value, whole=Selections._decided: not whole(self, value)
    )


def conditions_of_variables_lost(patch: Patch) -> None:
    """@skip and @include by a variable are not asked."""
    whole = Selections._included

    def included(self: Selections, selection: Any) -> bool:
        literal = tuple(
            directive
            for directive in selection.directives or ()
            if not directive.arguments or not hasattr(directive.arguments[0].value, "name")
        )
        return whole(self, replace(selection, directives=literal))

    patch.setattr(Selections, "_included", included)


def aliases_lost(patch: Patch) -> None:
    """Every field answers under its own name."""
    _wanted(patch, lambda found: [replace(one, key=one.name) for one in found])


def fields_in_another_order(patch: Patch) -> None:
    """The keys of objects are sorted."""
    _wanted(patch, lambda found: sorted(found, key=lambda one: one.key))


def last_field_lost(patch: Patch) -> None:
    """One field of a large object is forgotten."""
    _wanted(patch, lambda found: found if len(found) < 3 else found[:-1])


def _wanted(patch: Patch, altered: Callable[[list[Wanted]], list[Wanted]]) -> None:
    whole = Selections.of
    patch.setattr(Selections, "of", lambda self, type_, sets: altered(list(whole(self, type_, sets))))


def only_the_first_of_merged_fields(patch: Patch) -> None:
    """What a field selects when it is written once more is lost."""
    whole = Selections.below
    patch.setattr(
        Selections,
        "below",
        lambda self, type_, wanted: whole(self, type_, replace(wanted, nodes=wanted.nodes[:1])),
    )


def fragments_apply_to_no_abstract_type(patch: Patch) -> None:
    """Fragments on an interface or union are lost."""
    patch.setattr(
        Selections, "_applies", lambda self, type_, condition: self._graph.type_map[condition] is type_
    )


def fragments_apply_to_every_type(patch: Patch) -> None:
    """What is asked of one kind is asked of all."""
    patch.setattr(Selections, "_applies", lambda *_: True)


def kinds_swapped(patch: Patch) -> None:
    """A row of an interface is of the kind that it is not."""
    whole = Objects.row

    def row(self: Objects, type_: Any, wanted: Wanted, place: RowPlace) -> str:
        row_set = place.view.occurrence.row_set
        kept = row_set.kinds
        swapped = dict(zip(kept, reversed(list(kept.values())), strict=True))
        object.__setattr__(row_set, "kinds", swapped)
        try:
            return whole(self, type_, wanted, place)
        finally:
            object.__setattr__(row_set, "kinds", kept)

    patch.setattr(Objects, "row", row)


def every_row_is_of_the_first_kind(patch: Patch) -> None:
    """The kind of a row is not asked."""
    whole = Objects.row

    def row(self: Objects, type_: Any, wanted: Wanted, place: RowPlace) -> str:
        kinds = place.view.occurrence.row_set.kinds
        first = next(iter(kinds.values()), None)
        return whole(
            self, type_ if first is None else self._build.catalog.graph.type_map[first], wanted, place
        )

    patch.setattr(Objects, "row", row)


def int_of_any_size(patch: Patch) -> None:
    """An Int beyond 32 bits is written."""
    _fast(patch, lambda leaf, slow: (lambda value: value) if leaf is GraphQLInt else None)


def null_where_none_may_be(patch: Patch) -> None:
    """A leaf that must not be null is."""
    whole = cells._slow
    patch.setattr(cells, "_slow", lambda leaf, convert, nullable: whole(leaf, convert, nullable=True))


def _fast(patch: Patch, writer: Callable[[Any, Any], Any]) -> None:
    whole = cells._fast
    patch.setattr(cells, "_fast", lambda leaf, slow: writer(leaf, slow) or whole(leaf, slow))


def _completed(patch: Patch, altered: Callable[[Any], Any]) -> None:
    whole = cells._completed
    patch.setattr(cells, "_completed", lambda leaf, value: altered(value) or whole(leaf, value))


def value_of_an_enum(patch: Patch) -> None:
    """An enum is written as Python's value and not by its name."""
    _completed(patch, lambda value: value.value if isinstance(value, enum.Enum) else None)


def instants_in_utc(patch: Patch) -> None:
    """Instants are not in Vietnam's time."""
    _completed(
        patch, lambda value: value.isoformat(timespec="seconds") if isinstance(value, dt.datetime) else None
    )


def cells_as_the_store_has_them(patch: Patch) -> None:
    """Nothing is converted."""
    patch.setattr(objects, "cell_writer", lambda *_, **__: None)


def code_gets_raw_cells(patch: Patch) -> None:
    """Derived functions and code on rows get what the driver gave."""
    for module in (objects, values):
        patch.setattr(module, "converted", lambda *_, **__: None)


def nulls_in_lists_lost(patch: Patch) -> None:
    """A list of code loses its nulls."""
    whole = values._items
    patch.setattr(values, "_items", lambda found: [item for item in whole(found) if item is not None])


FAULTS: Final = (
    conditions_inverted,
    conditions_of_variables_lost,
    aliases_lost,
    fields_in_another_order,
    last_field_lost,
    only_the_first_of_merged_fields,
    fragments_apply_to_no_abstract_type,
    fragments_apply_to_every_type,
    kinds_swapped,
    every_row_is_of_the_first_kind,
    value_of_an_enum,
    instants_in_utc,
    cells_as_the_store_has_them,
    code_gets_raw_cells,
    nulls_in_lists_lost,
)

FAULTS_OF_SPOILT_CELLS: Final = (int_of_any_size, null_where_none_may_be)
"""They show only where cells are not what columns promise."""
