"""The clinic's data: names that are equal, empty, quoted, or full of wildcards; keys that lead nowhere; money beyond 32 bits."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sqlalchemy import Table

from gateway.access import ANONYMOUS, Audience, Viewer
from tests.gateway.clinic.tables import (
    Mood,
    card,
    facility,
    grant,
    leaflet,
    licence,
    person,
    stamp,
    use,
    visit,
    ward,
)

AN: Final = "00-an"
BINH: Final = "00-binh"
CHI: Final = "00-chi"
DUNG: Final = "00-dung"
"""Has visits and a card, but no row of their own."""
EVERYBODY: Final = (AN, BINH, CHI, DUNG)

RICH: Final = 2**53 - 1

PERSONS: Final[list[dict[str, Any]]] = [
    {
        "participant_id": AN,
        "full_name": "Nguyễn Văn An",
        "nickname": 'An "the %" O\'Neil',
        "birth_date": dt.date(1980, 2, 29),
        "mood": Mood.GOOD,
        "savings": 3_000_000_000,
        "facility_code": "00001",
        "insured": True,
        "grant_id": 4,
    },
    {
        "participant_id": BINH,
        "full_name": "Trần Thị Bình",
        "nickname": "",
        "birth_date": None,
        "mood": None,
        "savings": RICH,
        "facility_code": "00999",
        "insured": None,
        "grant_id": 99,
    },
    {
        "participant_id": CHI,
        "full_name": "Trần Thị Bình",
        "nickname": None,
        "birth_date": dt.date(999, 12, 31),
        "mood": Mood.BAD,
        "savings": -1,
        "facility_code": None,
        "insured": False,
        "grant_id": 1,
    },
]

CARDS: Final[list[dict[str, Any]]] = [
    {
        "number": "GD4000000001",
        "participant_id": AN,
        "level": 2,
        "valid_from": dt.date(2025, 1, 1),
        "valid_to": dt.date(2025, 12, 31),
        "facility_code": "00001",
        "leaflet_code": "L1",
        "ward_id": 5,
    },
    {
        "number": "GD4000000002",
        "participant_id": BINH,
        "level": 4,
        "valid_from": dt.date(2024, 2, 29),
        "valid_to": None,
        "facility_code": "00999",
        "leaflet_code": "L9",
        "ward_id": 2,
    },
    {
        "number": "%_'\"",
        "participant_id": DUNG,
        "level": 1,
        "valid_from": dt.date(999, 1, 1),
        "valid_to": dt.date(9999, 12, 31),
        "facility_code": None,
        "leaflet_code": None,
        "ward_id": 99,
    },
]

USES: Final[list[dict[str, Any]]] = [
    {"id": number, "card_number": "GD4000000001", "on_day": dt.date(2025, 3, day), "cost": cost}
    for number, day, cost in ((1, 1, 100), (2, 2, 2**31), (3, 2, 0), (4, 5, RICH))
] + [{"id": 5, "card_number": "GD4000000002", "on_day": dt.date(2025, 3, 2), "cost": 7}]


def _visit(
    key: str, who: str, day: int, hour: int, doctor: str, minutes: int, mood: Mood | None = None
) -> dict[str, Any]:
    return {
        "id": key,
        "participant_id": who,
        "on_day": dt.date(2025, 6, day),
        "at": dt.datetime(2025, 6, day, hour, 30, 15, 250_000, tzinfo=dt.UTC),
        "doctor": doctor,
        "minutes": minutes,
        "mood": mood,
        "urgent": minutes > 15,
    }


VISITS: Final[list[dict[str, Any]]] = [
    _visit("v8", DUNG, 2, 1, "Thanh Ha", 15, Mood.BAD),
    _visit("v3", AN, 2, 1, "Ha", 30, Mood.GOOD),
    _visit("v6", AN, 4, 23, "O'Neil", 5),
    _visit("v7", BINH, 2, 1, "Thanh Ha", 10),
    _visit("v1", AN, 1, 1, "Ha", 10, Mood.BAD),
    _visit("v2", AN, 2, 1, "Ha", 20, Mood.BAD),
    _visit("v5", AN, 3, 17, "", 0, Mood.GOOD),
    _visit("v4", AN, 2, 2, "100% Ly_", 2**31 - 1),
]
"""Not in the order of their keys: a list that forgets to order by them comes out otherwise."""

GRANTS: Final[list[dict[str, Any]]] = [
    {"id": 1, "participant_id": AN, "kind": "sickness", "amount": 5_000_000_000, "days": 3, "child": None},
    {"id": 2, "participant_id": AN, "kind": "birth", "amount": 0, "days": None, "child": "Bé"},
    {"id": 3, "participant_id": AN, "kind": "birth", "amount": 12, "days": None, "child": None},
    {"id": 4, "participant_id": BINH, "kind": "sickness", "amount": 1, "days": None, "child": None},
]

FACILITIES: Final[list[dict[str, Any]]] = [
    {"code": code, "name": name, "beds": beds, "open": is_open, "opened_at": opened_at}
    for code, name, beds, is_open, opened_at in (
        ("00003", "Beta", 2**31 - 1, None, dt.datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=dt.UTC)),
        ("00001", "Alpha", 10, True, dt.datetime(1975, 4, 30, 4, 30, tzinfo=dt.UTC)),
        ("00004", "Gamma % _ ' \"", -1, False, dt.datetime(999, 12, 31, 20, 0, tzinfo=dt.UTC)),
        ("00002", "Beta", 0, False, None),
    )
]

WARDS: Final[list[dict[str, Any]]] = [
    {"id": number, "facility_code": code, "name": name, "agency": agency}
    for number, (code, name, agency) in enumerate(
        (
            ("00001", "East", "HN"),
            ("00001", "West", "HN/01"),
            ("00001", "North", "HN0"),
            ("00001", "South", "HP"),
            ("00002", "East", "HN/02"),
            ("00404", "Lost", "%"),
        ),
        start=1,
    )
]

ROWS: Final[list[tuple[Table, list[dict[str, Any]]]]] = [
    (person, PERSONS),
    (card, CARDS),
    (leaflet, [{"code": "L1", "title": "Keep well"}]),
    (stamp, [{"id": 1, "card_number": "GD4000000001", "colour": "red"}]),
    (use, USES),
    (visit, VISITS),
    (grant, GRANTS),
    (facility, FACILITIES),
    (ward, WARDS),
    (
        licence,
        [
            {"facility_code": "00001", "number": "LIC-1", "agency": "HN"},
            {"facility_code": "00002", "number": "LIC-2", "agency": "HP"},
        ],
    ),
]


def participant(key: str) -> Viewer:
    """A signed-in participant."""
    return Viewer(Audience.PARTICIPANT, key, f"session of {key}")


def officer(*scopes: str, **claims: str) -> Viewer:
    """An officer with permissions and claims."""
    return Viewer(Audience.OFFICER, "00-officer", "session of an officer", frozenset(scopes), claims)


HOSPITAL: Final = Viewer(Audience.HOSPITAL, "00001", None, frozenset({"clinic:read"}), {"agency": "HN/01"})

VIEWERS: Final = (
    ANONYMOUS,
    *(participant(key) for key in (*EVERYBODY, "00-nobody", "%")),
    officer(),
    officer("clinic:read"),
    officer("clinic:all"),
    officer("clinic:read", "clinic:all"),
    officer("clinic:read", agency="HN"),
    officer("clinic:read", agency="%"),
    HOSPITAL,
)
