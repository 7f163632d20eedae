"""Devices: as the application describes them, and as they are remembered."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import Audience
from gateway.errors import BAD_USER_INPUT, ClientError
from gateway.folding import UnsafeText, clean_text
from plugins.accounts.models import Platform, device, session

LONGEST_NAME: Final = 100
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9._:-]{16,128}")

_KNOWN: Final = select(device.c.id).where(
    device.c.participant_id == bindparam("participant"), device.c.place == bindparam("place")
)
_UNENDED: Final = (
    select(
        session.c.id,
        session.c.idle_seconds,
        session.c.seen_at,
        session.c.expires_at,
        session.c.created_at,
        device.c.place,
        device.c.name,
    )
    .outerjoin(device, device.c.id == session.c.device_id)
    .where(
        session.c.audience == Audience.PARTICIPANT,
        session.c.subject == bindparam("participant"),
        session.c.ended_at.is_(None),
    )
)


@dataclass(frozen=True)
class Device:
    """A device as it describes itself. ``place`` is a hash of the identifier, all that is stored of it."""

    place: str = field(repr=False)
    name: str = field(repr=False)
    platform: Platform


@dataclass(frozen=True)
class Active:
    """Where a participant is signed in, and since when; ``place`` and ``name`` are None where that is not known."""

    session: str
    place: str | None = field(repr=False)
    name: str | None = field(repr=False)
    since: dt.datetime


def place_of(identifier: str) -> str:
    """What is stored of a device's identifier; raises :class:`ClientError` for what cannot be one."""
    if _IDENTIFIER.fullmatch(identifier) is None:
        raise ClientError(BAD_USER_INPUT, argument="device")
    return sha256(f"device\0{identifier}".encode()).hexdigest()


def described_device(identifier: str, name: str, platform: Platform) -> Device:
    """A device by what the application says of it; raises :class:`ClientError` where that is malformed."""
    try:
        cleaned = clean_text(name, longest=LONGEST_NAME)
    except UnsafeText:
        raise ClientError(BAD_USER_INPUT, argument="name") from None
    if not cleaned:
        raise ClientError(BAD_USER_INPUT, argument="name")
    return Device(place_of(identifier), cleaned, platform)


async def active_session(work: AsyncConnection, participant_id: str, now: dt.datetime) -> Active | None:
    """Where a participant is signed in now, if the session is still alive."""
    row = (await work.execute(_UNENDED, {"participant": participant_id})).one_or_none()
    if row is None:
        return None
    asleep = None if row.idle_seconds is None else row.seen_at + dt.timedelta(seconds=row.idle_seconds)
    if now >= row.expires_at or (asleep is not None and now >= asleep):
        return None
    return Active(row.id, row.place, row.name, row.created_at)


async def remembered(work: AsyncConnection, participant_id: str, used: Device, now: dt.datetime) -> str:
    """The id of a participant's device, known from now on; the account is locked."""
    asked = {"participant": participant_id, "place": used.place}
    id_: str | None = (await work.execute(_KNOWN, asked)).scalar_one_or_none()
    described = {"name": used.name, "platform": used.platform}
    if id_ is not None:
        await work.execute(update(device).where(device.c.id == id_).values(described))
        return id_
    made = secrets.token_hex(16)
    whose = {"id": made, "participant_id": participant_id, "place": used.place, "since": now}
    await work.execute(insert(device), whose | described)
    return made
