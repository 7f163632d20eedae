"""What a participant can take away: the record as a CSV file."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from gateway.access import OWN
from gateway.context import RequestContext
from gateway.downloads import Download, Produced
from plugins.participation.data_kinds import RECORD
from plugins.participation.models import periods
from plugins.participation.spreadsheet import as_csv

_RECORD: Final = (
    select(periods)
    .where(periods.c.participant_id == bindparam("participant"))
    .order_by(periods.c.from_month, periods.c.id)
)


async def spreadsheet(context: RequestContext, participant: str) -> Produced:
    """Every period of a participant, the earliest first; without one, the headings alone."""
    OWN.check(context.viewer, participant)
    context.observed.read(RECORD, [participant])
    async with context.services.database.read() as connection:
        rows = (await connection.execute(_RECORD, {"participant": participant})).mappings().all()
    return Produced(as_csv(rows, context.language), "text/csv; charset=utf-8", "qua-trinh-tham-gia.csv")


DOWNLOADS: Final = (Download("participation.spreadsheet", spreadsheet),)
