"""Adding officers, changing what they may do, disabling them, and giving them new credentials.

An administrator reaches the own agency and those below it: whoever is elsewhere is answered as if there were nobody.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import OfficerRole
from gateway.agencies import CENTRE, is_agency_code, is_in_tree
from plugins.officers.models import agency, enrolment, officer
from plugins.officers.profiles import ChangeRefused, Profile, check_roles, is_key
from plugins.officers.refusals import OfficerChangeRefusal
from plugins.officers.roles import roles_of, stored
from plugins.officers.sessions import end_sessions

LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of temporary passwords: none is taken for another."""

_INSERT: Final = {
    "postgresql": postgresql.insert(officer).on_conflict_do_nothing(index_elements=["user_name"]),
    "sqlite": sqlite.insert(officer).on_conflict_do_nothing(index_elements=["user_name"]),
}
_AGENCY: Final = select(agency.c.code).where(agency.c.code == bindparam("code"))
_OFFICER: Final = select(officer).where(officer.c.id == bindparam("officer")).with_for_update()
_AT_THE_CENTRE: Final = (
    select(officer.c.id, officer.c.agency_code, officer.c.roles, officer.c.disabled_at)
    .where(officer.c.agency_code == CENTRE, officer.c.disabled_at.is_(None))
    .order_by(officer.c.id)
    .with_for_update()
)
"""Locked in one order by whoever may take the last administrator away, before the officer itself."""


@dataclass(frozen=True)
class Administrator:
    """Who changes something: an officer of an agency, or whoever runs the gateway (no officer, and the centre)."""

    agency: str
    officer_id: str | None = None


@dataclass(frozen=True)
class Temporary:
    """A temporary password as it is stored, and until when it is good."""

    password_hash: str
    until: dt.datetime


def temporary_password() -> str:
    """Sixteen random characters (79 bits) in fours."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


async def add(
    work: AsyncConnection, by: Administrator, profile: Profile, temporary: Temporary, now: dt.datetime
) -> str:
    """Add an officer; their key. Raises :class:`ChangeRefused`."""
    given = profile.checked()
    await _check_agency(work, by, given.agency_code)
    key = secrets.token_hex(16)
    values = {
        "id": key,
        "user_name": given.user_name,
        "full_name": given.full_name,
        "email": given.email,
        "agency_code": given.agency_code,
        "roles": stored(given.roles),
        "password_hash": temporary.password_hash,
        "temporary_until": temporary.until,
        "created_at": now,
    }
    if (await work.execute(_INSERT[work.dialect.name], values)).rowcount == 0:
        raise ChangeRefused(OfficerChangeRefusal.USER_NAME_TAKEN, "userName")
    return key


async def change(
    work: AsyncConnection,
    by: Administrator,
    key: str,
    agency_code: str | None,
    roles: Sequence[OfficerRole] | None,
) -> None:
    """Give an officer another agency or other roles (None: as they are). Raises :class:`ChangeRefused`."""
    found = await _locked(work, by, key)
    values: dict[str, object] = {}
    if agency_code is not None:
        await _check_agency(work, by, agency_code)
        values["agency_code"] = agency_code
    if roles is not None:
        check_roles(roles)
        values["roles"] = stored(roles)
    if values:
        await _save(work, found, values)


async def disable(work: AsyncConnection, by: Administrator, key: str, now: dt.datetime) -> None:
    """Let an officer sign in no more, and end what sessions there are. Raises :class:`ChangeRefused`."""
    found = await _locked(work, by, key)
    if found.disabled_at is None:
        await _save(work, found, {"disabled_at": now})
    await end_sessions(work, key, now)


async def reset(
    work: AsyncConnection, by: Administrator, key: str, temporary: Temporary, now: dt.datetime
) -> str:
    """Give an officer a temporary password and forget the app, as for a new one; a disabled officer works again.

    The address to send the password to. Raises :class:`ChangeRefused`.
    """
    found = await _locked(work, by, key)
    renewed = {
        "password_hash": temporary.password_hash,
        "temporary_until": temporary.until,
        "totp": None,
        "used_step": None,
        "disabled_at": None,
    }
    await work.execute(update(officer).where(officer.c.id == key).values(renewed))
    await work.execute(delete(enrolment).where(enrolment.c.officer_id == key))
    await end_sessions(work, key, now)
    address: str = found.email
    return address


async def _locked(work: AsyncConnection, by: Administrator, key: str) -> Row[Any]:
    """The officer, whom nobody else changes until the end."""
    await work.execute(_AT_THE_CENTRE)
    found = (await work.execute(_OFFICER, {"officer": key})).one_or_none() if is_key(key) else None
    if found is None or not is_in_tree(found.agency_code, by.agency):
        raise ChangeRefused(OfficerChangeRefusal.UNKNOWN_OFFICER)
    if key == by.officer_id:
        raise ChangeRefused(OfficerChangeRefusal.OWN_ACCOUNT)
    return found


async def _save(work: AsyncConnection, found: Row[Any], values: Mapping[str, Any]) -> None:
    before = found.agency_code, found.roles, found.disabled_at
    after = (
        values.get("agency_code", found.agency_code),
        values.get("roles", found.roles),
        values.get("disabled_at", found.disabled_at),
    )
    if _administers_centre(*before) and not _administers_centre(*after):
        there = (await work.execute(_AT_THE_CENTRE)).all()
        rest = [one for one in there if one.id != found.id]
        if not any(_administers_centre(one.agency_code, one.roles, one.disabled_at) for one in rest):
            raise ChangeRefused(OfficerChangeRefusal.LAST_ADMINISTRATOR)
    await work.execute(update(officer).where(officer.c.id == found.id).values(values))


def _administers_centre(agency_code: str, roles: str, disabled_at: dt.datetime | None) -> bool:
    return agency_code == CENTRE and disabled_at is None and OfficerRole.ADMINISTRATOR in roles_of(roles)


async def _check_agency(work: AsyncConnection, by: Administrator, code: str) -> None:
    reached = is_agency_code(code) and is_in_tree(code, by.agency)
    known = reached and await work.scalar(_AGENCY, {"code": code}) is not None
    if not known:
        raise ChangeRefused(OfficerChangeRefusal.UNKNOWN_AGENCY, "agencyCode")
