"""Entitlements of one person, one of each kind, to be changed by tests."""

from __future__ import annotations

import datetime as dt
from typing import Final

from plugins.entitlements.models import DossierState, entitlement
from plugins.entitlements.regimes import (
    EntitlementKind,
    EntitlementPaymentMethod,
    EntitlementPaymentState,
    EntitlementRegime,
)

Row = dict[str, object]

_ANY: Final[Row] = {
    **dict.fromkeys(entitlement.c.keys()),
    "participant_id": "p1",
    "dossier_state": DossierState.APPROVED,
    "social_security_code": "0012345678",
    "decided_on": dt.date(2025, 3, 10),
    "starts_on": dt.date(2025, 3, 1),
    "ends_on": dt.date(2025, 8, 31),
    "payment_method": EntitlementPaymentMethod.CASH,
    "agency_code": "00101",
    "agency_name": "BHXH cơ sở",
}
_PAID: Final[Row] = {"payment_state": EntitlementPaymentState.PAID, "paid_on": dt.date(2025, 3, 20)}
_PAYING: Final[Row] = {"payment_state": EntitlementPaymentState.PAYING}


def _of(kind: EntitlementKind, regime: EntitlementRegime, **columns: object) -> Row:
    dossier = f"00001/2025/{kind.value}"
    return _ANY | {"id": kind.value, "kind": kind, "regime": regime, "dossier_number": dossier} | columns


GOOD: Final[dict[EntitlementKind, Row]] = {
    EntitlementKind.LUMP_SUM: _of(
        EntitlementKind.LUMP_SUM,
        EntitlementRegime.SOCIAL_INSURANCE_LUMP_SUM,
        amount=70_000_000,
        insured_months=60,
        **_PAID,
    ),
    EntitlementKind.SHORT_TERM: _of(
        EntitlementKind.SHORT_TERM, EntitlementRegime.MATERNITY, amount=36_000_000, days=180, **_PAID
    ),
    EntitlementKind.MONTHLY: _of(
        EntitlementKind.MONTHLY, EntitlementRegime.PENSION, monthly_amount=3_000_000, **_PAYING
    ),
    EntitlementKind.UNEMPLOYMENT: _of(
        EntitlementKind.UNEMPLOYMENT,
        EntitlementRegime.UNEMPLOYMENT_BENEFIT,
        monthly_amount=4_000_000,
        months_granted=6,
        months_received=2,
        months_kept=17,
        **_PAYING,
    ),
    EntitlementKind.OCCUPATIONAL: _of(
        EntitlementKind.OCCUPATIONAL,
        EntitlementRegime.OCCUPATIONAL_DISEASE,
        amount=20_000_000,
        impairment_percent=15,
        **_PAID,
    ),
}
