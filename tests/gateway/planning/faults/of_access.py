"""Rules and row scopes that a planner might lose or ask about the wrong thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement

from gateway.access import Rule, Viewer
from gateway.planning import build, frames
from gateway.planning.build import Build
from gateway.planning.frames import Frame
from gateway.planning.objects import Objects
from tests.gateway.planning.faults.of_pages import with_listing

Patch = pytest.MonkeyPatch


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


def row_scope_lost_where_a_statement_starts(patch: Patch) -> None:
    """WHERE lacks the condition of whole lists, look-ups and single rows."""
    patch.setattr(Build, "narrow", lambda *_: None)


def row_scope_lost_in_joins(patch: Patch) -> None:
    """ON lacks the condition."""
    whole = Frame.join
    patch.setattr(Frame, "join", lambda self, row_set, on, key, _: whole(self, row_set, on, key, None))


def row_scope_lost_in_pages(patch: Patch) -> None:
    """The page shows what the viewer may not see."""
    with_listing(patch, "_rows", narrowed=None)


def row_scope_lost_in_counts(patch: Patch) -> None:
    """totalCount tells of rows that the viewer may not see."""
    with_listing(patch, "_total", narrowed=None)


def wrong_claim(patch: Patch) -> None:
    """A row scope compares with something else than the claim."""
    patch.setattr(build, "_claimed", lambda row_set, name, narrowings: "HN")


def missing_claim_admits(patch: Patch) -> None:
    """A viewer without the claim sees every row."""
    whole = frames.narrowed

    def narrowed(row_set: Any, active: Mapping[Any, bool | None]) -> ColumnElement[bool] | None:
        return None if active.get(row_set, False) is None else whole(row_set, active)

    patch.setattr(build, "narrowed", narrowed)


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
)
