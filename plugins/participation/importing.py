"""Periods from files: what a row has to say, and what of it goes together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

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
    month,
    text,
    upsert,
)
from plugins.participation.coefficients import thousandths
from plugins.participation.models import period_id, periods
from plugins.participation.months import FIRST_MONTH, LAST_MONTH
from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState
from plugins.participation.wording import KINDS, MONEY_KINDS, STATES

_LONGEST: Final = 300
_WITHOUT_EMPLOYER: Final = (ParticipationKind.VOLUNTARY_SOCIAL, ParticipationKind.HEALTH)
_OUR_TIME: Final = f"is not from {FIRST_MONTH:%Y-%m} to {LAST_MONTH:%Y-%m}"


def period(values: Mapping[str, Any]) -> Mapping[str, object]:
    """A row of the table from a line's values. Raises RowRefused with every reason."""
    faults = [*_month_faults(values), *_employer_faults(values)]
    amounts: dict[str, object] = {}
    try:
        amounts = _amounts(values)
    except RowRefused as refused:
        faults += refused.faults
    if faults:
        raise RowRefused(*faults)
    participant, kind = values["participant_id"], values["kind"]
    id_ = period_id(participant, kind, values["from_month"], values["employer_code"])
    return {"id": id_, "participant_id": participant} | {name: values[name] for name in _PLAIN} | amounts


_PLAIN: Final = (
    "kind",
    "from_month",
    "to_month",
    "employer_code",
    "employer_name",
    "workplace",
    "occupation",
    "title",
    "money_kind",
    "state",
)


def _month_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("from_month", "to_month"):
        if not FIRST_MONTH <= values[name] <= LAST_MONTH:
            yield Fault(name, _OUR_TIME)
    if values["to_month"] < values["from_month"]:
        yield Fault("to_month", "is before from_month")


def _employer_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    code, name = values["employer_code"], values["employer_name"]
    if code is None and values["kind"] not in _WITHOUT_EMPLOYER:
        yield Fault(
            "employer_code", "is missing; only voluntary and health insurance are without an employer"
        )
    elif code is None and name is not None:
        yield Fault("employer_code", "is missing beside employer_name")
    if code is not None and name is None:
        yield Fault("employer_name", "is missing beside employer_code")


def _amounts(values: Mapping[str, Any]) -> dict[str, object]:
    kind, salary, basis = values["money_kind"], values["salary"], values["basis"]
    if kind is None and (salary is not None or basis is not None):
        raise RowRefused(Fault("money_kind", "is missing beside an amount"))
    if kind is not None and basis is None:
        raise RowRefused(Fault("basis", "is missing beside money_kind"))
    found = dict.fromkeys(("salary", "basis", "salary_thousandths", "basis_thousandths"), None)
    read = _thousandths if kind is MoneyKind.COEFFICIENT else money
    suffix = "_thousandths" if kind is MoneyKind.COEFFICIENT else ""
    amounts = {name: _read(name, values[name], read) for name in ("salary", "basis")}
    faults = [one for one in amounts.values() if isinstance(one, Fault)]
    if faults:
        raise RowRefused(*faults)
    return {**found, **{f"{name}{suffix}": amount for name, amount in amounts.items()}}


def _read(name: str, cell: str | None, read: Callable[[str], int]) -> int | Fault | None:
    try:
        return None if cell is None else read(cell)
    except Unreadable as reason:
        return Fault(name, str(reason))


def _thousandths(cell: str) -> int:
    try:
        return thousandths(cell)
    except ValueError:
        raise Unreadable("is not a coefficient with up to three places") from None


_AMOUNT: Final = matching("[0-9]{1,18}(?:[.,][0-9]{1,3})?", "an amount in plain digits")

PERIODS: Final = Importer(
    "participation",
    "Periods of participation (Quá trình tham gia)",
    columns=(
        PARTICIPANT,
        ImportColumn(
            "kind",
            member(ParticipationKind, {text.vi: kind for kind, text in KINDS.items()}),
            "Which insurance (Loại bảo hiểm).",
        ),
        ImportColumn("from_month", month, "First month (Từ tháng)."),
        ImportColumn("to_month", month, "Last month, included (Đến tháng)."),
        ImportColumn(
            "employer_code",
            matching("[0-9A-Z]{1,12}", "1 to 12 capitals and digits"),
            "Mã đơn vị.",
            required=False,
        ),
        ImportColumn("employer_name", text(_LONGEST), "Đơn vị.", required=False),
        ImportColumn("workplace", text(_LONGEST), "Nơi làm việc.", required=False),
        ImportColumn("occupation", text(_LONGEST), "Nghề nghiệp.", required=False),
        ImportColumn("title", text(_LONGEST), "Chức vụ.", required=False),
        ImportColumn(
            "money_kind",
            member(MoneyKind, {text.vi: kind for kind, text in MONEY_KINDS.items()}),
            "What amounts are in (Loại tiền).",
            required=False,
        ),
        ImportColumn("salary", _AMOUNT, "A month (Mức lương).", required=False),
        ImportColumn("basis", _AMOUNT, "A month (Tiền lương đóng).", required=False),
        ImportColumn(
            "state",
            member(PaymentState, {text.vi: state for state, text in STATES.items()}),
            "Tình trạng đóng.",
        ),
    ),
    row=period,
    write=upsert(periods),
)
"""``vssid import participation FILE``."""
