"""Whom a bearer acts for at a moment."""

from __future__ import annotations

import datetime as dt

from gateway.access import Audience, Viewer
from gateway.hookspecs import Bearer

NOW = dt.datetime(2020, 12, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
GUARDIAN = Viewer(Audience.PARTICIPANT, "00-an")


def test_children_are_acted_for_until_each_comes_of_age() -> None:
    bearer = Bearer(GUARDIAN, NOW + 9 * HOUR, dependants={"00-binh": NOW + HOUR, "00-chi": NOW + 2 * HOUR})
    acting_for = [bearer.viewer_at(NOW + hours * HOUR).dependants for hours in (0, 1, 2, 3)]
    assert acting_for == [{"00-binh", "00-chi"}, {"00-chi"}, frozenset(), frozenset()]
    assert bearer.viewer_at(NOW + HOUR - dt.timedelta(microseconds=1)).dependants == {"00-binh", "00-chi"}


def test_without_children_the_viewer_is_the_one_of_the_row() -> None:
    told = Viewer(Audience.PARTICIPANT, "00-an", dependants=frozenset({"00-chi"}))
    for viewer in (GUARDIAN, told):
        assert Bearer(viewer, NOW).viewer_at(NOW + HOUR) is viewer
