"""Batched reads of visits for code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, bindparam, cast, func, select

from gateway.context import RequestContext
from gateway.sql import one_of
from plugins.health_book.models import visit


@dataclass(frozen=True)
class YearSums:
    """How many visits a participant had in a year, and the sums of their costs in đồng."""

    year: int
    visits: int
    total_cost: int
    fund_payment: int
    co_payment: int
    own_payment: int
    other_payment: int


_COSTS: Final = (
    visit.c.total_cost,
    visit.c.fund_payment,
    visit.c.co_payment,
    visit.c.own_payment,
    visit.c.other_payment,
)
# The store adds up: a person may have hundreds of visits.
_YEARS: Final = (
    select(
        visit.c.participant_id,
        visit.c.year,
        func.count().label("visits"),
        *(cast(func.sum(cost), BigInteger).label(cost.name) for cost in _COSTS),
    )
    .where(one_of(visit.c.participant_id, bindparam("keys")))
    .group_by(visit.c.participant_id, visit.c.year)
    .order_by(visit.c.year.desc())
)


async def years(participants: Sequence[str], context: RequestContext) -> list[list[YearSums]]:
    """Each participant's years with visits, the latest first."""
    found: defaultdict[str, list[YearSums]] = defaultdict(list)
    async with context.services.database.read() as connection:
        for row in (await connection.execute(_YEARS, {"keys": list(participants)})).mappings():
            sums = dict(row)
            found[sums.pop("participant_id")].append(YearSums(**sums))
    return [found[participant] for participant in participants]
