"""What a planner might mistake in requests: shapes, variables, arguments; and what it calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from gateway.context import RequestContext
from gateway.database.rounds import Rounds
from gateway.planning import arguments, build, compiling, variables
from gateway.planning.build import Bound
from gateway.planning.calls import Call
from gateway.planning.plan import Plan, Ready
from gateway.planning.shapes import Questions
from gateway.planning.variables import Variables

Patch = pytest.MonkeyPatch


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
    whole, first = Ready.__init__, {}  # type: ignore[var-annotated]

    def bound_once(self: Ready, plan: Plan, bound: Bound, rounds: Rounds) -> None:
        bound.values[:] = first.setdefault(id(plan), (plan, list(bound.values)))[1]
        whole(self, plan, bound, rounds)

    patch.setattr(Ready, "__init__", bound_once)


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

FAULTS_OF_CHANGES: Final = (change_made_twice, change_forgotten)
"""They show only in mutations."""
