"""The table of challenges."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    Integer,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
)

from gateway.sql import Instant, iso_datetime_check
from plugins.accounts.challenges.purposes import Purpose
from plugins.accounts.models import metadata


class ChallengeColumns(TypedColumns):
    """A flow under way. ``id`` is the SHA-256 of the client's token; ``place`` is where it was begun: a device or a session.

    ``payload`` is what is to be done, a JSON object, until it is done. ``code_hash`` is an HMAC of the last code that was sent,
    which counts until ``code_until``, to ``phone`` or to ``email``; with neither it is the
    authenticator app's, and the hash of nothing. ``tries`` counts guesses of all its codes.
    """

    id = Column(String(64), primary_key=True)
    participant_id: Named[str] = Column(String(32), ForeignKey("accounts_participant.id"))
    # Purposes become more: they are no constraint of the table's.
    purpose: Named[Purpose] = Column(Enum(Purpose, native_enum=False, length=32, create_constraint=False))
    place: Named[str] = Column(String(64))
    payload: Named[str | None] = Column(Text)
    phone: Named[str | None] = Column(String(12))
    email: Named[str | None] = Column(String(254))
    code_hash: Named[str | None] = Column(String(64))
    code_until: Named[dt.datetime | None] = Column(Instant)
    codes: Named[int] = Column(Integer)
    tries: Named[int] = Column(Integer)
    expires_at: Named[dt.datetime] = Column(Instant)
    used_at: Named[dt.datetime | None] = Column(Instant)


challenge = Table(
    "accounts_challenge",
    metadata,
    ChallengeColumns,
    CheckConstraint("length(id) = 64", name="token_is_hashed"),
    CheckConstraint("(code_hash IS NULL) = (code_until IS NULL)", name="a_code_has_an_end"),
    CheckConstraint("code_until <= expires_at", name="a_code_ends_with_its_challenge"),
    CheckConstraint("tries BETWEEN 0 AND 5", name="tries_are_counted"),
    *(iso_datetime_check(column) for column in ("code_until", "expires_at", "used_at")),
    Index("accounts_challenge_of_participant", "participant_id"),
    Index("accounts_challenge_expiry", "expires_at"),
)
