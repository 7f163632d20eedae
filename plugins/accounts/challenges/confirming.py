"""Guesses of codes: counted before they are looked at; the right one is used once."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Row, update

from gateway.context import RequestContext
from gateway.throttles import Limit
from plugins.accounts.authenticator_app.spending import spent
from plugins.accounts.challenges.models import challenge
from plugins.accounts.challenges.opening import MOST_TRIES, Challenge, found_challenge
from plugins.accounts.challenges.purposes import BY_APP, Purpose
from plugins.accounts.challenges.refusals import ChallengeRefusal, Refusal
from plugins.accounts.challenges.sending import code_hash
from plugins.accounts.locking import locked_credential

GUESSES: Final = Limit("accounts:code_guesses", 15, timedelta(days=1))
"""Of all codes for one purpose that a participant is sent: sending again forgives nothing. Codes of the app are one purpose."""

APP: Final = "AUTHENTICATOR"


async def confirmed(
    context: RequestContext, token: str, code: str, purpose: Purpose, place: str
) -> Challenge | Refusal:
    """The challenge whose code this is, used up in the transaction of ``context.work()``, which has not begun before.

    The guess is counted and committed first, whatever becomes of the mutation. Where the mutation fails, the code can be used
    again; of several uses at once, one alone succeeds. From then on the participant's account is locked for this transaction.
    """
    asked = await found_challenge(context, token, purpose, place)
    if isinstance(asked, Refusal):
        return asked
    by_app = asked.sent_to is None and purpose in BY_APP
    retry_at = await _count_guess(context, asked.participant_id, APP if by_app else purpose.name)
    if retry_at is not None:
        return Refusal(ChallengeRefusal.TOO_MANY_CODES, retry_at)
    tried = await _count_try(context, asked)
    if tried is None or tried.code_hash is None:
        return Refusal(ChallengeRefusal.CHALLENGE_OVER)
    if by_app:
        is_right = await spent(context, asked.participant_id, code)
    else:
        is_right = hmac.compare_digest(tried.code_hash, code_hash(context.services, asked, code))
    if not is_right:
        return Refusal(ChallengeRefusal.CODE_WRONG)
    if not await use(context, asked, tried.code_hash):
        return Refusal(ChallengeRefusal.CHALLENGE_OVER)
    return replace(asked, payload=json.loads(tried.payload or "{}"))  # it was set together with the code


async def app_confirmed(context: RequestContext, participant_id: str, code: str) -> Refusal | None:
    """Use a code of the app, or a recovery code, for what is done at once, without a challenge; None where it was right.

    The guess is counted first, as in :func:`confirmed`, and with those of challenges.
    """
    retry_at = await _count_guess(context, participant_id, APP)
    if retry_at is not None:
        return Refusal(ChallengeRefusal.TOO_MANY_CODES, retry_at)
    return None if await spent(context, participant_id, code) else Refusal(ChallengeRefusal.CODE_WRONG)


async def _count_guess(context: RequestContext, participant_id: str, what: str) -> dt.datetime | None:
    return await context.services.throttles.count(context.now, (GUESSES, f"{participant_id}\0{what}"))


async def _count_try(context: RequestContext, asked: Challenge) -> Row[str | None, str | None] | None:
    """The hash of the code to compare with, and what it confirms, once the try is committed; None where no code counts."""
    counted = (
        update(challenge)
        .where(
            challenge.c.id == asked.id,
            challenge.c.used_at.is_(None),
            challenge.c.tries < MOST_TRIES,
            challenge.c.code_until > context.now,
        )
        .values(tries=challenge.c.tries + 1)
        .returning(challenge.c.code_hash, challenge.c.payload)
    )
    async with context.services.database.write() as work:
        return (await work.execute(counted)).one_or_none()


async def use(context: RequestContext, asked: Challenge, expected: str | None = None) -> bool:
    """Use a challenge up, whose last code has this hash (None: none was sent); False where another request was first.

    The participant's account is locked from then on, in the transaction of ``context.work()``.
    """
    same_code = challenge.c.code_hash.is_(None) if expected is None else challenge.c.code_hash == expected
    using = (
        update(challenge)
        .where(challenge.c.id == asked.id, challenge.c.used_at.is_(None), same_code)
        .values(used_at=context.now, code_hash=None, code_until=None, payload=None)
    )
    work = await context.work()
    await locked_credential(work, asked.participant_id)
    return (await work.execute(using)).rowcount == 1
