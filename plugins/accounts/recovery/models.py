"""The table of resets of credentials: asked for by one officer, decided by another."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    TypedColumns,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.sql import Instant, iso_datetime_check
from plugins.accounts.models import metadata


class ResetState(enum.Enum):
    """Where a reset of credentials stands (Trạng thái yêu cầu cấp lại)."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    EXPIRED = "expired"


class CredentialResetColumns(TypedColumns):
    """A reset after an ID check at an agency. ``agency_code`` is the participant's agency when it was asked for.

    ``sent_at`` is when the last temporary password was made, which is good until ``password_until``.
    """

    id = Column(String(32), primary_key=True)
    participant_id: Named[str] = Column(String(32), ForeignKey("accounts_participant.id"))
    agency_code: Named[str | None] = Column(String(5))
    new_phone: Named[str] = Column(String(12))
    reason: Named[str] = Column(String(500))
    state: Named[ResetState] = Column(
        Enum(ResetState, native_enum=False, length=16, create_constraint=True, name="reset_state_is_known")
    )
    requested_by: Named[str] = Column(String(64))
    requested_at: Named[dt.datetime] = Column(Instant)
    expires_at: Named[dt.datetime] = Column(Instant)
    decided_by: Named[str | None] = Column(String(64))
    decided_at: Named[dt.datetime | None] = Column(Instant)
    rejection: Named[str | None] = Column(String(500))
    sent_at: Named[dt.datetime | None] = Column(Instant)
    password_until: Named[dt.datetime | None] = Column(Instant)


_OPEN: Final = text("state = 'REQUESTED'")

reset = Table(
    "accounts_credential_reset",
    metadata,
    CredentialResetColumns,
    CheckConstraint("decided_by <> requested_by", name="two_officers_decide"),
    CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="a_decision_has_a_time"),
    *(
        iso_datetime_check(column)
        for column in ("requested_at", "expires_at", "decided_at", "sent_at", "password_until")
    ),
    Index(
        "accounts_credential_reset_one_open",
        "participant_id",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)


async def is_over(
    work: AsyncConnection, participant_id: str, changed_at: dt.datetime, now: dt.datetime
) -> bool:
    """Whether a temporary password that was set at ``changed_at`` is one of a reset and too old."""
    given = reset.c.participant_id == participant_id, reset.c.sent_at == changed_at
    late = select(reset.c.id).where(*given, reset.c.password_until <= now)
    return (await work.execute(late)).first() is not None
