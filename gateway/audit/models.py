"""Tables of the audit trail: entries that follow one another, where they end, and the signed heads."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
)

from gateway.sql import Instant, iso_datetime_check

metadata: Final = MetaData()

_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")


class EntryColumns(TypedColumns):
    """Who did or read what about whom, from where, why, and what came of it. Rows are never changed.

    ``actor`` is a participant's or officer's key, a facility's code, or the operating system's user who ran a command.
    ``shown_to`` is the participant where somebody else read or changed something about them, and NULL otherwise. ``hash``
    covers every other column and the entry before.
    """

    number = Column(_NUMBER, primary_key=True, autoincrement=False)
    at: Named[dt.datetime] = Column(Instant)
    request_id: Named[str] = Column(String(64))
    address: Named[str | None] = Column(String(64))
    audience: Named[str] = Column(String(16))
    actor: Named[str | None] = Column(String(64))
    agency: Named[str | None] = Column(String(64))
    subject: Named[str | None] = Column(String(64))
    shown_to: Named[str | None] = Column(String(64))
    action: Named[str] = Column(String(100))
    kind: Named[str | None] = Column(String(100))
    purpose: Named[str] = Column(String(16))
    reason: Named[str | None] = Column(String(1000))
    result: Named[str] = Column(String(64))
    hash: Named[str] = Column(String(64))


entry = Table(
    "audit_entry",
    metadata,
    EntryColumns,
    CheckConstraint("number >= 1", name="number_counts"),
    CheckConstraint("shown_to = subject", name="shown_to_its_subject"),
    CheckConstraint("length(hash) = 64", name="hash_is_whole"),
    iso_datetime_check("at"),
)

Index("audit_entry_shown_to", entry.c.shown_to, entry.c.at, entry.c.number)


class EndColumns(TypedColumns):
    """The one row with the last entry's number and hash. Whoever appends holds its lock."""

    id = Column(Integer, primary_key=True, autoincrement=False)
    number: Named[int] = Column(_NUMBER)
    hash: Named[str] = Column(String(64))


end = Table(
    "audit_end",
    metadata,
    EndColumns,
    CheckConstraint("id = 1", name="one_row"),
)


class HeadColumns(TypedColumns):
    """A signed head: that the trail's entry ``number`` had this hash at this moment. ``key`` is the public key."""

    number = Column(_NUMBER, primary_key=True, autoincrement=False)
    hash: Named[str] = Column(String(64))
    at: Named[dt.datetime] = Column(Instant)
    key: Named[str] = Column(String(64))
    signature: Named[str] = Column(String(128))


head = Table("audit_head", metadata, HeadColumns, iso_datetime_check("at"))
