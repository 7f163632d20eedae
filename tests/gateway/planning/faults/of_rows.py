"""Rows that a planner might give to the wrong parent, or join by the wrong key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement

from gateway.database.rounds import Cells
from gateway.planning import lists, objects, parents, results, roots
from gateway.planning.build import Build
from gateway.planning.frames import Frame, Occurrence

Patch = pytest.MonkeyPatch


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
