"""What the clinic adds to entities and roots; with its rows, every source that there is."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, Integer, func, insert, update

from gateway.access import ANYONE, SELF, SIGNED_IN
from gateway.authoring import (
    ID,
    Connection,
    Filter,
    Money,
    Rows,
    Value,
    argument,
    attribute,
    column,
    computed,
    connection,
    derived,
    entity_by,
    enumeration,
    extends,
    input_type,
    lookup,
    output_type,
    resolved,
    to_many,
    to_one,
    union,
    viewer_entity,
)
from gateway.context import RequestContext
from gateway.entities import Facility, Mutation, Participant, Query
from gateway.errors import BAD_USER_INPUT, ClientError
from tests.gateway.clinic import tables as t
from tests.gateway.clinic.rows import AppointmentCard, Grant, Visit, Ward
from tests.gateway.clinic.rules import OWN_OR_READ, READ
from tests.gateway.clinic.tables import Mood

enumeration(GOOD="Well.", BAD="Unwell.")(Mood)


# --- entities ----------------------------------------------------------------------------------------------------


def contained(text: str) -> str:
    """The LIKE pattern of texts that hold this one, which may have 20 characters at most."""
    if len(text) > 20:
        raise ValueError
    return "%" + "".join(f"/{letter}" if letter in "%_/" else letter for letter in text) + "%"


def doctor(doctor: Value[str]) -> ColumnElement[bool]:
    """Part of the doctor's name."""
    return t.visit.c.doctor.like(doctor, escape="/")


def since(since: Value[dt.date]) -> ColumnElement[bool]:
    """From this day on."""
    return t.visit.c.on_day >= since


def shortest(shortest_minutes: Value[int]) -> ColumnElement[bool]:
    """At least so long."""
    return t.visit.c.minutes >= shortest_minutes


def in_mood(mood: Value[Mood]) -> ColumnElement[bool]:
    """Who feels so."""
    return t.person.c.mood == mood


async def greet(
    participant: Participant,
    context: RequestContext,
    loud: Annotated[bool, argument(description="In capitals.")] = False,
) -> str | None:
    """A greeting that real code makes."""
    text = f"hello {participant.id}, it is {context.today.isoformat()}"
    return text.upper() if loud else text


@extends(Participant, row=t.person.c.participant_id)
class Patient:
    """A participant, as the clinic knows them."""

    full_name: str | None = column(t.person.c.full_name, "Name.", rule=OWN_OR_READ)
    nickname: str | None = column(t.person.c.nickname, "What friends say.", rule=SELF)
    birth_date: dt.date | None = column(t.person.c.birth_date, "Birthday.", rule=OWN_OR_READ)
    mood: Mood | None = column(t.person.c.mood, "How they feel.", rule=OWN_OR_READ)
    savings: Money | None = column(t.person.c.savings, "In đồng.", rule=SELF)
    name_length: int | None = computed(
        func.length(t.person.c.full_name, type_=Integer), "Characters.", rule=OWN_OR_READ
    )
    initial: str | None = derived(
        lambda name: name[:1], t.person.c.full_name, description="First letter.", rule=SELF
    )
    clinic: Facility | None = to_one(t.person.c.facility_code, "Where they go.", rule=OWN_OR_READ)
    card: AppointmentCard | None = to_one(
        there=t.card.c.participant_id, description="Their card.", rule=OWN_OR_READ
    )
    grants: list[Grant] | None = to_many(
        t.grant.c.participant_id, "Money.", order=[t.grant.c.kind], rule=SELF
    )
    greeting: str | None = resolved(greet, rule=SELF)


@extends(Participant)
class Visitor:
    """A participant who comes."""

    visits: Connection[Visit] | None = connection(
        t.visit.c.participant_id,
        "Visits, newest first.",
        order=[t.visit.c.on_day.desc(), t.visit.c.doctor],
        filters=[since, Filter(doctor, prepare=contained), shortest],
        rule=OWN_OR_READ,
    )


