"""Demo data of personal information: mostly complete, now and then an old paper, a foreigner, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.demo import DemoRows
from gateway.demo.people import DemoParticipant
from plugins.accounts.personal.models import IdentityKind, address, contact, identity_document

_NOTHING_OF: Final = 12
"""Of so many people one has no phone; as many, but others, have no address or paper."""
_OLD_PAPER_PERCENT: Final = 8
_PASSPORT_PERCENT: Final = 2


def personal_rows(people: Sequence[DemoParticipant]) -> Iterator[DemoRows]:
    """Contacts, addresses and papers of some people."""
    yield DemoRows(contact, [_contact(person) for person in people if _has("contact", person)])
    yield DemoRows(address, [_address(person) for person in people if _has("address", person)])
    yield DemoRows(identity_document, [_paper(person) for person in people if _has("paper", person)])


def agency_code(person: DemoParticipant) -> str | None:
    """One of the districts of the person's province, as ``07921``; a few people have none yet."""
    if not _has("agency", person):
        return None
    return f"0{person.province}{1 + person.draw('agency', 12):02}"


def _has(what: str, person: DemoParticipant) -> bool:
    return person.index == 0 or person.draw(f"no {what}", _NOTHING_OF) > 0


def _contact(person: DemoParticipant) -> dict[str, object]:
    has_email = person.index == 0 or person.draw("email", 3) == 0
    return {
        "participant_id": person.key,
        "phone": person.phone,
        "email": f"nguoi.dung.{person.key[:8]}@example.org" if has_email else None,
    }


def _address(person: DemoParticipant) -> dict[str, object]:
    return {
        "participant_id": person.key,
        "line": f"Số {1 + person.draw('house', 300)}, tổ {1 + person.draw('group', 40)}",
        "commune": f"Phường {1 + person.draw('commune', 20)}",
        "district": f"Quận {1 + person.draw('district', 12)}",
        "province_key": f"63:{person.province}",
    }


def _paper(person: DemoParticipant) -> dict[str, object]:
    kind, number = IdentityKind.CCCD, person.identity_number
    draw = 99 if person.index == 0 else person.draw("paper", 100)
    if draw < _PASSPORT_PERCENT:
        kind, number = IdentityKind.PASSPORT, f"X{number[-7:]}"
    elif draw < _OLD_PAPER_PERCENT:
        kind, number = IdentityKind.CMND, f"000{number[-6:]}"
    return {"participant_id": person.key, "kind": kind, "number": number}
