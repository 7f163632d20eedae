"""What a participant can take away: a certificate of participation time as PDF, and the record as a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import RowMapping, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import OWN
from gateway.context import RequestContext
from gateway.downloads import Download, Produced
from plugins.participation.certificate import TEMPLATE, on_paper
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
        rows = await _record(connection, participant)
    return Produced(as_csv(rows, context.language), "text/csv; charset=utf-8", "qua-trinh-tham-gia.csv")


async def certificate(context: RequestContext, participant: str) -> Produced | None:
    """The certificate of a participant, as things stand today; None for somebody whom nobody knows."""
    OWN.check(context.viewer, participant)
    context.observed.read(RECORD, [participant])
    services = context.services
    async with services.database.read() as connection:
        rows = await _record(connection, participant)
        person = (await services.directory.people(connection, [participant])).get(participant)
    if person is None:
        return None
    paper = await services.typesetting.pdf(TEMPLATE, on_paper(person, rows, context.today))
    return Produced(paper, "application/pdf", "xac-nhan-thoi-gian-tham-gia.pdf")


DOWNLOADS: Final = (
    Download("participation.certificate", certificate),
    Download("participation.spreadsheet", spreadsheet),
)


async def _record(connection: AsyncConnection, participant: str) -> Sequence[RowMapping]:
    return (await connection.execute(_RECORD, {"participant": participant})).mappings().all()
