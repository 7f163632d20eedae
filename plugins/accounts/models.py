"""Tables of accounts: people, their passwords, and who is signed in."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
    false,
    text,
)

from gateway.access import Audience
from gateway.sql import Instant, iso_date_check, iso_datetime_check

metadata: Final = MetaData()


class Sex(enum.Enum):
    """Sex as on the person's papers (Giới tính)."""

    MALE = "male"
    FEMALE = "female"


class BirthDatePrecision(enum.Enum):
    """How much of a birth date is known (Độ chính xác của ngày sinh)."""

    DAY = "day"
    YEAR = "year"


class ParticipantColumns(TypedColumns):
    """A person; ``id`` is the key by which all plugins speak of them. A birth date of a year alone is its 1 January.

    ``agency_code`` is the district agency that looks after the person: its first three digits are the province's.
    """

    id = Column(String(32), primary_key=True)
    social_security_code: Named[str] = Column(String(10), unique=True)
    full_name: Named[str] = Column(String(200))
    birth_date: Named[dt.date] = Column(Date)
    birth_date_precision: Named[BirthDatePrecision] = Column(
        Enum(
            BirthDatePrecision,
            native_enum=False,
            length=8,
            create_constraint=True,
            name="birth_date_precision_is_known",
        )
    )
    sex: Named[Sex] = Column(
        Enum(Sex, native_enum=False, length=8, create_constraint=True, name="sex_is_known")
    )
    agency_code: Named[str | None] = Column(String(5))


participant = Table(
    "accounts_participant",
    metadata,
    ParticipantColumns,
    CheckConstraint(
        "length(social_security_code) = 10 AND ltrim(social_security_code, '0123456789') = ''",
        name="social_security_code_has_ten_digits",
    ),
    CheckConstraint(
        "length(agency_code) = 5 AND ltrim(agency_code, '0123456789') = ''",
        name="agency_code_has_five_digits",
    ),
    iso_date_check("birth_date"),
)


class CredentialColumns(TypedColumns):
    """What a person signs in with; nobody without a row here can. A ``temporary`` password is good for choosing another."""

    participant_id = Column(String(32), ForeignKey("accounts_participant.id"), primary_key=True)
    password_hash: Named[str] = Column(String(200))
    changed_at: Named[dt.datetime] = Column(Instant)
    temporary: Named[bool] = Column(Boolean, server_default=false())


credential = Table("accounts_credential", metadata, CredentialColumns, iso_datetime_check("changed_at"))


class FormerPasswordColumns(TypedColumns):
    """A password that a person had until ``replaced_at`` and may not have again."""

    id = Column(String(32), primary_key=True)
    participant_id: Named[str] = Column(String(32), ForeignKey("accounts_participant.id"))
    password_hash: Named[str] = Column(String(200))
    replaced_at: Named[dt.datetime] = Column(Instant)


former_password = Table(
    "accounts_former_password",
    metadata,
    FormerPasswordColumns,
    iso_datetime_check("replaced_at"),
    Index("accounts_former_password_of_participant", "participant_id"),
)


class Platform(enum.Enum):
    """What a device runs (Hệ điều hành)."""

    ANDROID = "android"
    IOS = "ios"
    OTHER = "other"


class DeviceColumns(TypedColumns):
    """A device on which a person has signed in. ``place`` is a hash of what the application calls the device, which nobody else
    can know: that is how a known device is recognised.
    """

    id = Column(String(32), primary_key=True)
    participant_id: Named[str] = Column(String(32), ForeignKey("accounts_participant.id"))
    place: Named[str] = Column(String(64))
    name: Named[str] = Column(String(100))
    platform: Named[Platform] = Column(
        Enum(Platform, native_enum=False, length=8, create_constraint=True, name="platform_is_known")
    )
    since: Named[dt.datetime] = Column(Instant)


device = Table(
    "accounts_device",
    metadata,
    DeviceColumns,
    UniqueConstraint("participant_id", "place", name="a_device_of_a_participant"),
    CheckConstraint("length(place) = 64", name="place_is_hashed"),
    iso_datetime_check("since"),
)


class Ending(enum.Enum):
    """Why a session was ended."""

    SIGNED_OUT = "signed_out"
    REPLACED = "replaced"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    REVOKED = "revoked"


class SessionColumns(TypedColumns):
    """Who is signed in. ``token_hash`` is the SHA-256 of the token, which is kept nowhere; ``claims`` a JSON object.

    A session ends at ``expires_at``, ``idle_seconds`` after ``seen_at`` (never, where that is NULL), or at ``ended_at``. A
    participant has one that was not ended, whatever its age.
    """

    id = Column(String(32), primary_key=True)
    token_hash: Named[str] = Column(String(64), unique=True)
    audience: Named[Audience] = Column(
        Enum(Audience, native_enum=False, length=16, create_constraint=True, name="audience_is_known")
    )
    subject: Named[str] = Column(String(64))
    scopes: Named[str] = Column(String)
    claims: Named[str] = Column(String)
    idle_seconds: Named[int | None] = Column(Integer)
    created_at: Named[dt.datetime] = Column(Instant)
    seen_at: Named[dt.datetime] = Column(Instant)
    expires_at: Named[dt.datetime] = Column(Instant)
    ended_at: Named[dt.datetime | None] = Column(Instant)
    ending: Named[Ending | None] = Column(
        Enum(Ending, native_enum=False, length=32, create_constraint=True, name="ending_is_known")
    )
    device_id: Named[str | None] = Column(
        String(32), ForeignKey("accounts_device.id", name="session_is_on_a_device")
    )


_LIVE: Final = text("audience = 'PARTICIPANT' AND ended_at IS NULL")

session = Table(
    "accounts_session",
    metadata,
    SessionColumns,
    CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
    CheckConstraint("idle_seconds > 0", name="idle_seconds_is_positive"),
    CheckConstraint("expires_at > created_at", name="expires_after_creation"),
    Index("accounts_session_one_device", "subject", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    *(iso_datetime_check(column) for column in ("created_at", "seen_at", "expires_at", "ended_at")),
)