@extends(Facility, row=t.facility.c.code)
class Hospital:
    """A facility, as the clinic knows it."""

    name: str | None = column(t.facility.c.name, "Name.", rule=ANYONE)
    beds: int | None = column(t.facility.c.beds, "How many beds.", rule=ANYONE)
    wards: Connection[Ward] | None = connection(
        t.ward.c.facility_code, "Wards by name.", order=[t.ward.c.name], rule=READ
    )


def own_agency(agency: Value[str]) -> ColumnElement[bool]:
    """The viewer's agency."""
    return t.licence.c.agency == agency


@extends(Facility, row=t.licence.c.facility_code, rows=Rows("own agency", own_agency))
class Licensed:
    """A facility, as its agency knows it."""

    licence_number: str | None = column(t.licence.c.number, "The licence.", rule=READ)


# --- roots -------------------------------------------------------------------------------------------------------


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


@input_type
class Complaint:
    """What hurts."""

    where: str = attribute("The place.")
    days: int | None = attribute("For how long.", default=None)
    moods: list[Mood] | None = attribute("And how it feels.", default=None)


async def advise(
    context: RequestContext,
    complaints: Annotated[list[Complaint], argument(description="All of them.")],
    facility: Annotated[ID | None, argument(description="Where to go.")] = None,
) -> list[Advised]:
    """Advice for each complaint."""
    return [
        Advice(
            text=f"{complaint.where} {complaint.days or 0}", at=Facility(id=facility) if facility else None
        )
        if complaint.where
        else NoAdvice(reason="nowhere")
        for complaint in complaints
    ]


def name_of_ward(name: Value[str]) -> ColumnElement[bool]:
    """The exact name."""
    return t.ward.c.name == name


def as_stored(number: str) -> str:
    """A card's number in capitals; raises ValueError for what can be none."""
    if len(number) > 20:
        raise ValueError
    return number.upper()


@extends(Query)
class Questions:
    """What can be asked."""

    me: Participant | None = viewer_entity("Who asks.", rule=SIGNED_IN)
    participant: Participant | None = entity_by("id", "Somebody.", rule=ANYONE)
    check_card: AppointmentCard | None = lookup(
        t.card.c.number, "A card.", argument="card_number", prepare=as_stored, rule=READ | SIGNED_IN
    )
    facility: Facility | None = lookup(t.facility.c.code, "A facility.", argument="code", rule=ANYONE)
    facilities: Connection[Facility] = connection(description="All.", order=[t.facility.c.name], rule=ANYONE)
    wards: Connection[Ward] | None = connection(
        description="Wards.", order=[t.ward.c.agency, t.ward.c.name], filters=[name_of_ward], rule=READ
    )
    patients: Connection[Participant] | None = connection(
        description="People by name.", order=[t.person.c.full_name], filters=[in_mood], rule=READ
    )
    visits: Connection[Visit] | None = connection(
        description="By time.", order=[t.visit.c.at.desc()], rule=READ
    )
    advise: list[Advised] = resolved(advise, rule=ANYONE)


async def rename(
    context: RequestContext,
    name: Annotated[str, argument(description="The new name.")],
    confirmed: Annotated[bool, argument(description="Whether to keep it.")] = True,
) -> Participant | None:
    """Change the viewer's nickname."""
    work = await context.work()
    key = context.viewer.subject or ""
    await work.execute(update(t.person).where(t.person.c.participant_id == key).values(nickname=name))
    await work.execute(insert(t.leaflet).values(code=name[:10], title=name))
    if not confirmed:
        raise ClientError(BAD_USER_INPUT, argument="confirmed")
    return Participant(id=strawberry.ID(key))


@extends(Mutation)
class Changes:
    """What can be changed."""

    rename: Participant | None = resolved(rename, rule=SIGNED_IN)
