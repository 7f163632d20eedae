"""Mistakes that a planner could have in what it makes of reads: selections, leaves, shapes, arguments, code and changes.

Each plants itself through a small seam; its docstring says what goes wrong.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from graphql import GraphQLInt

from gateway.context import RequestContext
from gateway.planning import arguments, build, cells, compiling, nulls, objects, roots, values, variables
from gateway.planning.build import Bound
from gateway.planning.calls import Call
from gateway.planning.objects import Objects
from gateway.planning.places import RowPlace
from gateway.planning.plan import Plan
from gateway.planning.selections import Selections, Wanted
from gateway.planning.shapes import Questions
from gateway.planning.variables import Variables

Patch = pytest.MonkeyPatch


# --- selections --------------------------------------------------------------------------------------------------


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


# --- leaves ------------------------------------------------------------------------------------------------------


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


# --- shapes ------------------------------------------------------------------------------------------------------


def _forgetful(patch: Patch, part: int) -> None:
    """The key of a shape has, in one part, what the first request had."""
    whole, first = Questions.key, {}  # type: ignore[var-annotated]

    def key(self: Questions, given: Mapping[str, Any], narrowings: Any) -> Any:
        found = whole(self, given, narrowings)
        kept = first.setdefault(id(self), (self, found))[1]
        return (*found[:part], kept[part], *found[part + 1 :])

    patch.setattr(Questions, "key", key)


def shape_forgets_conditions(patch: Patch) -> None:
    """A plan is used for requests whose conditions differ."""
    _forgetful(patch, 0)


def shape_forgets_presence(patch: Patch) -> None:
    """A plan is used for requests that give other filters and cursors."""
    _forgetful(patch, 1)


def shape_forgets_row_scopes(patch: Patch) -> None:
    """A plan is used for viewers whose rows are narrowed otherwise."""
    _forgetful(patch, 2)


def values_of_an_earlier_request(patch: Patch) -> None:
    """A plan keeps the values that it was first bound to."""
    whole, first = Plan.bind, {}  # type: ignore[var-annotated]

    def bind(self: Plan, bound: Bound) -> None:
        whole(self, bound)
        bound.values[:] = first.setdefault(id(self), (self, list(bound.values)))[1]

    patch.setattr(Plan, "bind", bind)


# --- variables and arguments -------------------------------------------------------------------------------------


def defaults_of_variables_lost(patch: Patch) -> None:
    """An absent variable has no value."""
    whole = Variables.coerce

    def coerce(self: Variables, given: Mapping[str, object]) -> dict[str, Any]:
        return {name: value for name, value in whole(self, given).items() if name in given}

    patch.setattr(Variables, "coerce", coerce)


def null_means_the_default_of_a_variable(patch: Patch) -> None:
    """A null that is sent is taken for nothing sent."""
    whole = Variables.coerce

    def coerce(self: Variables, given: Mapping[str, object]) -> dict[str, Any]:
        return whole(self, {name: value for name, value in given.items() if value is not None})

    patch.setattr(Variables, "coerce", coerce)


def _read(patch: Patch, altered: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    whole = arguments.compiled_arguments

    def compiled(*given: Any) -> Any:
        read = whole(*given)
        return lambda coerced: altered(read(coerced))

    patch.setattr(build, "compiled_arguments", compiled)


def null_means_the_default_of_an_argument(patch: Patch) -> None:
    """Code gets the default of its parameter where null was sent."""
    _read(patch, lambda found: {name: value for name, value in found.items() if value is not None})


def arguments_of_truth_inverted(patch: Patch) -> None:
    """true means false in an argument."""
    _read(
        patch,
        lambda found: {
            name: not value if isinstance(value, bool) else value for name, value in found.items()
        },
    )


def arguments_shared_by_requests(patch: Patch) -> None:
    """What code does to an argument shows in the next request."""
    patch.setattr(arguments, "unchanging", lambda value: True)
    patch.setattr(variables, "unchanging", lambda value: True)


# --- code and changes --------------------------------------------------------------------------------------------


def results_of_another_parent(patch: Patch) -> None:
    """Code is called for each parent, and each gets the result of another."""
    whole = Call.results

    async def called(self: Call, context: RequestContext, bound: Bound, data: list[Any]) -> Any:
        found = await whole(self, context, bound, data)
        return found if self.parents is None else dict(zip(found, reversed(found.values()), strict=True))

    patch.setattr(Call, "results", called)


def cells_of_another_row(patch: Patch) -> None:
    """Code on a row gets its cells in another order."""
    whole = compiling._call

    def made(*given: Any) -> Call:
        call = whole(*given)
        return replace(call, cells=tuple(reversed(call.cells)))

    patch.setattr(compiling, "_call", made)


def null_of_a_relation_is_written(patch: Patch) -> None:
    """A row that is missing is null even where it must not be."""

    def optional(member: Any, field: Any, presence: str, made: str) -> str:
        return f"(None if {presence} is None else {made})"

    for module in (nulls, objects, roots):
        patch.setattr(module, "optional", optional)


def change_made_twice(patch: Patch) -> None:
    """A mutation runs once more."""
    whole = Call.changed

    async def changed(self: Call, context: RequestContext, bound: Bound) -> Any:
        await whole(self, context, bound)
        context.changes.pop()
        return await whole(self, context, bound)

    patch.setattr(Call, "changed", changed)


def change_forgotten(patch: Patch) -> None:
    """The reference, which answers where the plan cannot, makes the change again."""
    whole = Call.changed

    async def changed(self: Call, context: RequestContext, bound: Bound) -> Any:
        result = await whole(self, context, bound)
        context.changes.clear()
        return result

    patch.setattr(Call, "changed", changed)


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
    shape_forgets_conditions,
    shape_forgets_presence,
    shape_forgets_row_scopes,
    values_of_an_earlier_request,
    defaults_of_variables_lost,
    null_means_the_default_of_a_variable,
    null_means_the_default_of_an_argument,
    arguments_of_truth_inverted,
    arguments_shared_by_requests,
    results_of_another_parent,
    cells_of_another_row,
)

FAULTS_OF_SPOILT_CELLS: Final = (int_of_any_size, null_where_none_may_be)
"""They show only where cells are not what columns promise."""

FAULTS_OF_CHANGES: Final = (change_made_twice, change_forgotten)
"""They show only in mutations."""
