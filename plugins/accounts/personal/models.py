"""Tables of personal information. What is not known of a person has no row, or NULL."""

from __future__ import annotations

import enum

from sqlalchemy import CheckConstraint, Column, Enum, ForeignKey, Named, String, Table, TypedColumns

from plugins.accounts.models import metadata


class ContactColumns(TypedColumns):
    """Where a person is reached: a mobile number in E.164, an e-mail address. A family may share one phone."""

    participant_id = Column(String(32), ForeignKey("accounts_participant.id"), primary_key=True)
    phone: Named[str | None] = Column(String(12))
    email: Named[str | None] = Column(String(254))


contact = Table(
    "accounts_contact",
    metadata,
    ContactColumns,
    CheckConstraint(
        "length(phone) = 12 AND phone LIKE '+84%' AND ltrim(substr(phone, 2), '0123456789') = ''",
        name="phone_is_vietnamese",
    ),
    CheckConstraint("email LIKE '_%@_%'", name="email_is_an_address"),
)


class AddressColumns(TypedColumns):
    """Where a person lives, in the words of the record; ``province_key`` is era and code, as ``63:01``."""

    participant_id = Column(String(32), ForeignKey("accounts_participant.id"), primary_key=True)
    line: Named[str] = Column(String(300))
    commune: Named[str | None] = Column(String(100))
    district: Named[str | None] = Column(String(100))
    province_key: Named[str] = Column(String(5))


address = Table(
    "accounts_address",
    metadata,
    AddressColumns,
    CheckConstraint(
        "province_key LIKE '63:__' OR province_key LIKE '34:__'", name="province_key_is_era_and_code"
    ),
)


class IdentityKind(enum.Enum):
    """Which paper shows who a person is (Loại giấy tờ tùy thân)."""

    CMND = "cmnd"
    CCCD = "cccd"
    PASSPORT = "passport"


class IdentityDocumentColumns(TypedColumns):
    """The paper that shows who a person is."""

    participant_id = Column(String(32), ForeignKey("accounts_participant.id"), primary_key=True)
    kind: Named[IdentityKind] = Column(
        Enum(IdentityKind, native_enum=False, length=8, create_constraint=True, name="identity_kind_is_known")
    )
    number: Named[str] = Column(String(12))


identity_document = Table(
    "accounts_identity_document",
    metadata,
    IdentityDocumentColumns,
    CheckConstraint(
        "kind = 'CMND' AND length(number) = 9 AND ltrim(number, '0123456789') = ''"
        " OR kind = 'CCCD' AND length(number) = 12 AND ltrim(number, '0123456789') = ''"
        " OR kind = 'PASSPORT' AND length(number) BETWEEN 6 AND 12",
        name="number_fits_its_kind",
    ),
)
