"""For whom a guardian may act, and until when: read with the session's row, so that what changes counts at once."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    String,
    cast,
    extract,
    func,
    literal_column,
    select,
)

from plugins.accounts.dependants.models import dependant
from plugins.accounts.models import participant

OF_AGE: Final = 18
"""Years; the Civil Code's age of majority."""
_VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_BETWEEN: Final = typing.cast("str", literal_column("'|'", String))


def coming_of_age(birth_date: dt.date) -> dt.date:
    """The 18th birthday; of those born on 29 February, 1 March. A birth date of a year alone is its 1 January."""
    try:
        return birth_date.replace(year=birth_date.year + OF_AGE)
    except ValueError:
        return dt.date(birth_date.year + OF_AGE, 3, 1)


def children_of(guardian: ColumnElement[str]) -> ScalarSelect[str]:
    """One text with the children of a guardian, grown up or not, and their birth dates; :func:`acting_for` reads it.

    Keys of participants have no vertical line. Written without a bound value, for a statement that is compiled beforehand;
    and without the store's spelling of dates, which an administrator may change.
    """
    born = participant.c.birth_date
    number = (
        extract("year", born) * literal_column("10000")
        + extract("month", born) * literal_column("100")
        + extract("day", born)
    )
    each = cast(cast(number, Integer), String).concat(literal_column("':'")).concat(participant.c.id)
    return (
        select(func.aggregate_strings(each, _BETWEEN))
        .select_from(dependant.join(participant, participant.c.id == dependant.c.child_id))
        .where(dependant.c.guardian_id == guardian, dependant.c.ended_at.is_(None))
        .scalar_subquery()
    )


def acting_for(children: str | None) -> Mapping[str, dt.datetime]:
    """The children's keys, each with the moment from which the guardian acts for them no more."""
    found: dict[str, dt.datetime] = {}
    for each in (children or "").split("|"):
        born, _, key = each.partition(":")
        if key:
            found[key] = _midnight(coming_of_age(dt.date.fromisoformat(born.zfill(8))))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), _VIETNAM).astimezone(dt.UTC)
