"""The three operations, and the 512 sets of variables with which every contender is asked each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from benchmarks.population import (
    HOSPITAL_TOKEN,
    SETS,
    facilities,
    participant_key,
    session_token,
    social_security_code,
    tested,
)
from gateway.access import Audience
from gateway.documents import hash_of, trusted_files
from gateway.folding import folded
from plugins.lookups.models import province_key
from plugins.lookups.provinces import Era
from plugins.lookups.searching import containing

SCHEMA: Final = Path(__file__).parent / "schema"
"""The folder of the trusted documents, as ``VSSID_SCHEMA_PATH`` names one."""
PAGE: Final = 20
WORDS: Final = (
    "An Bình Châu Đồng Đức Giang Hà Hải Hòa Hưng Khánh Lâm Lộc Lợi Long Mỹ Nam Nghĩa Ninh Phong Phú Phúc Phước Quang"
    " Sơn Tam Tân Thành Thắng Thịnh Thọ Thuận Thủy Tiên Trung Vân Vĩnh Xuân Yên"
).split()
"""Syllables that names of facilities have; a search is for one of them, as typed."""

Variables = Mapping[str, str]


@dataclass(frozen=True)
class Operation:
    """One of the three: ``key`` is its letter, ``document`` the trusted document of an audience."""

    key: str
    title: str
    audience: Audience
    document: str

    @property
    def text(self) -> str:
        """The trusted document."""
        return dict(trusted_files(SCHEMA, self.audience))[self.document]

    @property
    def hash(self) -> str:
        """What clients send in its place."""
        return hash_of(self.text)


CARD_CHECK: Final = Operation("A", "hospital card check", Audience.HOSPITAL, "CheckCard")
HOME_SCREEN: Final = Operation("B", "mobile home screen", Audience.PARTICIPANT, "HomeScreen")
FACILITY_SEARCH: Final = Operation("C", "facility search", Audience.PARTICIPANT, "SearchFacilities")
OPERATIONS: Final = (CARD_CHECK, HOME_SCREEN, FACILITY_SEARCH)


def variable_sets(operation: Operation, participants: int) -> list[Variables]:
    """512 sets, the same for the same number of participants; ``token`` is for contenders that have sessions."""
    people = tested(participants)
    if operation is CARD_CHECK:
        return [{"token": HOSPITAL_TOKEN, "number": social_security_code(index)} for index in people]
    if operation is HOME_SCREEN:
        return [{"token": session_token(index), "participant": participant_key(index)} for index in people]
    return [
        {"token": session_token(index), **search} for index, search in zip(people, _searches(), strict=True)
    ]


def _searches() -> Sequence[Variables]:
    """Searches that find a full page, spread over provinces and words."""
    found: Counter[tuple[str, str]] = Counter()
    keys = {word: folded(word) for word in WORDS}
    for facility in facilities():
        name = folded(facility.name)
        found.update((facility.province, word) for word, key in keys.items() if key in name)
    full = [
        pair for pair in product(sorted({one.province for one in facilities()}), WORDS) if found[pair] >= PAGE
    ]
    assert len(full) >= SETS, "too few searches find a page"
    return [
        {
            "province": province_key(Era.OF_63, province),
            "search": word,
            "pattern": containing(word),
        }
        for province, word in (full[number * len(full) // SETS] for number in range(SETS))
    ]
