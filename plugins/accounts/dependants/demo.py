"""Demo data of dependants: every child has a guardian among the people before it, the first of them the demo's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gateway.demo import Demo, DemoRows
from gateway.demo.people import DemoParticipant, Sex, participants
from plugins.accounts.dependants.models import Relation, dependant

_CHILD_FROM: Final = 2008
_ADULT_BEFORE: Final = 2000
_OF_THE_FIRST: Final = 40
"""Children up to this index have the first person as their guardian, so that a newcomer finds some."""
_LONGEST_SEARCH: Final = 40
_PARENT_AGES: Final = range(18, 50)
_OPENED: Final = dt.date(2020, 6, 1)


def dependant_rows(people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
    """Guardians of the children among some people."""
    known = {person.index: person for person in people}
    rows: list[dict[str, object]] = []
    for child in people:
        guardian = _guardian(child, known, demo.seed) if child.birth_date.year >= _CHILD_FROM else None
        if guardian is not None:
            rows.append(_row(guardian, child))
    yield DemoRows(dependant, rows)


def _guardian(
    child: DemoParticipant, known: Mapping[int, DemoParticipant], seed: int
) -> DemoParticipant | None:
    """The first person, or the nearest adult before the child; the same in whatever batch the child is."""
    places = [0] if child.index < _OF_THE_FIRST else range(child.index - 1, child.index - _LONGEST_SEARCH, -1)
    for index in places:
        person = known.get(index) or next(participants(1, seed, first=max(index, 0)))
        if person.birth_date.year < _ADULT_BEFORE:
            return person
    return None


def _row(guardian: DemoParticipant, child: DemoParticipant) -> dict[str, object]:
    day = max(_OPENED, child.birth_date + dt.timedelta(days=30))
    return {
        "id": child.key,
        "guardian_id": guardian.key,
        "child_id": child.key,
        "relation": _relation(guardian, child),
        "registered_at": dt.datetime.combine(day, dt.time(9), dt.UTC),
        "ended_at": None,
    }


def _relation(guardian: DemoParticipant, child: DemoParticipant) -> Relation:
    if child.birth_date.year - guardian.birth_date.year not in _PARENT_AGES:
        return Relation.GUARDIAN
    return Relation.MOTHER if guardian.sex is Sex.FEMALE else Relation.FATHER
