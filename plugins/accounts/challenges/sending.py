"""One-time codes: made, counted and posted. Sending again makes a new code, and forgives no wrong guess."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pyotp
from pyotp.hotp import HOTP
from sqlalchemy import update

from gateway.context import RequestContext, Services
from gateway.outbox import Channel, Message, post
from gateway.throttles import Limit
from plugins.accounts.challenges.models import challenge
from plugins.accounts.challenges.opening import Challenge, open_challenge
from plugins.accounts.challenges.purposes import CODE_SUBJECT, Purpose, code_text
from plugins.accounts.challenges.refusals import ChallengeRefusal, Refusal
from plugins.accounts.settings import AccountsSettings

DIGITS: Final = 6
CODE_LIFE: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Sent:
    """A code is on its way to a phone number or an e-mail address."""

    token: str = field(repr=False)
    to: str = field(repr=False)
    until: dt.datetime


async def begin_with_code(
    context: RequestContext,
    participant_id: str,
    purpose: Purpose,
    place: str,
    to: str | None,
    payload: Mapping[str, Any] | None = None,
    then: str | None = None,
) -> Sent | Refusal:
    """Open a challenge and send its first code; see :func:`~plugins.accounts.challenges.opening.open_challenge`.

    ``then`` is where :func:`go_on_with_code` will send another one. Takes quotas, of both, in a transaction of its own, so
    nothing may have been done with ``context.work()`` before.
    """
    if to is None:
        return Refusal(ChallengeRefusal.NO_PHONE)
    refusal = await _count(context, participant_id, to, *([] if then is None else [then]))
    if refusal is not None:
        return refusal
    work = await context.work()
    asked = await open_challenge(work, participant_id, purpose, place, context.now, payload)
    return await _post(context, asked, to, asked.payload)


async def go_on_with_code(
    context: RequestContext, asked: Challenge, purpose: Purpose, to: str
) -> Sent | Refusal:
    """After a confirmed challenge open the next one of its flow, in the same place, and send its code.

    The quotas were taken with the first one.
    """
    work = await context.work()
    whose, place = asked.participant_id, asked.place
    following = await open_challenge(work, whose, purpose, place, context.now, asked.payload)
    return await _post(context, following, to, following.payload)


async def send_code(
    context: RequestContext, asked: Challenge, to: str | None, payload: Mapping[str, Any] | None = None
) -> Sent | Refusal:
    """Send a new code for an open challenge; the one before does not count any more. ``payload`` replaces the challenge's.

    Takes quotas as :func:`begin_with_code` does.
    """
    if to is None:
        return Refusal(ChallengeRefusal.NO_PHONE)
    refusal = await _count(context, asked.participant_id, to)
    if refusal is not None:
        return refusal
    return await _post(context, asked, to, asked.payload if payload is None else payload)


async def _post(
    context: RequestContext, asked: Challenge, to: str, payload: Mapping[str, Any]
) -> Sent | Refusal:
    code = HOTP(pyotp.random_base32(), digits=DIGITS).at(0)  # the secret is of this code alone, and forgotten
    until = min(context.now + CODE_LIFE, asked.expires_at)
    channel = Channel.EMAIL if "@" in to else Channel.SMS
    noted = (
        update(challenge)
        .where(challenge.c.id == asked.id, challenge.c.used_at.is_(None))
        .values(
            codes=challenge.c.codes + 1,
            code_hash=code_hash(context.services, asked, code),
            code_until=until,
            phone=to if channel is Channel.SMS else None,
            email=to if channel is Channel.EMAIL else None,
            payload=json.dumps(dict(payload)),
        )
        .returning(challenge.c.codes)
    )
    work = await context.work()
    number = (await work.execute(noted)).scalar_one_or_none()
    if number is None:
        return Refusal(ChallengeRefusal.CHALLENGE_OVER)
    minutes = max(1, int((until - context.now) / timedelta(minutes=1)))
    message = Message(
        channel=channel,
        to=to,
        purpose="otp",
        subject=CODE_SUBJECT if channel is Channel.EMAIL else None,
        text=code_text(asked.purpose, code, minutes),
        dedupe_key=f"otp:{asked.id}:{number}",
        secret=True,
        expires_at=until,
    )
    await post(work, message, context.now)
    return Sent(asked.token, to, until)


def code_hash(services: Services, asked: Challenge, code: str) -> str:
    """What is stored of a code: an HMAC, since six digits are guessed at once from any other hash."""
    return hmac.digest(
        services.secret, f"code\0{asked.id}\0{code}".encode("utf-8", "surrogatepass"), "sha256"
    ).hex()


async def _count(context: RequestContext, participant_id: str, *destinations: str) -> Refusal | None:
    settings = context.services.settings.section(AccountsSettings)
    mine = Limit("accounts:codes", settings.codes_per_participant, HOUR), participant_id
    number = Limit("accounts:codes_number", settings.codes_per_number, HOUR)
    together = Limit("accounts:codes_together", settings.codes_together, HOUR), ""
    counted = [one for to in destinations for one in (mine, (number, to), together)]
    retry_at = await context.services.throttles.count(context.now, *counted)
    return None if retry_at is None else Refusal(ChallengeRefusal.TOO_MANY_CODES, retry_at)
