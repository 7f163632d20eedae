"""The table takes each kind with what belongs to it, and nothing that contradicts itself."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from gateway.database import Database
from plugins.entitlements.models import DossierState, entitlement
from plugins.entitlements.regimes import (
    REGIMES,
    EntitlementKind,
    EntitlementPaymentState,
    EntitlementRegime,
)
from tests.plugins.entitlements.rows import GOOD, Row

Kind, State = EntitlementKind, EntitlementPaymentState
OWN_COLUMNS = {
    Kind.LUMP_SUM: {"amount": 1, "insured_months": 1},
    Kind.SHORT_TERM: {"amount": 1, "days": 1},
    Kind.MONTHLY: {"monthly_amount": 1},
    Kind.UNEMPLOYMENT: {"monthly_amount": 1, "months_granted": 2, "months_received": 1, "months_kept": 0},
    Kind.OCCUPATIONAL: {"amount": 1, "impairment_percent": 5},
}


async def write(database: Database, *rows: Row) -> None:
    async with database.write() as work:
        for row in rows:
            await work.execute(insert(entitlement), row)


async def refuse(database: Database, row: Row) -> None:
    with pytest.raises(DBAPIError):
        await write(database, row)


async def test_one_of_each_kind(database: Database) -> None:
    await write(database, *GOOD.values())


async def test_a_kind_has_its_own_regimes(database: Database) -> None:
    for kind, row in GOOD.items():
        for regime in EntitlementRegime:
            changed = row | {"id": f"{kind.value}-{regime.value}"[-40:], "regime": regime}
            if regime in REGIMES[kind]:
                await write(database, changed)
            else:
                await refuse(database, changed)


async def test_a_kind_has_its_own_columns(database: Database) -> None:
    for kind, row in GOOD.items():
        for other in Kind:
            for column, value in OWN_COLUMNS[other].items():
                if column not in OWN_COLUMNS[kind]:
                    await refuse(database, row | {column: value})
                elif column != "insured_months":
                    await refuse(database, row | {column: None})


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Kind.LUMP_SUM, {"amount": 0}),
        (Kind.LUMP_SUM, {"insured_months": -1}),
        (Kind.SHORT_TERM, {"days": 0}),
        (Kind.MONTHLY, {"monthly_amount": -1}),
        (Kind.UNEMPLOYMENT, {"months_granted": 13}),
        (Kind.UNEMPLOYMENT, {"months_received": 7}),
        (Kind.UNEMPLOYMENT, {"months_kept": -1}),
        (Kind.OCCUPATIONAL, {"impairment_percent": 101}),
        (Kind.LUMP_SUM, {"payment_state": State.PAYING, "paid_on": None}),
        (Kind.MONTHLY, {"payment_state": State.PAID, "paid_on": dt.date(2025, 4, 1)}),
        (Kind.LUMP_SUM, {"paid_on": None}),
        (Kind.LUMP_SUM, {"payment_state": State.PENDING}),
        (Kind.MONTHLY, {"payment_state": State.ENDED, "ends_on": None}),
        (Kind.MONTHLY, {"payment_state": State.SUSPENDED, "ends_on": None}),
        (Kind.MONTHLY, {"ends_on": dt.date(2025, 2, 28)}),
        (Kind.MONTHLY, {"starts_on": dt.date(1900, 1, 1)}),
        (Kind.MONTHLY, {"decided_on": None}),
        (Kind.MONTHLY, {"agency_code": "01"}),
        (Kind.MONTHLY, {"agency_code": "0010A"}),
    ],
    ids=str,
)
async def test_no_entitlements(database: Database, kind: EntitlementKind, change: Row) -> None:
    await refuse(database, GOOD[kind] | change)


async def test_what_is_not_approved_needs_no_day(database: Database) -> None:
    change: Row = {"dossier_state": DossierState.UNDER_REVIEW, "decided_on": None}
    await write(database, GOOD[Kind.MONTHLY] | change)


async def test_a_dossier_grants_a_regime_once_a_day(database: Database) -> None:
    leave = GOOD[Kind.SHORT_TERM]
    await write(database, leave, leave | {"id": "2", "starts_on": dt.date(2025, 3, 2)})
    await refuse(database, leave | {"id": "3"})
