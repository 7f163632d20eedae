"""Tables of officers: agencies, officers, enrolments that have begun, and who is signed in."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
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


class AgencyColumns(TypedColumns):
    """An agency. ``above`` is the code of the agency above it, NULL for the centre alone."""

    code = Column(String(5), primary_key=True)
    name: Named[str] = Column(String(200))
    above: Named[str | None] = Column(String(5), ForeignKey("officers_agency.code"))


agency = Table(
    "officers_agency",
    metadata,
    AgencyColumns,
    CheckConstraint("length(code) IN (3, 5) AND ltrim(code, '0123456789') = ''", name="code_is_an_agency"),
    CheckConstraint("(above IS NULL) = (code = '000')", name="the_centre_is_above_all"),
    CheckConstraint(
        "above IS NULL OR above = CASE WHEN length(code) = 5 THEN substr(code, 1, 3) ELSE '000' END",
        name="above_is_in_the_code",
    ),
)


class OfficerColumns(TypedColumns):
    """An officer. ``roles`` are names of roles with blanks between them, in one order; ``disabled_at`` is NULL while they work.

    A password is temporary where ``temporary_until`` says so, and then there is no ``totp`` (sealed) yet. ``used_step`` is the
    step of the last code.
    """

    id = Column(String(32), primary_key=True)
    user_name: Named[str] = Column(String(40), unique=True)
    full_name: Named[str] = Column(String(200))
    email: Named[str] = Column(String(200))
    agency_code: Named[str] = Column(String(5), ForeignKey("officers_agency.code"))
    roles: Named[str] = Column(String(200))
    password_hash: Named[str] = Column(String(200))
    temporary_until: Named[dt.datetime | None] = Column(Instant)
    totp: Named[str | None] = Column(String(200))
    used_step: Named[int | None] = Column(BigInteger)
    created_at: Named[dt.datetime] = Column(Instant)
    disabled_at: Named[dt.datetime | None] = Column(Instant)


officer = Table(
    "officers_officer",
    metadata,
    OfficerColumns,
    CheckConstraint("user_name = lower(user_name)", name="user_name_is_lower_case"),
    CheckConstraint("length(roles) > 0", name="roles_are_some"),
    CheckConstraint("(totp IS NULL) = (temporary_until IS NOT NULL)", name="enrolled_or_temporary"),
    *(iso_datetime_check(column) for column in ("temporary_until", "created_at", "disabled_at")),
)
Index("officers_officer_of_agency", officer.c.agency_code)


class EnrolmentColumns(TypedColumns):
    """A first sign-in that has begun: the ticket's hash, and the secret (sealed) that the app was told. One for each officer."""

    officer_id = Column(String(32), ForeignKey("officers_officer.id"), primary_key=True)
    ticket_hash: Named[str] = Column(String(64), unique=True)
    totp: Named[str] = Column(String(200))
    expires_at: Named[dt.datetime] = Column(Instant)


enrolment = Table("officers_enrolment", metadata, EnrolmentColumns, iso_datetime_check("expires_at"))


class SessionColumns(TypedColumns):
    """Who is signed in. ``token_hash`` is the SHA-256 of the token, which is kept nowhere.

    A session ends at ``expires_at``, ``idle_seconds`` after ``seen_at``, or at ``ended_at``, and with the officer.
    """

    id = Column(String(32), primary_key=True)
    officer_id: Named[str] = Column(String(32), ForeignKey("officers_officer.id"))
    token_hash: Named[str] = Column(String(64), unique=True)
    idle_seconds: Named[int] = Column(Integer)
    created_at: Named[dt.datetime] = Column(Instant)
    seen_at: Named[dt.datetime] = Column(Instant)
    expires_at: Named[dt.datetime] = Column(Instant)
    ended_at: Named[dt.datetime | None] = Column(Instant)


session = Table(
    "officers_session",
    metadata,
    SessionColumns,
    CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
    CheckConstraint("idle_seconds > 0", name="idle_seconds_is_positive"),
    CheckConstraint("expires_at > created_at", name="expires_after_creation"),
    *(iso_datetime_check(column) for column in ("created_at", "seen_at", "expires_at", "ended_at")),
)
Index("officers_session_of_officer", session.c.officer_id)
