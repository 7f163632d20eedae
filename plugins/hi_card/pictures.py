"""Pictures of a card: front and back, lying and standing, as SVG and PNG, drawn from the register whenever they are asked for."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.typesetting import Typesetting
from plugins.hi_card.models import PrintedSex
from plugins.hi_card.printed_qr import printed_qr
from plugins.hi_card.printing import PrintedCard, printed_birth, printed_day, printed_facility

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATE: Final = Path(__file__).with_name("card.typ")
DOTS_PER_INCH: Final = 450
"""Of a PNG: 1,517 by 957 dots, more than a phone shows."""
_SEXES: Final = {PrintedSex.MALE: "Nam", PrintedSex.FEMALE: "Nữ"}
_NO_DAY: Final = "–"
_UNBROKEN: Final = re.compile(r"\S{24}")


class CardSide(enum.Enum):
    """A side of the card (Mặt thẻ)."""

    FRONT = "front"
    BACK = "back"


class CardOrientation(enum.Enum):
    """How the picture stands (Hướng)."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class PictureFormat(enum.Enum):
    """How the picture is kept in a file (Định dạng)."""

    SVG = "svg"
    PNG = "png"

    @property
    def media_type(self) -> str:
        """The Content-Type."""
        return "image/svg+xml" if self is PictureFormat.SVG else "image/png"


async def picture(
    typesetting: Typesetting,
    card: PrintedCard,
    side: CardSide,
    orientation: CardOrientation,
    form: PictureFormat,
    *,
    stamp: str | None = None,
) -> bytes:
    """The picture. ``stamp`` is written across it, where the card does not count any more.

    Raises ClientError with ``UNAVAILABLE`` where too many are asked for at once.
    """
    data = await asyncio.to_thread(_data, card, side, orientation, stamp)
    if form is PictureFormat.SVG:
        return await typesetting.svg(TEMPLATE, data)
    return await typesetting.png(TEMPLATE, data, DOTS_PER_INCH)


def _data(
    card: PrintedCard, side: CardSide, orientation: CardOrientation, stamp: str | None
) -> dict[str, object]:
    from plugins.hi_card.squares import runs, squares  # noqa: PLC0415  segno takes a tenth of a second to load

    rows = squares(printed_qr(card), "M")
    day: Callable[[dt.date | None], str] = lambda given: _NO_DAY if given is None else printed_day(given)  # noqa: E731
    return {
        "side": side.value,
        "orientation": orientation.value,
        "number": card.formatted_number,
        "name": _breakable(card.holder_name.upper()),
        "birth": printed_birth(card.holder_birth),
        "sex": _SEXES[card.holder_sex],
        "address": _breakable(card.holder_address or _NO_DAY),
        "facility": _breakable(card.facility_name or f"Mã {printed_facility(card.facility_code)}"),
        "facility_code": printed_facility(card.facility_code),
        "valid_from": printed_day(card.valid_from),
        "valid_to": day(card.valid_to),
        "five_year": day(card.five_year_date),
        "level": card.benefit_level,
        "area": None
        if card.living_area is None
        else f"{card.living_area.value} – {card.living_area.meaning.vi}",
        "parent": None if card.parent_name is None else _breakable(card.parent_name),
        "place_of_issue": _breakable(card.place_of_issue),
        "issued_on": printed_day(card.issued_on),
        "stamp": stamp,
        "qr": {"side": len(rows), "runs": list(runs(rows))},
    }


def _breakable(text: str) -> str:
    """The text as it can be set: no control and direction characters, composed, and long words may break anywhere."""
    shown = "".join(
        char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char)[0] != "C"
    )
    return _UNBROKEN.sub(lambda found: "\u200b".join(found[0]), shown)
