"""Batched reads of entitlements for code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, func, select

from gateway.context import RequestContext
from gateway.sql import one_of
from plugins.entitlements.models import entitlement
from plugins.entitlements.rules import approved
from plugins.entitlements.totals import Entitlement, YearTotal, yearly_totals

_FACTS: Final = select(
    entitlement.c.participant_id,
    entitlement.c.kind,
    entitlement.c.payment_state,
    entitlement.c.starts_on,
    entitlement.c.ends_on,
    func.coalesce(entitlement.c.amount, entitlement.c.monthly_amount).label("amount"),
    entitlement.c.months_granted,
    entitlement.c.months_received,
).where(one_of(entitlement.c.participant_id, bindparam("keys")), approved())


async def totals(participants: Sequence[str], context: RequestContext) -> list[list[YearTotal]]:
    """Each participant's totals by year, the latest first."""
    found: defaultdict[str, list[Entitlement]] = defaultdict(list)
    async with context.services.database.read() as connection:
        for row in (await connection.execute(_FACTS, {"keys": list(participants)})).mappings():
            facts = dict(row)
            found[facts.pop("participant_id")].append(Entitlement(**facts))
    return [yearly_totals(found[participant], context.today) for participant in participants]
