"""Values that the clinic's code makes: objects with entities inside, in lists and unions, with leaves of every kind."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from gateway.authoring import Failure, Money, attribute, input_type, output_type, union
from gateway.authoring.types import enumeration
from gateway.entities import Facility, Participant
from tests.gateway.clinic.tables import Mood

enumeration(GOOD="Well.", BAD="Unwell.")(Mood)


@output_type
class Advice:
    """Something that code made."""

    text: str = attribute("What to do.")
    at: Facility | None = attribute("Where, if anywhere.")


@output_type
class NoAdvice:
    """Nothing that code made."""

    reason: str = attribute("Why not.")


Advised = Annotated[Advice | NoAdvice, union("Advised", description="Advice, or none.")]


@output_type
class Period:
    """Days from one to another."""

    first: dt.date = attribute("The first.")
    last: dt.date | None = attribute("The last, if there is one.")
    whole_years: int = attribute("Years in it.")


@output_type
class Stop:
    """A place on the way, and who is met there."""

    name: str | None = attribute("What it is called.")
    at: Facility = attribute("Where.")
    met: list[Participant] = attribute("Who.")
    between: Period | None = attribute("When.")


@output_type
class Journey:
    """A way with stops; a leaf of every kind."""

    title: str = attribute("Its title.")
    stops: list[Stop | None] | None = attribute("Its stops; some are not known.")
    companion: Participant | None = attribute("With whom.")
    mood: Mood | None = attribute("How it feels.")
    moods: list[list[Mood]] = attribute("How it felt, day by day.")
    starts_at: dt.datetime = attribute("When it starts.")
    day: dt.date | None = attribute("On which day.")
    price: Money = attribute("What it costs.")
    length: float = attribute("How long it is.")
    paid: bool = attribute("Whether it is paid.")
    advice: Advised | None = attribute("What to do.")


@output_type
class Arrival:
    """A visit that begins."""

    number: int = attribute("How many visits there are with it.")
    visitor: Participant = attribute("Who came.")
    beside: list[Participant] = attribute("Who else has come today.")


@output_type
class NotArrived(Failure):
    """Nobody came."""

    mood: Mood | None = attribute("How that feels.")


Arrived = Annotated[Arrival | NotArrived, union("Arrived", description="A visit, or none.")]


@input_type
class Complaint:
    """What hurts."""

    where: str = attribute("The place.")
    days: int | None = attribute("For how long.", default=None)
    moods: list[Mood] | None = attribute("And how it feels.", default=None)
