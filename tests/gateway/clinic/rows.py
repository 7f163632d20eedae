"""Rows of the clinic's tables as types."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, cast

from sqlalchemy import ColumnElement, case, func

from gateway.access import scope
from gateway.authoring import (
    ID,
    DataKind,
    Money,
    Rows,
    Value,
    argument,
    column,
    computed,
    derived,
    kinds_of,
    resolved,
    to_many,
    to_one,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Facility, Participant
from gateway.errors import BAD_USER_INPUT, ClientError, Text
from tests.gateway.clinic import tables as t
from tests.gateway.clinic.code import period_of, stop_at
from tests.gateway.clinic.rules import CAREFUL
from tests.gateway.clinic.tables import Mood
from tests.gateway.clinic.values import Advice, Advised, NoAdvice, Period, Stop


def masked(number: str) -> str:
    """All but the last two characters hidden."""
    return "*" * (len(number) - 2) + number[-2:]


def days_left(valid_from: dt.date, valid_to: dt.date | None) -> int | None:
    """Days from first to last; null without a last day."""
    return None if valid_to is None else (valid_to - valid_from).days


@value_type(t.leaflet)
class Leaflet:
    """A leaflet."""

    title: str = column(t.leaflet.c.title, "What it is about.")


@value_type(t.stamp)
class Stamp:
    """A stamp on a card."""

    colour: str = column(t.stamp.c.colour, "Its colour.")


@value_type(t.use)
class CardUse:
    """A use of a card."""

    on_day: dt.date = column(t.use.c.on_day, "When.")
    cost: Money = column(t.use.c.cost, "What it cost.")


async def remark(
    card: AppointmentCard, context: RequestContext, tone: Annotated[str, argument(description="How.")]
) -> str:
    """A remark that real code makes from the row; there is none without a tone, although the field must not be null."""
    if not tone:
        raise ClientError(BAD_USER_INPUT, argument="tone")
    return f"{tone}: {card.number} on {context.today.isoformat()}"


async def stops(
    card: AppointmentCard, at: Annotated[ID | None, argument(description="A further place.")] = None
) -> list[Stop] | None:
    """Where the card leads; nowhere without a last day."""
    if card.valid_to is None:
        return None
    met = [Participant(id=ID("00-binh")), Participant(id=ID("00-dung"))]
    return [
        Stop(name=card.number, at=Facility(id=ID(code)), met=met, between=None)
        for code in ("00002", *([] if at is None else [at]))
    ]


def own_tree(agency: Value[str]) -> ColumnElement[bool]:
    """The viewer's agency and those below it."""
    return (t.ward.c.agency == agency) | (
        func.substr(t.ward.c.agency, 1, func.length(agency) + 1) == agency + "/"
    )


@value_type(t.ward, rows=Rows("own agency tree", own_tree, unless=scope("clinic:all")))
class Ward:
    """A ward of a facility."""

    name: str = column(t.ward.c.name, "Name.")
    agency: str = column(t.ward.c.agency, "Agency that supervises it.")
    facility: Facility = to_one(t.ward.c.facility_code, "Where it is.")


@value_type(
    t.card, about=t.card.c.participant_id, data=DataKind("clinic:card", Text("Thẻ hẹn", "Appointment card"))
)
class AppointmentCard:
    """An appointment card."""

    number: str = column(t.card.c.number, "As printed.")
    masked_number: str = derived(masked, t.card.c.number)
    co_payment: int = computed(case((t.card.c.level < 3, 0), else_=20), "Per cent.")
    valid_from: dt.date = column(t.card.c.valid_from, "First day.")
    valid_to: dt.date | None = column(t.card.c.valid_to, "Last day.")
    days: int | None = derived(days_left, t.card.c.valid_from, t.card.c.valid_to)
    registered_at: Facility | None = to_one(t.card.c.facility_code, "Where.")
    holder: Participant = to_one(t.card.c.participant_id, "Whose.")
    leaflet: Leaflet | None = to_one(t.card.c.leaflet_code, "What comes with it.")
    stamp: Stamp | None = to_one(there=t.stamp.c.card_number, description="Its stamp.")
    uses: list[CardUse] = to_many(
        t.use.c.card_number, "Its uses, newest first.", order=[t.use.c.on_day.desc()]
    )
    ward: Ward | None = to_one(t.card.c.ward_id, "The ward that it is for.")
    period: Period = derived(period_of, t.card.c.valid_from, t.card.c.valid_to)
    desk: Stop | None = derived(stop_at, t.card.c.facility_code, t.card.c.number)
    expires: bool = computed(t.card.c.valid_to.is_not(None), "Whether there is a last day.")
    stops: list[Stop] | None = resolved(stops)
    secret_level: int | None = column(t.card.c.level, "For officers with a permission.", rule=CAREFUL)
    remark: str = resolved(remark)


def span_of(minutes: int) -> int:
    """How long; of what is no time, nothing or more than an Int holds, either of which breaks the promise of the field."""
    return minutes if minutes >= 0 else cast("int", None) if minutes == -1 else 2**31


async def outcome(visit: Visit) -> Advised:
    """What came of a visit."""
    if visit.urgent:
        return Advice(text=f"{visit.doctor} {visit.minutes}", at=Facility(id=ID("00003")))
    return NoAdvice(reason=visit.at.isoformat())


@value_type(
    t.visit, about=t.visit.c.participant_id, data=DataKind("clinic:visit", Text("Lượt khám", "Visits"))
)
class Visit:
    """A visit."""

    id: str = column(t.visit.c.id, "Its key.")
    on_day: dt.date = column(t.visit.c.on_day, "When.")
    at: dt.datetime = column(t.visit.c.at, "To the second.")
    doctor: str = column(t.visit.c.doctor, "With whom.")
    minutes: int = column(t.visit.c.minutes, "How long.")
    span: int = derived(span_of, t.visit.c.minutes)
    mood: Mood | None = column(t.visit.c.mood, "In which mood.")
    urgent: bool = column(t.visit.c.urgent, "Whether it could not wait.")
    visitor: Participant = to_one(t.visit.c.participant_id, "Who came.")
    outcome: Advised = resolved(outcome)


async def thanks(grant: Grant, loud: Annotated[bool, argument(description="In capitals.")] = False) -> str:
    """A word of thanks."""
    text = f"thanks for {grant.amount}"
    return text.upper() if loud else text


@kinds_of(t.grant, by=t.grant.c.kind, about=t.grant.c.participant_id)
class Grant:
    """Money granted."""

    amount: Money = column(t.grant.c.amount, "How much.")
    large: bool = computed(t.grant.c.amount > 10, "Whether it is much.")
    word: str = derived(lambda kind: kind.upper(), t.grant.c.kind, description="The kind in capitals.")
    receiver: Participant = to_one(t.grant.c.participant_id, "Whose.")
    thanks: str = resolved(thanks)


@value_type(kind="sickness")
class SicknessGrant(Grant):
    """For days of sickness."""

    days: int | None = column(t.grant.c.days, "How many days.")


@value_type(kind="birth")
class BirthGrant(Grant):
    """For a birth."""

    child: str | None = column(t.grant.c.child, "Whose.")
