"""How often somebody may try to sign in."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Final

from gateway.context import RequestContext
from gateway.throttles import Limit, network_of
from plugins.accounts.settings import AccountsSettings

_LONGEST: Final = 32
"""Characters of a code that are told apart; a real one has ten."""


async def count_sign_in(context: RequestContext, code: str) -> dt.datetime | None:
    """Count an attempt to sign in; when to try again, None where it is allowed.

    Codes that nobody has are counted as well, so that the counters do not tell who has an account.
    """
    settings = context.services.settings.section(AccountsSettings)
    account = Limit(
        "accounts:sign_in",
        settings.sign_in_attempts,
        timedelta(minutes=settings.sign_in_delay_minutes),
        longest=timedelta(hours=settings.sign_in_longest_delay_hours),
    )
    address = Limit("accounts:sign_in_address", settings.sign_ins_per_address, timedelta(minutes=15))
    together = Limit("accounts:sign_in_together", settings.sign_ins_together, timedelta(minutes=1))
    return await context.services.throttles.count(
        context.now,
        (account, code.strip()[:_LONGEST]),
        (address, network_of(context.client_address)),
        (together, ""),
    )
