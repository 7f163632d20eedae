"""Entitlements from files: what a row has to say, what its kind has and has not, and what goes together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

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
    money,
    text,
    upsert,
    whole,
)
from plugins.entitlements.models import NATURAL_KEY, DossierState, entitlement
from plugins.entitlements.regimes import (
    BY_MONTH,
    ONCE,
    REGIMES,
    EntitlementKind,
    EntitlementPaymentMethod,
    EntitlementPaymentState,
    EntitlementRegime,
)

_FIRST_DAY, _LAST_DAY = dt.date(1945, 1, 1), dt.date(2199, 12, 31)
_OF_KIND: Final[Mapping[str, frozenset[EntitlementKind]]] = {
    "amount": frozenset(kind for kind in EntitlementKind if not kind.is_paid_by_month),
    "monthly_amount": frozenset(kind for kind in EntitlementKind if kind.is_paid_by_month),
    "days": frozenset({EntitlementKind.SHORT_TERM}),
    "months_granted": frozenset({EntitlementKind.UNEMPLOYMENT}),
    "months_received": frozenset({EntitlementKind.UNEMPLOYMENT}),
    "months_kept": frozenset({EntitlementKind.UNEMPLOYMENT}),
    "impairment_percent": frozenset({EntitlementKind.OCCUPATIONAL}),
}
"""Columns that some kinds must have and the others must not."""


def entitlement_row(values: Mapping[str, Any]) -> Mapping[str, object]:
    """A row of the table from a line's values. Raises RowRefused with every reason."""
    faults = [*_kind_faults(values), *_payment_faults(values), *_day_faults(values)]
    if faults:
        raise RowRefused(*faults)
    row = {name: values[name] for name in values if name in entitlement.c}
    row["social_security_code"] = values["dossier_code"] or values[PARTICIPANT.name]
    return row | {"id": entitlement_id(*(row[name] for name in NATURAL_KEY))}


def entitlement_id(
    participant: str, dossier_number: str, regime: EntitlementRegime, starts_on: dt.date
) -> str:
    """The key of an entitlement, the same wherever its natural key comes from."""
    parts = (participant, dossier_number, regime.name, starts_on.isoformat())
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _kind_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    kind: EntitlementKind = values["kind"]
    if values["regime"] not in REGIMES[kind]:
        yield Fault("regime", "is not one of this kind")
    for name, kinds in _OF_KIND.items():
        if kind in kinds and values[name] is None:
            yield Fault(name, "is missing; this kind has one")
        elif kind not in kinds and values[name] is not None:
            yield Fault(name, "is none of this kind")
    if values["insured_months"] is not None and kind is not EntitlementKind.LUMP_SUM:
        yield Fault("insured_months", "is none of this kind")
    granted, received = values["months_granted"], values["months_received"]
    if granted is not None and received is not None and received > granted:
        yield Fault("months_received", "is more than months_granted")


def _payment_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    state: EntitlementPaymentState = values["payment_state"]
    if state not in (BY_MONTH if values["kind"].is_paid_by_month else ONCE):
        yield Fault("payment_state", "is none of this kind")
    if state is EntitlementPaymentState.PAID and values["paid_on"] is None:
        yield Fault("paid_on", "is missing beside PAID")
    if state is not EntitlementPaymentState.PAID and values["paid_on"] is not None:
        yield Fault("paid_on", "goes with PAID alone")
    halted = (EntitlementPaymentState.SUSPENDED, EntitlementPaymentState.ENDED)
    if state in halted and values["ends_on"] is None:
        yield Fault("ends_on", "is missing beside SUSPENDED or ENDED")


def _day_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    starts_on, ends_on = values["starts_on"], values["ends_on"]
    if not _FIRST_DAY <= starts_on <= _LAST_DAY:
        yield Fault("starts_on", f"is not from {_FIRST_DAY} to {_LAST_DAY}")
    if ends_on is not None and ends_on < starts_on:
        yield Fault("ends_on", "is before starts_on")
    if values["dossier_state"] is DossierState.APPROVED and values["decided_on"] is None:
        yield Fault("decided_on", "is missing beside APPROVED")


def _positive(cell: str) -> int:
    amount = money(cell)
    if amount == 0:
        raise Unreadable("is nothing; leave it empty where there is none")
    return amount


def _optional(name: str, read: Any, description: str) -> ImportColumn:
    return ImportColumn(name, read, description, required=False)


ENTITLEMENTS: Final = Importer(
    "entitlements",
    "Entitlements of every kind (Thông tin hưởng)",
    columns=(
        PARTICIPANT,
        ImportColumn(
            "kind", member(EntitlementKind, {one.meaning.vi: one for one in EntitlementKind}), "Nhóm chế độ."
        ),
        ImportColumn(
            "regime",
            member(EntitlementRegime, {one.meaning.vi: one for one in EntitlementRegime}),
            "One of the kind's (Chế độ hưởng).",
        ),
        ImportColumn(
            "dossier_number",
            matching(r"[0-9A-Z][0-9A-Z/.-]{0,31}", "a number of up to 32 digits, capitals and strokes"),
            "Names the entitlement, with person, regime and first day (Số hồ sơ).",
        ),
        ImportColumn("dossier_state", member(DossierState), "Shown once APPROVED (Tình trạng hồ sơ)."),
        _optional(
            "dossier_code",
            matching("[0-9]{10}", "ten digits"),
            "The code in the dossier, where it is a former one of the person's (Mã số BHXH trên hồ sơ).",
        ),
        _optional("decision_number", text(64), "Số quyết định."),
        _optional("decided_on", day, "Ngày quyết định."),
        ImportColumn("starts_on", day, "First day (Hưởng từ ngày)."),
        _optional("ends_on", day, "Last day, included (Hưởng đến ngày)."),
        ImportColumn(
            "payment_state",
            member(EntitlementPaymentState, {one.meaning.vi: one for one in EntitlementPaymentState}),
            "Trạng thái chi trả.",
        ),
        _optional(
            "payment_method",
            member(EntitlementPaymentMethod, {one.meaning.vi: one for one in EntitlementPaymentMethod}),
            "Hình thức nhận.",
        ),
        _optional("paid_on", day, "Ngày chi trả."),
        ImportColumn(
            "agency_code", matching("[0-9]{3}([0-9]{2})?", "three or five digits"), "Mã cơ quan BHXH."
        ),
        ImportColumn("agency_name", text(200), "Cơ quan BHXH chi trả."),
        _optional("note", text(200), "Lý do hưởng."),
        _optional("amount", _positive, "Đồng, of what is paid once (Số tiền)."),
        _optional("monthly_amount", _positive, "Đồng for each month (Mức hưởng hàng tháng)."),
        _optional("days", whole(1, 3_660), "Số ngày hưởng."),
        _optional("insured_months", whole(0, 1_200), "Số tháng đóng được tính hưởng."),
        _optional("months_granted", whole(1, 12), "Số tháng được hưởng."),
        _optional("months_received", whole(0, 12), "Số tháng đã hưởng."),
        _optional("months_kept", whole(0, 1_200), "Số tháng được bảo lưu."),
        _optional("impairment_percent", whole(1, 100), "Tỷ lệ suy giảm khả năng lao động."),
    ),
    row=entitlement_row,
    write=upsert(entitlement),
)
"""``vssid import entitlements FILE``."""
