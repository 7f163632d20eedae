"""Batched reads for code: one statement for all participants that a request speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select

from gateway.context import RequestContext
from gateway.sql import one_of
from vssid_household_payment.models import members

_POSITIONS: Final = select(members.c.participant_id, members.c.position).where(
    one_of(members.c.participant_id, bindparam("keys"))
)


async def positions(participants: Sequence[str], context: RequestContext) -> list[int | None]:
    """Each participant's place in the household, None without one."""
    async with context.services.database.read() as connection:
        rows = await connection.execute(_POSITIONS, {"keys": list(participants)})
        found = {row.participant_id: row.position for row in rows}
    return [found.get(participant) for participant in participants]
