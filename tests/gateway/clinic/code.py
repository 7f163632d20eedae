"""Real code of the clinic."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from sqlalchemy import func, insert, select, update

from gateway.authoring import ID, argument
from gateway.context import RequestContext
from gateway.entities import Facility, Participant
from gateway.errors import BAD_USER_INPUT, ClientError
from tests.gateway.clinic import tables as t
from tests.gateway.clinic.tables import Mood
from tests.gateway.clinic.values import (
    Advice,
    Advised,
    Arrival,
    Arrived,
    Complaint,
    Journey,
    NoAdvice,
    NotArrived,
    Period,
    Stop,
)


def period_of(first: dt.date, last: dt.date | None) -> Period:
    """Days from first to last."""
    return Period(first=first, last=last, whole_years=0 if last is None else last.year - first.year)


def stop_at(code: str | None, number: str) -> Stop | None:
    """The place of a code; none without one."""
    if code is None:
        return None
    return Stop(name=number[:4], at=Facility(id=ID(code)), met=[], between=None)


async def greet(
    participant: Participant,
    context: RequestContext,
    loud: Annotated[bool, argument(description="In capitals.")] = False,
) -> str | None:
    """A greeting that real code makes."""
    text = f"hello {participant.id}, it is {context.today.isoformat()}"
    return text.upper() if loud else text


async def friends(
    participant: Participant,
    at_most: Annotated[int, argument(description="No more than so many.")] = 3,
) -> list[Participant] | None:
    """Everybody but the one who asks; the first of them twice."""
    others = [key for key in ("00-an", "00-binh", "00-chi", "00-gone") if key != participant.id]
    return [Participant(id=ID(key)) for key in [*others[:1], *others][: max(0, at_most)]]


async def journey(
    participant: Participant,
    context: RequestContext,
    to: Annotated[ID | None, argument(description="Where to.")] = None,
    mood: Annotated[Mood | None, argument(description="In which mood.")] = Mood.GOOD,
) -> Journey | None:
    """A journey; nobody goes anywhere in a bad mood."""
    if mood is Mood.BAD:
        return None
    day = context.today
    stops = [
        Stop(
            name=None if code == "00404" else f"stop {code}",
            at=Facility(id=ID(code)),
            met=[Participant(id=participant.id), Participant(id=ID("00-chi"))],
            between=period_of(day, None if code == "00404" else day.replace(year=2030)),
        )
        for code in ("00001", "00404", *([] if to is None else [to]))
    ]
    return Journey(
        title=f"{participant.id} to {to}",
        stops=[*stops, None] if mood is Mood.GOOD else None,
        companion=Participant(id=ID("00-binh")) if to else None,
        mood=mood,
        moods=[[Mood.GOOD], [], [Mood.BAD, Mood.GOOD]],
        starts_at=context.now,
        day=day if to else None,
        price=2**53 - 1,
        length=1e300 if to else 0.1,
        paid=bool(to),
        advice=Advice(text="go", at=stops[0].at) if to else NoAdvice(reason="stay"),
    )


async def advise(
    context: RequestContext,
    complaints: Annotated[list[Complaint], argument(description="All of them.")],
    facility: Annotated[ID | None, argument(description="Where to go.")] = None,
) -> list[Advised]:
    """Advice for each complaint."""
    return [_advice(complaint, facility) for complaint in complaints]


async def counsel(
    context: RequestContext,
    complaint: Annotated[Complaint, argument(description="What hurts.")] = Complaint(where="tooth", days=2),  # noqa: B008
    moods: Annotated[list[Mood] | None, argument(description="How it feels.")] = None,
    patients: Annotated[list[ID], argument(description="Who is asked.")] = [],  # noqa: B006
) -> Advised | None:
    """Advice for one complaint; none where it feels good. What it is given is its own to alter."""
    complaint.days = (complaint.days or 0) + len(patients)
    if moods and Mood.GOOD in moods:
        return None
    patients.append(ID(context.viewer.subject or "00-anonymous"))
    moods_told = "".join(mood.name for mood in complaint.moods or ())
    complaint.where = f"{complaint.where}{moods_told}" if complaint.where else ""
    return _advice(complaint, patients[-1])


async def colleagues(
    context: RequestContext,
    keys: Annotated[list[ID], argument(description="Their keys; an empty one is refused.")],
) -> list[Participant | None]:
    """Those with these keys; null for the viewer's own."""
    if "" in keys:
        raise ClientError(BAD_USER_INPUT, argument="keys")
    return [None if key == context.viewer.subject else Participant(id=key) for key in keys]


def _advice(complaint: Complaint, facility: ID | None) -> Advised:
    if not complaint.where:
        return NoAdvice(reason="nowhere")
    at = Facility(id=facility) if facility else None
    return Advice(text=f"{complaint.where} {complaint.days or 0}", at=at)


# --- changes -----------------------------------------------------------------------------------------------------


async def rename(
    context: RequestContext,
    name: Annotated[str, argument(description="The new name.")],
    confirmed: Annotated[bool, argument(description="Whether to keep it.")] = True,
) -> Participant | None:
    """Change the viewer's nickname."""
    work = await context.work()
    key = context.viewer.subject or ""
    if len(name) > 100:
        raise ClientError(BAD_USER_INPUT, argument="name")
    await work.execute(update(t.person).where(t.person.c.participant_id == key).values(nickname=name))
    number = await work.scalar(select(func.count()).select_from(t.leaflet))
    await work.execute(insert(t.leaflet).values(code=f"N{number}", title=name))
    if not confirmed:
        raise ClientError(BAD_USER_INPUT, argument="confirmed")
    return Participant(id=ID(key))


async def arrive(
    context: RequestContext,
    minutes: Annotated[int, argument(description="How long it takes.")] = 10,
    mood: Annotated[Mood | None, argument(description="In which mood.")] = None,
) -> Arrived:
    """Begin a visit. It counts all visits, so that being run once more would show; a bad mood keeps people at home."""
    work = await context.work()
    key = context.viewer.subject or ""
    number = await work.scalar(select(func.count()).select_from(t.visit)) or 0
    visit = {
        "id": f"m{number}",
        "participant_id": key,
        "on_day": context.today,
        "at": context.now,
        "doctor": "Ly",
        "minutes": minutes,
        "mood": mood,
        "urgent": True,
    }
    await work.execute(insert(t.visit).values(visit))
    if minutes < 0:
        raise ClientError(BAD_USER_INPUT, argument="minutes")
    if mood is Mood.BAD:
        return NotArrived(message="not today", mood=mood)
    beside = [Participant(id=ID(other)) for other in ("00-an", "00-dung") if other != key]
    return Arrival(number=number + 1, visitor=Participant(id=ID(key)), beside=beside)
