"""Visits from files: the claims that facilities sent, with the codes that they use."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final, TypeVar

from gateway.authoring import VIETNAM
from gateway.imports import (
    PARTICIPANT,
    Fault,
    ImportColumn,
    Importer,
    RowRefused,
    Unreadable,
    matching,
    member,
    money,
    text,
    upsert,
)
from plugins.health_book.costs import Costs
from plugins.health_book.diagnoses import is_diagnosis_code
from plugins.health_book.models import visit
from plugins.health_book.visiting import (
    FIRST_YEAR,
    LAST_YEAR,
    CareKind,
    DischargeCondition,
    TreatmentResult,
    VisitReason,
    book_year,
)

E = TypeVar("E", bound=enum.Enum)

_COMPACT: Final = re.compile(r"[0-9]{12}")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_OTHER_KINDS: Final = {str(code): CareKind.OTHER for code in (4, 5, 6, 7, 8, 10)}
_PARTS: Final = ("fund_payment", "co_payment", "own_payment", "other_payment")


def moment(cell: str) -> dt.datetime:
    """A moment as claims spell it, YYYYMMDDhhmm, or in ISO form; without an offset it is Vietnam's time."""
    try:
        if _COMPACT.fullmatch(cell):
            found = dt.datetime.strptime(cell, "%Y%m%d%H%M").replace(tzinfo=VIETNAM)
        elif _MOMENT.fullmatch(cell):
            given = dt.datetime.fromisoformat(cell)
            found = given if given.tzinfo else given.replace(tzinfo=VIETNAM)
        else:
            raise ValueError
        return found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Unreadable("is not a time, YYYYMMDDhhmm or YYYY-MM-DDThh:mm") from None


def visit_id(facility_code: str, record_code: str) -> str:
    """The key of a visit, the same wherever its natural key comes from."""
    return blake2b(f"{facility_code}\0{record_code}".encode(), digest_size=16).hexdigest()


def visit_row(values: Mapping[str, Any]) -> Mapping[str, object]:
    """A row of the table from a line's values. Raises RowRefused with every reason."""
    faults = [*_time_faults(values), *_outcome_faults(values), *_cost_faults(values)]
    if values["later_card_number"] == values["card_number"]:
        faults.append(Fault("later_card_number", "is the same as card_number"))
    if faults:
        raise RowRefused(*faults)
    row = {name: values[name] for name in values if name in visit.c}
    id_ = visit_id(row["facility_code"], row["record_code"])
    return row | {"id": id_, "year": book_year(row["admitted_at"])}


def _time_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    admitted_at, discharged_at = values["admitted_at"], values["discharged_at"]
    if not FIRST_YEAR <= book_year(admitted_at) <= LAST_YEAR:
        yield Fault("admitted_at", f"is not from {FIRST_YEAR} to {LAST_YEAR}")
    if discharged_at is not None and discharged_at < admitted_at:
        yield Fault("discharged_at", "is before admitted_at")


def _outcome_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    has_ended = values["discharged_at"] is not None
    for name in ("discharge_condition", "treatment_result"):
        if has_ended and values[name] is None:
            yield Fault(name, "is missing beside discharged_at")
        elif not has_ended and values[name] is not None:
            yield Fault(name, "goes with discharged_at alone")


def _cost_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        Costs(values["total_cost"], *(values[part] for part in _PARTS))
    except ValueError:
        yield Fault("total_cost", f"is not {' + '.join(_PARTS)}")


def _diagnosis_code(cell: str) -> str:
    if not is_diagnosis_code(cell):
        raise Unreadable("is not a code of ICD-10")
    return cell


def _by_code(kind: type[E], more: Mapping[str, E] | None = None) -> dict[str, E]:
    """The codes of claims, with and without a leading zero."""
    codes = {str(one.value): one for one in kind} | dict(more or {})
    return codes | {f"{code:0>2}": one for code, one in codes.items()}


_CARD: Final = matching("([A-Z]{2}[1-5][0-9]{2})?[0-9]{10}", "the number of a card, 10 or 15 characters")

VISITS: Final = Importer(
    "visits",
    "Visits of the health care book (Sổ khám chữa bệnh)",
    columns=(
        PARTICIPANT,
        ImportColumn(
            "record_code",
            matching("[0-9A-Za-z._/-]{1,64}", "up to 64 digits, letters, dots and strokes"),
            "Names the visit, with the facility (Mã hồ sơ).",
        ),
        ImportColumn(
            "facility_code",
            matching("[0-9]{2}[0-9A-Z]{3}", "a facility's code, as 01001 or 79A01"),
            "Mã CSKCB.",
        ),
        ImportColumn("admitted_at", moment, "YYYYMMDDhhmm or ISO, from 2017 on (Ngày vào)."),
        ImportColumn("discharged_at", moment, "Empty while it goes on (Ngày ra).", required=False),
        ImportColumn("care_kind", member(CareKind, _by_code(CareKind, _OTHER_KINDS)), "Mã loại KCB."),
        ImportColumn("reason", member(VisitReason, _by_code(VisitReason)), "Mã lý do vào viện."),
        ImportColumn("diagnosis_code", _diagnosis_code, "Mã bệnh (ICD-10)."),
        ImportColumn("diagnosis_name", text(300), "Chẩn đoán."),
        ImportColumn(
            "discharge_condition",
            member(DischargeCondition, _by_code(DischargeCondition)),
            "Tình trạng ra viện.",
            required=False,
        ),
        ImportColumn(
            "treatment_result",
            member(TreatmentResult, _by_code(TreatmentResult)),
            "Kết quả điều trị.",
            required=False,
        ),
        ImportColumn("card_number", _CARD, "Mã thẻ BHYT."),
        ImportColumn(
            "later_card_number", _CARD, "Of the card that replaced it during the visit.", required=False
        ),
        ImportColumn("total_cost", money, "Đồng (T_TONGCHI)."),
        ImportColumn("fund_payment", money, "Đồng (T_BHTT)."),
        ImportColumn("co_payment", money, "Đồng (T_BNCCT)."),
        ImportColumn("own_payment", money, "Đồng (T_BNTT)."),
        ImportColumn("other_payment", money, "Đồng (T_NGUONKHAC)."),
    ),
    row=visit_row,
    write=upsert(visit),
)
"""``vssid import visits FILE``."""
