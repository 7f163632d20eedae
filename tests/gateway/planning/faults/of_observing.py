"""Whom an answer tells of: what a planner might forget to note, or note of somebody else."""

from __future__ import annotations

from typing import Any, Final

import pytest

from gateway.audit.observations import Observations
from gateway.planning import objects, observing, pages
from gateway.planning.build import Build
from gateway.planning.plan import Ready

Patch = pytest.MonkeyPatch


def rows_forgotten(patch: Patch) -> None:
    """Rows of single relations, whole lists and look-ups leave no trace."""
    patch.setattr(objects, "observe_rows", lambda *_: None)


def pages_forgotten(patch: Patch) -> None:
    """Rows of pages whose nodes nobody selects leave no trace."""
    patch.setattr(pages, "observe_rows", lambda *_: None)


def fields_forgotten(patch: Patch) -> None:
    """Fields of participants leave no trace."""
    patch.setattr(objects, "observe_field", lambda *_: None)


def only_the_first_of_several(patch: Patch) -> None:
    """Of several participants one is noted."""
    whole = Observations.read

    def observe(self: Ready, found: Any, context: Any) -> None:
        for data, keys in zip(
            self.plan.observed, found(self._bound.values, self._data, self._bound.viewer), strict=True
        ):
            whole(context.observed, data, list(keys)[:1])

    patch.setattr(Ready, "_observe", observe)


def known_keys_taken_for_the_viewers_own(patch: Patch) -> None:
    """A participant of an argument is taken for the one who asks."""
    whole = observing.observe_field

    def observe(build: Build, member: Any, place: Any) -> None:
        if getattr(place, "known", None) is None:
            whole(build, member, place)

    patch.setattr(objects, "observe_field", observe)


def kinds_mixed_up(patch: Patch) -> None:
    """What is noted is of another kind."""
    whole = Build.observe

    def observe(self: Build, data: Any, key: str, chain: str) -> None:
        kinds = list(self.catalog.model.data_kinds.values())
        whole(self, kinds[kinds.index(data) - 1], key, chain)

    patch.setattr(Build, "observe", observe)


FAULTS: Final = (
    rows_forgotten,
    pages_forgotten,
    fields_forgotten,
    only_the_first_of_several,
    known_keys_taken_for_the_viewers_own,
    kinds_mixed_up,
)
"""They show in what is noted, and in no answer."""
