"""Cards from files: ``vssid import cards FILE``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.imports import (
    PARTICIPANT,
    Fault,
    ImportColumn,
    Importer,
    RowRefused,
    Unreadable,
    day,
    matching,
    member,
    text,
    upsert,
    whole,
)
from gateway.sql import one_of
from plugins.hi_card.benefits import LivingArea
from plugins.hi_card.models import CardState, PrintedSex, card
from plugins.hi_card.numbers import InvalidCardNumber, card_number

_OLD_LENGTH: Final = 15
_WRITE_ROWS: Final = upsert(card)


def register_row(values: Mapping[str, Any]) -> Mapping[str, object]:
    """A row of the register from a line's values. Raises RowRefused with every reason."""
    faults = tuple(_faults(values))
    if faults:
        raise RowRefused(*faults)
    number, valid_from = values["number"], values["valid_from"]
    row = {name: values[name] for name in _PLAIN} | {"participant_id": values["participant_id"]}
    return row | {"id": card_id(number, valid_from), "active_number": None, "current_for": None}


def card_id(number: str, valid_from: dt.date) -> str:
    """The key of a card: a number is on one card from one day on. It tells nothing about the number."""
    return blake2b(f"{number} {valid_from}".encode(), digest_size=16, person=b"hi_card").hexdigest()


async def write(connection: AsyncConnection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write cards, and work out anew which of their holders' cards is the newest, and the newest with its number.

    Both marks are unique, so they are taken away before they are given again; nobody sees it, since it is one transaction.
    """
    holders = sorted({str(row["participant_id"]) for row in rows})
    there = await connection.execute(_THERE, {"holders": holders})
    ids = {(found.number, found.valid_from): found.id for found in there}
    known = [{**row, "id": ids.get((row["number"], row["valid_from"]), row["id"])} for row in rows]
    await connection.execute(_UNMARK, {"holders": holders})
    await _WRITE_ROWS(connection, known)
    await connection.execute(_MARK_NUMBERS, {"holders": holders})
    await connection.execute(_MARK_CURRENT, {"holders": holders})


_HOLDERS: Final = one_of(card.c.participant_id, bindparam("holders"))
_THERE: Final = select(card.c.id, card.c.number, card.c.valid_from).where(_HOLDERS)
_later: Final = card.alias("later")


def _newest_by(column: str) -> Any:
    """Whether there is no later card of the same holder, or number."""
    comes_after = (_later.c.valid_from > card.c.valid_from) | (
        (_later.c.valid_from == card.c.valid_from) & (_later.c.id > card.c.id)
    )
    return ~exists(select(_later.c.id).where(_later.c[column] == card.c[column], comes_after))


_UNMARK: Final = update(card).where(_HOLDERS).values(active_number=None, current_for=None)
_MARK_NUMBERS: Final = update(card).where(_HOLDERS, _newest_by("number")).values(active_number=card.c.number)
_MARK_CURRENT: Final = (
    update(card).where(_HOLDERS, _newest_by("participant_id")).values(current_for=card.c.participant_id)
)


def _number(cell: str) -> str:
    try:
        return card_number(cell).text
    except InvalidCardNumber:
        raise Unreadable("is not the number of a card: 15 characters, or ten digits") from None


def _birth(cell: str) -> str:
    if len(cell) == 4 and cell.isascii() and cell.isdigit():  # noqa: PLR2004  a year
        return cell
    try:
        return day(cell).isoformat()
    except Unreadable:
        raise Unreadable("is not a day, YYYY-MM-DD, nor a year, YYYY") from None


def _faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    number, code = values["number"], values["social_security_code"]
    if not number.endswith(code):
        yield Fault("number", "does not end with social_security_code")
    if len(number) == _OLD_LENGTH and number[:2] != values["object_code"]:
        yield Fault("object_code", "is another one than in number")
    if len(number) == _OLD_LENGTH and int(number[2]) != values["benefit_level"]:
        yield Fault("benefit_level", "is another one than in number")
    if values["valid_to"] is not None and values["valid_to"] < values["valid_from"]:
        yield Fault("valid_to", "is before valid_from")


def _optional(name: str, read: Callable[[str], Any], description: str) -> ImportColumn:
    return ImportColumn(name, read, description, required=False)


_COLUMNS: Final = (
    ImportColumn("number", _number, "15 characters, or ten digits (Mã thẻ)."),
    ImportColumn("object_code", matching("[A-Z]{2}", "two capitals"), "Mã đối tượng."),
    ImportColumn("benefit_level", whole(1, 5), "As printed (Mã mức hưởng)."),
    ImportColumn("valid_from", day, "Giá trị từ ngày."),
    _optional("valid_to", day, "Giá trị đến ngày."),
    ImportColumn("facility_code", matching("[0-9]{2}[0-9A-Z]{3}", "a facility, as 01123"), "Mã nơi ĐK KCB."),
    _optional("five_year_date", day, "Thời điểm đủ 05 năm liên tục."),
    _optional("living_area", member(LivingArea), "Mã khu vực."),
    ImportColumn("place_of_issue", text(200), "Nơi cấp."),
    ImportColumn("state", member(CardState), "Tình trạng thẻ."),
    ImportColumn("issued_on", day, "Ngày cấp."),
    _optional("agency_code", matching("[0-9]{5}", "five digits"), "Cơ quan BHXH quản lý."),
    ImportColumn("holder_name", text(200), "As printed (Họ và tên)."),
    ImportColumn("holder_birth", _birth, "A day, or a year (Ngày sinh)."),
    ImportColumn(
        "holder_sex", member(PrintedSex, {"Nam": PrintedSex.MALE, "Nữ": PrintedSex.FEMALE}), "Giới tính."
    ),
    _optional("holder_address", text(300), "Địa chỉ."),
    _optional("parent_name", text(200), "Họ tên cha, mẹ."),
    _optional("facility_name", text(300), "Tên nơi ĐK KCB."),
)
_PLAIN: Final = tuple(column.name for column in _COLUMNS)

CARDS_FILE: Final = Importer(
    "cards",
    "Health insurance cards (Thẻ BHYT)",
    columns=(PARTICIPANT, *_COLUMNS),
    row=register_row,
    write=write,
)
"""``vssid import cards``."""
