"""What signing in has to know of a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import and_, bindparam, select

from gateway.database import Database
from plugins.accounts.codes import MalformedCode, social_security_code
from plugins.accounts.models import credential, device, former_password, participant
from plugins.accounts.personal.models import contact

_NOBODY: Final = ""
"""Looked for where a code is malformed, so that it takes as long as any other."""

_BY_CODE: Final = (
    select(
        credential.c.participant_id,
        credential.c.password_hash,
        device.c.id.is_not(None).label("known_device"),
    )
    .join(participant, participant.c.id == credential.c.participant_id)
    .outerjoin(
        device,
        and_(device.c.participant_id == credential.c.participant_id, device.c.place == bindparam("place")),
    )
    .where(participant.c.social_security_code == bindparam("code"))
)
_OWNER: Final = (
    select(
        participant.c.social_security_code,
        participant.c.full_name,
        participant.c.birth_date,
        contact.c.phone,
        contact.c.email,
        credential.c.password_hash,
    )
    .join(credential, credential.c.participant_id == participant.c.id)
    .outerjoin(contact, contact.c.participant_id == participant.c.id)
    .where(participant.c.id == bindparam("participant"))
)
_FORMER: Final = (
    select(former_password.c.password_hash)
    .where(former_password.c.participant_id == bindparam("participant"))
    .order_by(former_password.c.replaced_at.desc(), former_password.c.id)
    .limit(bindparam("most"))
)
_PHONE: Final = select(contact.c.phone).where(contact.c.participant_id == bindparam("participant"))


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in."""

    participant_id: str
    password_hash: str = field(repr=False)
    known_device: bool


@dataclass(frozen=True)
class Owner:
    """Who has a password, and what may not be in it. ``password_hashes`` are the present one and those before."""

    participant_id: str
    social_security_code: str = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: dt.date = field(repr=False)
    phone: str | None = field(repr=False)
    email: str | None = field(repr=False)
    password_hashes: tuple[str, ...] = field(repr=False)


async def account_of(database: Database, text: str, place: str) -> Account | None:
    """The account with a social security code, and whether it is known at a device's place."""
    try:
        code = social_security_code(text)
    except MalformedCode:
        code = _NOBODY
    async with database.read() as connection:
        row = (await connection.execute(_BY_CODE, {"code": code, "place": place})).one_or_none()
    return None if row is None else Account(row.participant_id, row.password_hash, row.known_device)


async def owner_of(database: Database, participant_id: str, former: int) -> Owner | None:
    """The owner of a password, with so many of the passwords before; None for somebody without an account."""
    whose = {"participant": participant_id, "most": former}
    async with database.read() as connection:
        row = (await connection.execute(_OWNER, {"participant": participant_id})).one_or_none()
        before = (await connection.execute(_FORMER, whose)).scalars().all()
    if row is None:
        return None
    code, name, born, phone, email, present = row
    return Owner(participant_id, code, name, born, phone, email, (present, *before))


async def phone_of(database: Database, participant_id: str) -> str | None:
    """The registered phone number, to which codes go."""
    async with database.read() as connection:
        phone: str | None = (
            await connection.execute(_PHONE, {"participant": participant_id})
        ).scalar_one_or_none()
    return phone
