"""The table of counters."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Named, String, Table, TypedColumns

from gateway.sql import Instant, iso_datetime_check

metadata: Final = MetaData()


class CounterColumns(TypedColumns):
    """How often something was tried. ``key`` is an HMAC of the limit's name and of whose counter it is, in hexadecimal.

    The next attempt is allowed at ``again_at``; at ``expires_at`` the counter starts anew.
    """

    key = Column(String(64), primary_key=True)
    attempts: Named[int] = Column(Integer)
    again_at: Named[dt.datetime] = Column(Instant)
    expires_at: Named[dt.datetime] = Column(Instant)


counter = Table(
    "throttles_counter",
    metadata,
    CounterColumns,
    CheckConstraint("length(key) = 64", name="key_is_hashed"),
    CheckConstraint("attempts >= 1", name="attempts_are_counted"),
    iso_datetime_check("again_at"),
    iso_datetime_check("expires_at"),
    Index("throttles_counter_expiry", "expires_at"),
)
