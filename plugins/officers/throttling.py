"""How often officers may try to sign in: counted before anything is looked at."""

from __future__ import annotations

import datetime as dt
from typing import Final

from gateway.context import RequestContext
from gateway.throttles import Limit, network_of
from plugins.officers.settings import OfficersSettings

_QUARTER: Final = dt.timedelta(minutes=15)
_LONGEST: Final = 64
"""Characters of a name that are told apart; a real one has 40 at most."""


async def count_sign_in(context: RequestContext, user_name: str) -> dt.datetime | None:
    """Count a sign-in of a name, which may be nobody's; when to try again, None where it is allowed.

    The delay of a name grows and ends, so a stranger locks nobody out for good; who is signed in notices nothing.
    """
    return await _count(context, (_of_account(context), user_name[:_LONGEST]))


async def forget_sign_ins(context: RequestContext, user_name: str) -> None:
    """Forget the attempts of a name whose bearer is signed in."""
    attempts = _of_account(context), user_name[:_LONGEST]
    await context.services.throttles.forget(await context.work(), attempts)


async def count_enrolment(context: RequestContext, ticket_hash: str) -> dt.datetime | None:
    """The same for codes that an enrolment is to be completed with."""
    settings = context.services.settings.section(OfficersSettings)
    return await _count(context, (Limit("officers:enrol", settings.sign_in_attempts, _QUARTER), ticket_hash))


async def count_password_change(context: RequestContext, officer_id: str) -> dt.datetime | None:
    """The same for changes of an officer's own password, counted apart: who has a session locks nobody out of signing in."""
    return await _count(context, (_of_account(context, "officers:password"), officer_id))


async def forget_password_changes(context: RequestContext, officer_id: str) -> None:
    """Forget the attempts of an officer who has changed the password."""
    attempts = _of_account(context, "officers:password"), officer_id
    await context.services.throttles.forget(await context.work(), attempts)


def _of_account(context: RequestContext, name: str = "officers:sign_in") -> Limit:
    settings = context.services.settings.section(OfficersSettings)
    return Limit(
        name,
        settings.sign_in_attempts,
        dt.timedelta(minutes=settings.sign_in_delay_minutes),
        dt.timedelta(hours=settings.sign_in_longest_delay_hours),
    )


async def _count(context: RequestContext, attempt: tuple[Limit, str]) -> dt.datetime | None:
    settings = context.services.settings.section(OfficersSettings)
    of_address = Limit("officers:address", settings.sign_ins_per_address, _QUARTER)
    of_all = Limit("officers:together", settings.sign_ins_together, dt.timedelta(minutes=1))
    return await context.services.throttles.count(
        context.now, attempt, (of_address, network_of(context.client_address)), (of_all, "all")
    )
