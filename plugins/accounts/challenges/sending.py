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
from gateway.credentials import new_token
from gateway.outbox import Channel, Message, post
from gateway.throttles import Limit
from plugins.accounts.authenticator_app.models import has_app
from plugins.accounts.challenges.models import challenge
from plugins.accounts.challenges.opening import Challenge, open_challenge
from plugins.accounts.challenges.purposes import BY_APP, CODE_SUBJECT, Purpose, code_text
from plugins.accounts.challenges.refusals import ChallengeRefusal, Refusal
from plugins.accounts.settings import AccountsSettings

DIGITS: Final = 6
CODE_LIFE: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Sent:
    """A code is on its way to a phone number or an e-mail address; with ``to`` None the authenticator app shows it."""

    token: str = field(repr=False)
    to: str | None = field(repr=False)
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
    by_app = await _is_by_app(context, participant_id, purpose)
    refusal = await _count(context, participant_id, to, then, by_app=by_app)
    if refusal is not None:
        return refusal
    work = await context.work()
    asked = await open_challenge(work, participant_id, purpose, place, context.now, payload)
    return await _send(context, asked, None if by_app else to, asked.payload)


async def go_on_with_code(
    context: RequestContext, asked: Challenge, purpose: Purpose, to: str | None
) -> Sent | Refusal:
    """After a confirmed challenge open the next one of its flow, in the same place, and send its code.

    Its quotas were taken with the first one. With ``to`` None the code is the authenticator app's.
    """
    work = await context.work()
    whose, place = asked.participant_id, asked.place
    following = await open_challenge(work, whose, purpose, place, context.now, asked.payload)
    return await _send(context, following, to, following.payload)


async def send_code(
    context: RequestContext, asked: Challenge, to: str | None, payload: Mapping[str, Any] | None = None
) -> Sent | Refusal:
    """Send a new code for an open challenge; the one before does not count any more. ``payload`` replaces the challenge's.

    Takes quotas as :func:`begin_with_code` does.
    """
    by_app = await _is_by_app(context, asked.participant_id, asked.purpose)
    refusal = await _count(context, asked.participant_id, to, by_app=by_app)
    if refusal is not None:
        return refusal
    return await _send(context, asked, None if by_app else to, asked.payload if payload is None else payload)


async def _is_by_app(context: RequestContext, participant_id: str, purpose: Purpose) -> bool:
    """Whether the participant's app shows the code, so that none is sent: whoever reads messages finds no way around it."""
    if purpose not in BY_APP:
        return False
    async with context.services.database.read() as connection:
        return await has_app(connection, participant_id)


async def _send(
    context: RequestContext, asked: Challenge, to: str | None, payload: Mapping[str, Any]
) -> Sent | Refusal:
    if to is None:  # what is kept then is no code's hash: nobody knows the text
        code, until = new_token("app_"), asked.expires_at
    else:  # the secret is of this code alone, and forgotten
        code = HOTP(pyotp.random_base32(), digits=DIGITS).at(0)
        until = min(context.now + CODE_LIFE, asked.expires_at)
    noted = (
        update(challenge)
        .where(challenge.c.id == asked.id, challenge.c.used_at.is_(None))
        .values(
            codes=challenge.c.codes + 1,
            code_hash=code_hash(context.services, asked, code),
            code_until=until,
            phone=None if to is None or "@" in to else to,
            email=to if to is not None and "@" in to else None,
            payload=json.dumps(dict(payload)),
        )
        .returning(challenge.c.codes)
    )
    work = await context.work()
    number = (await work.execute(noted)).scalar_one_or_none()
    if number is None:
        return Refusal(ChallengeRefusal.CHALLENGE_OVER)
    if to is not None:
        minutes = max(1, int((until - context.now) / timedelta(minutes=1)))
        text, key = code_text(asked.purpose, code, minutes), f"otp:{asked.id}:{number}"
        await post(work, _message(to, text, key, until), context.now)
    return Sent(asked.token, to, until)


def _message(to: str, text: str, key: str, until: dt.datetime) -> Message:
    channel, subject = (Channel.EMAIL, CODE_SUBJECT) if "@" in to else (Channel.SMS, None)
    return Message(
        channel=channel,
        to=to,
        purpose="otp",
        subject=subject,
        text=text,
        dedupe_key=key,
        secret=True,
        expires_at=until,
    )


def code_hash(services: Services, asked: Challenge, code: str) -> str:
    """What is stored of a code: an HMAC, since six digits are guessed at once from any other hash."""
    return hmac.digest(
        services.secret, f"code\0{asked.id}\0{code}".encode("utf-8", "surrogatepass"), "sha256"
    ).hex()


async def _count(
    context: RequestContext, participant_id: str, to: str | None, then: str | None = None, *, by_app: bool
) -> Refusal | None:
    """Count what is going to be sent."""
    if to is None and not by_app:
        return Refusal(ChallengeRefusal.NO_PHONE)
    destinations = [one for one in (None if by_app else to, then) if one is not None]
    if not destinations:
        return None
    settings = context.services.settings.section(AccountsSettings)
    mine = Limit("accounts:codes", settings.codes_per_participant, HOUR), participant_id
    number = Limit("accounts:codes_number", settings.codes_per_number, HOUR)
    together = Limit("accounts:codes_together", settings.codes_together, HOUR), ""
    counted = [each for one in destinations for each in (mine, (number, one), together)]
    retry_at = await context.services.throttles.count(context.now, *counted)
    return None if retry_at is None else Refusal(ChallengeRefusal.TOO_MANY_CODES, retry_at)
