"""Printed cards for tests: usual ones, awkward ones, and any there can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from plugins.hi_card.benefits import LivingArea
from plugins.hi_card.models import PrintedSex
from plugins.hi_card.numbers import ISSUERS
from plugins.hi_card.printing import PrintedCard

NEW: Final = PrintedCard(
    number="0012345678",
    holder_name="Nguyễn Thị Thuỳ Dương",
    holder_birth="1989-03-14",
    holder_sex=PrintedSex.FEMALE,
    benefit_level=4,
    valid_from=dt.date(2026, 1, 1),
    valid_to=dt.date(2026, 12, 31),
    facility_code="01123",
    facility_name="Bệnh viện đa khoa khu vực Phú Xuân",
    issued_on=dt.date(2025, 12, 18),
    place_of_issue="Bảo hiểm xã hội quận Long Hòa",
    five_year_date=dt.date(2024, 7, 1),
    living_area=LivingArea.K2,
    holder_address="Số 27, đường Lê Lợi, phường An Hòa",
    parent_name="Nguyễn Văn Hùng",
    agency_code="00101",
)
OLD: Final = replace(NEW, number="GD4010012345678")
LONGEST_NAME: Final = ("Công Tằng Tôn Nữ Nguyễn Phước Hoàng " * 6)[:200].strip()
HOSTILE: Final = "<script>alert('x')</script> \u202eđảo\u202c #panic() $x$ &amp; \x00"

AWKWARD: Final[Mapping[str, PrintedCard]] = {
    "usual": NEW,
    "old": OLD,
    "year only": replace(NEW, holder_birth="1950"),
    "nothing that may be missing": replace(
        NEW,
        valid_to=None,
        five_year_date=None,
        living_area=None,
        holder_address=None,
        parent_name=None,
        facility_name=None,
        agency_code=None,
    ),
    "longest": replace(
        NEW, holder_name=LONGEST_NAME, holder_address="Ấp Phú Mỹ Thượng " * 17, parent_name=LONGEST_NAME
    ),
    "one endless word": replace(NEW, holder_name="Ễ" * 200, facility_name="W" * 300),
    "more than a code holds": replace(
        NEW, holder_name="Ễ" * 200, holder_address="Ễ" * 300, parent_name="Ễ" * 200, place_of_issue="Ễ" * 200
    ),
    "hostile": replace(NEW, holder_name=HOSTILE, holder_address=HOSTILE, parent_name=HOSTILE),
    "combining marks": replace(NEW, holder_name="Nguye\u0302\u0303n Thi\u0323 Thu\u0300y"),
    "a number of no decision": replace(NEW, number="GD9990012345678"),
}

_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30).filter(
    lambda text: text != "-"
)
_DIGITS = st.text("0123456789", min_size=10, max_size=10)
_NUMBERS = st.one_of(
    _DIGITS,
    st.builds(
        lambda kind, level, issuer, code: f"{kind}{level}{issuer}{code}",
        st.text("ABCDEGHKNQTXY", min_size=2, max_size=2),
        st.integers(1, 5),
        st.sampled_from(sorted(ISSUERS)),
        _DIGITS,
    ),
)
_DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
_BIRTHS = st.one_of(_DAYS.map(dt.date.isoformat), st.integers(1900, 2199).map(str))

CARDS = st.builds(
    PrintedCard,
    number=_NUMBERS,
    holder_name=_TEXTS,
    holder_birth=_BIRTHS,
    holder_sex=st.sampled_from(PrintedSex),
    benefit_level=st.integers(1, 5),
    valid_from=_DAYS,
    valid_to=st.none() | _DAYS,
    facility_code=st.from_regex("[0-9]{2}[0-9A-Z]{3}", fullmatch=True),
    issued_on=_DAYS,
    place_of_issue=_TEXTS,
    five_year_date=st.none() | _DAYS,
    living_area=st.none() | st.sampled_from(LivingArea),
    holder_address=st.none() | _TEXTS,
    parent_name=st.none() | _TEXTS,
    agency_code=st.none() | st.from_regex("[0-9]{5}", fullmatch=True),
)
