"""Challenges as rows: opened, and found again by their token."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import RequestContext
from gateway.credentials import is_token, new_token, token_hash
from plugins.accounts.challenges.models import challenge
from plugins.accounts.challenges.purposes import Purpose
from plugins.accounts.challenges.refusals import ChallengeRefusal, Refusal

PREFIX: Final = "chg_"
LIFE: Final = dt.timedelta(minutes=15)
"""How long a flow may take, all its codes included."""

MOST_TRIES: Final = 5

_OPEN: Final = select(challenge).where(
    challenge.c.id == bindparam("id"),
    challenge.c.place == bindparam("place"),
    challenge.c.used_at.is_(None),
    challenge.c.tries < MOST_TRIES,
    challenge.c.expires_at > bindparam("now"),
)


@dataclass(frozen=True)
class Challenge:
    """A flow under way; its last code went to the number or address ``sent_to``. The token is the client's, and kept nowhere."""

    token: str = field(repr=False)
    participant_id: str
    purpose: Purpose
    place: str
    expires_at: dt.datetime
    payload: Mapping[str, Any] = field(repr=False)
    sent_to: str | None = field(repr=False)

    @property
    def id(self) -> str:
        """The key of its row."""
        return token_hash(self.token)


async def open_challenge(
    work: AsyncConnection,
    participant_id: str,
    purpose: Purpose,
    place: str,
    now: dt.datetime,
    payload: Mapping[str, Any] | None = None,
) -> Challenge:
    """Begin a flow in the transaction ``work``; nothing is sent yet. What is over of this participant's is deleted.

    ``place`` is where alone it can be finished: a device's key, or the id of a session.
    """
    over = challenge.c.expires_at <= now
    await work.execute(delete(challenge).where(challenge.c.participant_id == participant_id, over))
    made = Challenge(new_token(PREFIX), participant_id, purpose, place, now + LIFE, payload or {}, None)
    await work.execute(
        insert(challenge),
        {
            "id": made.id,
            "participant_id": participant_id,
            "purpose": purpose,
            "place": place,
            "payload": json.dumps(made.payload),
            "codes": 0,
            "tries": 0,
            "expires_at": made.expires_at,
        },
    )
    return made


async def found_challenge(
    context: RequestContext, token: str, purpose: Purpose | None, place: str
) -> Challenge | Refusal:
    """The open challenge that a client's token names, if it is for this purpose (None: for any) and of this place.

    Not after ``context.work()``, whose writes it would not see.
    """
    if not is_token(token, PREFIX):
        return Refusal(ChallengeRefusal.CHALLENGE_OVER)
    wanted = {"id": token_hash(token), "place": place, "now": context.now}
    async with context.services.database.read() as connection:
        row = (await connection.execute(_OPEN, wanted)).one_or_none()
    if row is None or purpose not in (None, row.purpose):
        return Refusal(ChallengeRefusal.CHALLENGE_OVER)
    payload = json.loads(row.payload or "{}")
    sent_to = row.email or row.phone
    return Challenge(token, row.participant_id, row.purpose, row.place, row.expires_at, payload, sent_to)


def untold_challenge() -> str:
    """A token of no challenge, for an answer that is the same whether something was begun or not."""
    return new_token(PREFIX)


async def end_challenges(work: AsyncConnection, participant_id: str) -> None:
    """Nothing that a participant has begun can be finished any more."""
    await work.execute(delete(challenge).where(challenge.c.participant_id == participant_id))
