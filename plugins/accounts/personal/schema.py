"""What personal information adds to the graph; others than the owner see masked forms at most."""

from __future__ import annotations

from gateway.authoring import ID, column, derived, enumeration, extends, identifier, to_one, value_type
from gateway.entities import Participant
from plugins.accounts import data_kinds, rules
from plugins.accounts.personal.masking import masked_email, masked_identity_number, masked_phone
from plugins.accounts.personal.models import IdentityKind, address, contact, identity_document

enumeration(
    CMND="The old identity card, nine digits (Chứng minh nhân dân).",
    CCCD="The citizen's card, twelve digits, or its number alone (Căn cước công dân, số định danh).",
    PASSPORT="A passport, Vietnamese or foreign (Hộ chiếu).",
)(IdentityKind)


@value_type(address, about=address.c.participant_id, data=data_kinds.ADDRESS)
class Address:
    """Where a person lives, as recorded (Địa chỉ)."""

    line: str = column(address.c.line, "House, street, hamlet (Số nhà, đường phố, thôn xóm).")
    commune: str | None = column(address.c.commune, "Commune or ward (Xã, phường, thị trấn).")
    district: str | None = column(address.c.district, "District; there are none since 2025 (Quận, huyện).")
    province_id: ID = identifier(
        address.c.province_key, "The province, by its `id` in `provinces` (Tỉnh, thành phố)."
    )


@extends(Participant, row=contact.c.participant_id, data=data_kinds.CONTACT)
class Contact:
    """Where a participant is reached."""

    phone: str | None = column(
        contact.c.phone,
        "Mobile number in international form; one-time codes go there (Số điện thoại).",
        rule=rules.PERSONAL,
    )
    masked_phone: str | None = derived(masked_phone, contact.c.phone, rule=rules.MASKED)
    email: str | None = column(contact.c.email, "E-mail address (Email).", rule=rules.PERSONAL)
    masked_email: str | None = derived(masked_email, contact.c.email, rule=rules.MASKED)


@extends(Participant, row=identity_document.c.participant_id, data=data_kinds.IDENTITY_PAPER)
class IdentityPaper:
    """The paper that shows who a participant is."""

    identity_kind: IdentityKind | None = column(
        identity_document.c.kind, "Which paper it is (Loại giấy tờ tùy thân).", rule=rules.MASKED
    )
    identity_number: str | None = column(
        identity_document.c.number, "Its number (Số CMND, CCCD hoặc hộ chiếu).", rule=rules.PERSONAL
    )
    masked_identity_number: str | None = derived(
        masked_identity_number, identity_document.c.number, rule=rules.MASKED
    )


@extends(Participant)
class Residence:
    """Where a participant lives."""

    address: Address | None = to_one(
        there=address.c.participant_id, description="Where the person lives (Địa chỉ).", rule=rules.PERSONAL
    )
