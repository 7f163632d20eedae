"""The table of whose turn it is."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Column, MetaData, Named, String, Table, TypedColumns

from gateway.sql import Instant, iso_datetime_check

metadata: Final = MetaData()


class TurnColumns(TypedColumns):
    """When a job, ``plugin:name``, is to run next, and when it last did so without a fault."""

    job = Column(String(120), primary_key=True)
    due_at: Named[dt.datetime] = Column(Instant)
    succeeded_at: Named[dt.datetime | None] = Column(Instant)


turn: Final = Table(
    "jobs_turn",
    metadata,
    TurnColumns,
    *(iso_datetime_check(column) for column in ("due_at", "succeeded_at")),
)
