"""Importing entitlements: rows of every kind, what is refused and why, and that a file can be given twice or broken off."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from plugins.entitlements.importing import ENTITLEMENTS
from plugins.entitlements.models import DossierState, entitlement
from plugins.entitlements.regimes import EntitlementKind, EntitlementPaymentState, EntitlementRegime
from tests.plugins.importing import (
    CODE,
    PEOPLE,
    Cells,
    Importing,
    check_reasons,
    importing_into,
    rows_in,
    written,
)
from tests.stores import Store

ANY: Final = {
    "social_security_code": CODE,
    "dossier_number": "00001/2025/00101",
    "dossier_state": "APPROVED",
    "decided_on": "2025-03-10",
    "starts_on": "2025-03-01",
    "ends_on": "2025-08-31",
    "payment_method": "CASH",
    "agency_code": "00101",
    "agency_name": "BHXH cơ sở",
}
PAID: Final = {"payment_state": "PAID", "paid_on": "2025-03-20"}
ROWS: Final[Mapping[str, Cells]] = {
    "LUMP_SUM": ANY
    | PAID
    | {"kind": "LUMP_SUM", "regime": "FUNERAL", "amount": "70000000", "insured_months": "60"},
    "SHORT_TERM": ANY
    | PAID
    | {"kind": "SHORT_TERM", "regime": "Thai sản", "amount": "36000000", "days": "180", "note": "Sinh con"},
    "MONTHLY": ANY
    | {"kind": "monthly", "regime": "PENSION", "monthly_amount": "3000000", "payment_state": "PAYING"},
    "UNEMPLOYMENT": ANY
    | {
        "kind": "UNEMPLOYMENT",
        "regime": "UNEMPLOYMENT_BENEFIT",
        "monthly_amount": "4000000",
        "payment_state": "Đang hưởng",
        "months_granted": "6",
        "months_received": "2",
        "months_kept": "17",
    },
    "OCCUPATIONAL": ANY
    | PAID
    | {
        "kind": "OCCUPATIONAL",
        "regime": "OCCUPATIONAL_DISEASE",
        "amount": "20000000",
        "impairment_percent": "15",
    },
}


@pytest.fixture
def importing(store: Store, plugins: Mapping[str, object]) -> Importing:
    return importing_into(store, plugins, ENTITLEMENTS.name)


def test_a_row_of_each_kind(importing: Importing, store: Store, tmp_path: Path) -> None:
    file = written(tmp_path / "e.csv", ENTITLEMENTS, ROWS.values())
    assert importing(file).output == "5 of 5 rows are in the database.\n"
    rows = {row["kind"]: row for row in rows_in(store, entitlement)}
    assert set(rows) == set(EntitlementKind)
    assert {row["participant_id"] for row in rows.values()} == {PEOPLE[0].key}
    leave = rows[EntitlementKind.SHORT_TERM]
    assert (leave["regime"], leave["days"], leave["amount"], leave["note"]) == (
        EntitlementRegime.MATERNITY,
        180,
        36_000_000,
        "Sinh con",
    )
    assert (leave["decided_on"], leave["social_security_code"]) == (dt.date(2025, 3, 10), CODE)
    benefit = rows[EntitlementKind.UNEMPLOYMENT]
    assert (benefit["payment_state"], benefit["months_kept"]) == (EntitlementPaymentState.PAYING, 17)


def test_json_lines_say_the_same(importing: Importing, store: Store, tmp_path: Path) -> None:
    importing(written(tmp_path / "e.csv", ENTITLEMENTS, ROWS.values()))
    rows = rows_in(store, entitlement)
    file = tmp_path / "e.jsonl"
    lines = [dict(row) | {"insured_months": None} if "days" in row else dict(row) for row in ROWS.values()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert importing(file).output == "5 of 5 rows are in the database.\n"
    assert rows_in(store, entitlement) == rows


def test_a_dossier_that_is_approved_later_is_changed_not_added(
    importing: Importing, store: Store, tmp_path: Path
) -> None:
    before = dict(ROWS["SHORT_TERM"]) | {
        "dossier_state": "UNDER_REVIEW",
        "decided_on": "",
        "payment_state": "PENDING",
        "paid_on": "",
    }
    importing(written(tmp_path / "1.csv", ENTITLEMENTS, [before]))
    (row,) = rows_in(store, entitlement)
    assert row["dossier_state"] is DossierState.UNDER_REVIEW
    importing(written(tmp_path / "2.csv", ENTITLEMENTS, [ROWS["SHORT_TERM"]]))
    (after,) = rows_in(store, entitlement)
    assert (after["id"], after["dossier_state"]) == (row["id"], DossierState.APPROVED)
    assert importing(tmp_path / "2.csv", "--again").output == "1 of 1 rows are in the database.\n"
    assert rows_in(store, entitlement) == [after]


def test_a_code_that_was_merged_is_kept_as_it_was(importing: Importing, store: Store, tmp_path: Path) -> None:
    row = {**ROWS["MONTHLY"], "dossier_code": "0099999999"}
    importing(written(tmp_path / "e.csv", ENTITLEMENTS, [row]))
    (found,) = rows_in(store, entitlement)
    assert (found["participant_id"], found["social_security_code"]) == (PEOPLE[0].key, "0099999999")


REFUSED: Final[tuple[tuple[str, Cells, Cells], ...]] = (
    ("MONTHLY", {"social_security_code": "0099999999"}, {"social_security_code": "is nobody's"}),
    ("MONTHLY", {"kind": "LIFE"}, {"kind": "is not one of"}),
    ("MONTHLY", {"regime": "SICKNESS"}, {"regime": "is not one of this kind"}),
    ("MONTHLY", {"dossier_number": "số 1"}, {"dossier_number": "is not a number of up to 32"}),
    ("MONTHLY", {"dossier_state": "LOST"}, {"dossier_state": "is not one of"}),
    ("MONTHLY", {"dossier_code": "12"}, {"dossier_code": "is not ten digits"}),
    ("MONTHLY", {"decided_on": ""}, {"decided_on": "is missing beside APPROVED"}),
    ("MONTHLY", {"decided_on": "10/03/2025"}, {"decided_on": "is not a day"}),
    ("MONTHLY", {"starts_on": ""}, {"starts_on": "is missing"}),
    ("MONTHLY", {"starts_on": "1944-12-31"}, {"starts_on": "is not from 1945-01-01"}),
    ("MONTHLY", {"ends_on": "2025-02-28"}, {"ends_on": "is before starts_on"}),
    ("MONTHLY", {"payment_state": "PAID"}, {"payment_state": "is none of", "paid_on": "is missing"}),
    ("MONTHLY", {"payment_state": "ENDED", "ends_on": ""}, {"ends_on": "is missing beside"}),
    ("MONTHLY", {"payment_method": "GOLD"}, {"payment_method": "is not one of"}),
    ("MONTHLY", {"paid_on": "2025-03-20"}, {"paid_on": "goes with PAID alone"}),
    ("MONTHLY", {"agency_code": "01"}, {"agency_code": "is not three or five digits"}),
    ("MONTHLY", {"agency_name": "x" * 201}, {"agency_name": "is longer than 200"}),
    ("MONTHLY", {"monthly_amount": ""}, {"monthly_amount": "is missing; this kind has one"}),
    ("MONTHLY", {"monthly_amount": "0"}, {"monthly_amount": "is nothing"}),
    ("MONTHLY", {"monthly_amount": "3.000.000"}, {"monthly_amount": "is not a whole number of đồng"}),
    ("MONTHLY", {"amount": "1", "days": "1"}, {"amount": "is none of this kind", "days": "is none of"}),
    ("MONTHLY", {"insured_months": "1"}, {"insured_months": "is none of this kind"}),
    ("LUMP_SUM", {"amount": ""}, {"amount": "is missing; this kind has one"}),
    ("LUMP_SUM", {"payment_state": "PENDING"}, {"paid_on": "goes with PAID alone"}),
    ("LUMP_SUM", {"paid_on": ""}, {"paid_on": "is missing beside PAID"}),
    ("LUMP_SUM", {"payment_state": "PAYING", "paid_on": ""}, {"payment_state": "is none of this kind"}),
    ("SHORT_TERM", {"days": "0"}, {"days": "is not a whole number from 1"}),
    ("UNEMPLOYMENT", {"months_granted": "13"}, {"months_granted": "is not a whole number from 1 to 12"}),
    ("UNEMPLOYMENT", {"months_received": "7"}, {"months_received": "is more than months_granted"}),
    ("UNEMPLOYMENT", {"months_kept": ""}, {"months_kept": "is missing; this kind has one"}),
    ("OCCUPATIONAL", {"impairment_percent": "101"}, {"impairment_percent": "is not a whole number"}),
    ("OCCUPATIONAL", {"note": "a\u202eb", "days": "5"}, {"note": "has control characters"}),
)
"""A kind, what is changed in its row, and the columns at fault with what their reasons begin with."""


def test_rows_that_are_refused(importing: Importing, store: Store, tmp_path: Path) -> None:
    bad = [{**ROWS[kind], **change} for kind, change, _ in REFUSED]
    importing(written(tmp_path / "e.csv", ENTITLEMENTS, [*bad, *ROWS.values()]), status=1)
    check_reasons(tmp_path / "e.csv.refused.csv", [faults for *_, faults in REFUSED])
    assert len(rows_in(store, entitlement)) == len(ROWS)
