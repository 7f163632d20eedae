"""Demo cards: most people hold a new one in force, some an old, expired or withdrawn one, a few none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gateway.demo import Demo, DemoData, DemoRows
from gateway.demo.people import (
    DatePrecision,
    DemoParticipant,
    facility_count,
    facility_shares,
    registered_facility,
)
from plugins.hi_card.benefits import BENEFIT_LEVELS, LivingArea
from plugins.hi_card.models import CardState, PrintedSex, card
from plugins.hi_card.numbers import NewCardNumber, OldCardNumber

_WITHOUT_CARD: Final = 7
_WITH_OLD_CARD: Final = 33
_NOT_RENEWED: Final = 5
"""Per cent of people: have no card, had one of 15 characters before, still have that one."""

_PLACES: Final = (
    "tổ dân phố 3, phường An Hòa",
    "thôn Đông, xã Bình Minh",
    "đường Lê Lợi, phường Phú Xuân",
    "ấp 4, xã Tân Thạnh",
    "khu phố 7, phường Long Thuận",
    "bản Nà Mường, xã Yên Sơn",
)
_PARENTS: Final = "Bình Cường Dũng Hải Hùng Long Minh Quang Sơn Tuấn".split()

_OLD_FROM: Final = dt.date(2018, 1, 1)
_OLD_TO: Final = dt.date(2021, 3, 31)
_USUAL_LEVEL: Final = 4
_CHILD, _PUPIL, _STUDENT, _PENSIONER, _AGED = 6, 18, 22, 60, 80

# Parts in a hundred of people of working age; ZZ stands for the codes that come with the next decision.
_WORKING: Final = "DN:40 GD:29 HC:8 HN:4 CN:4 DT:3 XD:2 CC:2 QN:2 CA:1 TN:2 NO:1 ZZ:2"
_KINDS: Final = tuple(
    code for code, _, parts in (entry.partition(":") for entry in _WORKING.split()) for _ in range(int(parts))
)


class CardsDemo(DemoData):
    """Cards of the demo's people."""

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        """Their cards, the older ones first."""
        shares = facility_shares(facility_count(demo.participants))
        yield DemoRows(card, [row for person in people for row in _cards(person, demo.today, shares)])


def _cards(person: DemoParticipant, today: dt.date, shares: Mapping[str, int]) -> Iterator[dict[str, object]]:
    """The person's cards. The first person always has an old one and a new one in force."""
    is_first = person.index == 0
    if person.draw("without_card", 100) < _WITHOUT_CARD and not is_first:
        return
    draw = person.draw("old_card", 100)
    has_old = (draw < _WITH_OLD_CARD and person.birth_date <= _OLD_FROM) or is_first
    has_new = draw >= _NOT_RENEWED or not has_old or is_first
    facility = registered_facility(person, shares)
    if has_old:
        yield _old_card(person, facility, is_newest=not has_new)
    if has_new:
        yield _new_card(person, facility, today)


def _old_card(person: DemoParticipant, facility: str, *, is_newest: bool) -> dict[str, object]:
    kind = _kind(person, _OLD_FROM)
    level = _level(kind, _OLD_FROM)
    number = OldCardNumber(kind, level, person.province, person.social_security_code).text
    return {
        **_common(person, facility, kind, level, _OLD_FROM),
        "id": f"{person.key}-1",
        "number": number,
        "active_number": number,
        "current_for": person.key if is_newest else None,
        "valid_to": _OLD_TO,
        "state": CardState.EXPIRED if is_newest else CardState.REPLACED,
    }


def _new_card(person: DemoParticipant, facility: str, today: dt.date) -> dict[str, object]:
    state = CardState.ACTIVE if person.index == 0 else _state(person)
    year = today.year - 1 if state is CardState.EXPIRED else today.year
    valid_from = max(dt.date(year, 1, 1), min(person.birth_date, today))
    kind = _kind(person, valid_from)
    number = NewCardNumber(person.social_security_code).text
    return {
        **_common(person, facility, kind, _level(kind, valid_from), valid_from),
        "id": f"{person.key}-2",
        "number": number,
        "active_number": number,
        "current_for": person.key,
        "valid_to": None if kind == "HT" and state is CardState.ACTIVE else dt.date(valid_from.year, 12, 31),
        "state": state,
    }


def _common(
    person: DemoParticipant, facility: str, kind: str, level: int, valid_from: dt.date
) -> dict[str, object]:
    since = person.draw("five_years", 12)
    return {
        "participant_id": person.key,
        "object_code": kind,
        "benefit_level": level,
        "valid_from": valid_from,
        "facility_code": facility,
        "five_year_date": dt.date(valid_from.year + since - 6, 1, 1) if since else None,
        "living_area": _living_area(person),
        "place_of_issue": f"BHXH tỉnh, thành phố (mã {person.province})",
        "issued_on": valid_from,
        "agency_code": f"0{person.province}{1 + person.draw('agency', 12):02}",
        **_printed(person, is_child=kind == "TE"),
    }


def _printed(person: DemoParticipant, *, is_child: bool) -> dict[str, object]:
    """What the card shows of its holder; the name of the facility is what the look-ups say."""
    year_only = person.birth_date_precision is DatePrecision.YEAR
    place = _PLACES[person.draw("place", len(_PLACES))]
    family = person.full_name.partition(" ")[0]
    return {
        "holder_name": person.full_name,
        "holder_birth": person.birth_date.isoformat()[: 4 if year_only else 10],
        "holder_sex": PrintedSex[person.sex.name],
        "holder_address": f"Số {1 + person.draw('house', 200)}, {place}"
        if person.draw("address", 9)
        else None,
        "parent_name": f"{family} Văn {_PARENTS[person.draw('parent', len(_PARENTS))]}" if is_child else None,
        "facility_name": None,
    }


def _kind(person: DemoParticipant, day: dt.date) -> str:
    age = day.year - person.birth_date.year
    if age <= _CHILD:
        return "TE"
    if age <= _STUDENT:
        return "HS" if age <= _PUPIL else "SV"
    if age >= _AGED:
        return "CT"
    if age >= _PENSIONER and person.draw("pension", 2):
        return "HT"
    return _KINDS[person.draw("kind", len(_KINDS))]


def _level(kind: str, day: dt.date) -> int:
    usual = (row.level for row in BENEFIT_LEVELS if kind in row.usual_objects and row.covers(day))
    return next(usual, _USUAL_LEVEL)


def _state(person: DemoParticipant) -> CardState:
    draw = person.draw("state", 100)
    bounds = ((3, CardState.EXPIRED), (5, CardState.WITHDRAWN), (8, CardState.STOPPED))
    return next((state for bound, state in bounds if draw < bound), CardState.ACTIVE)


def _living_area(person: DemoParticipant) -> LivingArea | None:
    draw = person.draw("living_area", 25)
    return (LivingArea.K1, LivingArea.K2, LivingArea.K3)[draw] if draw < len(LivingArea) else None
