"""Batched reads for code: the whole records of all participants that a request speaks of, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select

from gateway.context import RequestContext
from gateway.sql import one_of
from plugins.participation.models import periods
from plugins.participation.months import Months
from plugins.participation.periods import MoneyKind, Period

_RECORDS: Final = (
    select(
        periods.c.participant_id,
        periods.c.kind,
        periods.c.state,
        periods.c.from_month,
        periods.c.to_month,
        periods.c.employer_code,
        periods.c.employer_name,
        periods.c.money_kind,
        periods.c.basis,
    )
    .where(one_of(periods.c.participant_id, bindparam("keys")))
    .order_by(periods.c.participant_id, periods.c.from_month, periods.c.id)
)


async def records(participants: Sequence[str], context: RequestContext) -> list[list[Period]]:
    """Each participant's periods, the earliest first."""
    found: dict[str, list[Period]] = {participant: [] for participant in participants}
    async with context.services.database.read() as connection:
        for row in (await connection.execute(_RECORDS, {"keys": list(participants)})).mappings():
            found[row["participant_id"]].append(period_of(row))
    return [found[participant] for participant in participants]


def period_of(row: Mapping[Any, Any]) -> Period:
    """A row of the table as totals need it."""
    return Period(
        kind=row["kind"],
        state=row["state"],
        months=Months.between(row["from_month"], row["to_month"]),
        employer_code=row["employer_code"],
        employer_name=row["employer_name"],
        basis=row["basis"],
        has_coefficient=row["money_kind"] is MoneyKind.COEFFICIENT,
    )
