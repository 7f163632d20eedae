"""What the clinic adds to entities and roots; with its rows, every source that there is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Integer, func

from gateway.access import ANYONE, SELF, SIGNED_IN
from gateway.authoring import (
    Connection,
    DataKind,
    Filter,
    Money,
    Rows,
    Value,
    column,
    computed,
    connection,
    derived,
    entity_by,
    extends,
    lookup,
    resolved,
    to_many,
    to_one,
    viewer_entity,
)
from gateway.entities import Facility, Mutation, Participant, Query
from gateway.errors import Text
from tests.gateway.clinic import code
from tests.gateway.clinic import tables as t
from tests.gateway.clinic.rows import AppointmentCard, Grant, Visit, Ward
from tests.gateway.clinic.rules import OWN_OR_READ, READ
from tests.gateway.clinic.tables import Mood
from tests.gateway.clinic.values import Advised, Arrived, Journey, Period, Stop

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


def urgent(urgent: Value[bool]) -> ColumnElement[bool]:
    """Whether it could not wait."""
    return t.visit.c.urgent == urgent


def felt(mood: Value[Mood]) -> ColumnElement[bool]:
    """In which mood."""
    return t.visit.c.mood == mood


def more_than(more_than: Value[int]) -> ColumnElement[bool]:
    """More money than this."""
    return t.grant.c.amount > more_than


def in_mood(mood: Value[Mood]) -> ColumnElement[bool]:
    """Who feels so."""
    return t.person.c.mood == mood


@extends(
    Participant, row=t.person.c.participant_id, data=DataKind("clinic:person", Text("Nhân thân", "Identity"))
)
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
    insured: bool | None = column(t.person.c.insured, "Whether they are insured.", rule=OWN_OR_READ)
    youth: Period | None = derived(
        lambda day: None if day is None else code.period_of(day, day.replace(year=day.year + 18, day=1)),
        t.person.c.birth_date,
        description="The first eighteen years.",
        rule=OWN_OR_READ,
    )
    best_grant: Grant | None = to_one(t.person.c.grant_id, "The grant that counts.", rule=OWN_OR_READ)
    greeting: str | None = resolved(code.greet, rule=SELF)
    friends: list[Participant] | None = resolved(code.friends, rule=OWN_OR_READ)
    journey: Journey | None = resolved(code.journey, rule=OWN_OR_READ)


@extends(Participant)
class Visitor:
    """A participant who comes."""

    visits: Connection[Visit] | None = connection(
        t.visit.c.participant_id,
        "Visits, newest first.",
        order=[t.visit.c.on_day.desc(), t.visit.c.doctor],
        filters=[since, Filter(doctor, prepare=contained), shortest, urgent, felt],
        rule=OWN_OR_READ,
    )
    grant_pages: Connection[Grant] | None = connection(
        t.grant.c.participant_id,
        "Money, page by page.",
        order=[t.grant.c.kind.desc()],
        filters=[more_than],
        rule=OWN_OR_READ,
    )


@extends(Facility, row=t.facility.c.code)
class Hospital:
    """A facility, as the clinic knows it."""

    name: str | None = column(t.facility.c.name, "Name.", rule=ANYONE)
    beds: int | None = column(t.facility.c.beds, "How many beds.", rule=ANYONE)
    open: bool | None = column(t.facility.c.open, "Whether it is open.", rule=ANYONE)
    opened_at: dt.datetime | None = column(t.facility.c.opened_at, "When it was opened.", rule=ANYONE)
    front: Stop | None = derived(
        code.stop_at, t.facility.c.code, t.facility.c.name, description="The front desk.", rule=ANYONE
    )
    wards: Connection[Ward] | None = connection(
        t.ward.c.facility_code, "Wards by name.", order=[t.ward.c.name], rule=READ
    )


@extends(Facility)
class Visited:
    """A facility and those who go there."""

    patients: list[Participant] | None = to_many(
        t.person.c.facility_code, "Everybody.", order=[t.person.c.full_name.desc()], rule=READ
    )
    patient_pages: Connection[Participant] | None = connection(
        t.person.c.facility_code, "Everybody, page by page.", order=[t.person.c.full_name], rule=READ
    )


def own_agency(agency: Value[str]) -> ColumnElement[bool]:
    """The viewer's agency."""
    return t.licence.c.agency == agency


@extends(Facility, row=t.licence.c.facility_code, rows=Rows("own agency", own_agency))
class Licensed:
    """A facility, as its agency knows it."""

    licence_number: str | None = column(t.licence.c.number, "The licence.", rule=READ)


# --- roots -------------------------------------------------------------------------------------------------------


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
    grants: Connection[Grant] | None = connection(
        description="All money.", order=[t.grant.c.amount.desc()], filters=[more_than], rule=READ
    )
    advise: list[Advised] = resolved(code.advise, rule=ANYONE)
    counsel: Advised | None = resolved(code.counsel, rule=ANYONE)
    colleagues: list[Participant | None] = resolved(code.colleagues, rule=ANYONE)


@extends(Mutation)
class Changes:
    """What can be changed."""

    rename: Participant | None = resolved(code.rename, rule=SIGNED_IN)
    arrive: Arrived | None = resolved(code.arrive, rule=SIGNED_IN)
