"""Importing visits: claims with the codes of facilities, what is refused and why, twice, changed, and broken off."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authoring import VIETNAM
from gateway.imports import Unreadable
from gateway.imports.running import Import
from plugins.health_book.importing import VISITS, moment
from plugins.health_book.models import visit
from plugins.health_book.visiting import CareKind, DischargeCondition, TreatmentResult, VisitReason
from tests.plugins.importing import (
    CODE,
    PEOPLE,
    Cells,
    Importing,
    check_reasons,
    importing_into,
    reasons,
    rows_in,
    written,
)
from tests.stores import Store

ROW: Final[Cells] = {
    "social_security_code": CODE,
    "record_code": "HS-0001",
    "facility_code": "79A01",
    "admitted_at": "202503010800",
    "discharged_at": "202503011100",
    "care_kind": "1",
    "reason": "1",
    "diagnosis_code": "J00",
    "diagnosis_name": "Viêm mũi họng cấp",
    "discharge_condition": "1",
    "treatment_result": "2",
    "card_number": CODE,
    "total_cost": "500000",
    "fund_payment": "360000",
    "co_payment": "90000",
    "own_payment": "45500",
    "other_payment": "4500",
}
GOES_ON: Final = dict.fromkeys(("discharged_at", "discharge_condition", "treatment_result"), "")


@pytest.fixture
def importing(store: Store, plugins: Mapping[str, object]) -> Importing:
    return importing_into(store, plugins, VISITS.name)


def test_visits_as_claims_tell_of_them(importing: Importing, store: Store, tmp_path: Path) -> None:
    rows = [
        ROW,
        {**ROW, "record_code": "2", "admitted_at": "2024-12-31T17:00Z", "care_kind": "inpatient"},
        {**ROW, "record_code": "3", "care_kind": "05", "reason": "EMERGENCY", **GOES_ON},
        {**ROW, "record_code": "4", "card_number": "GD4010012345678", "later_card_number": CODE},
    ]
    assert importing(written(tmp_path / "v.csv", VISITS, rows)).output == "4 of 4 rows are in the database.\n"
    found = {row["record_code"]: row for row in rows_in(store, visit)}
    first = found["HS-0001"]
    assert first["participant_id"] == PEOPLE[0].key
    assert first["admitted_at"] == dt.datetime(2025, 3, 1, 1, 0, tzinfo=dt.UTC)
    assert (first["care_kind"], first["reason"], first["discharge_condition"], first["treatment_result"]) == (
        CareKind.EXAMINATION,
        VisitReason.RIGHT_ROUTE,
        DischargeCondition.DISCHARGED,
        TreatmentResult.BETTER,
    )
    assert (found["2"]["year"], found["2"]["care_kind"]) == (2025, CareKind.INPATIENT)
    assert (found["3"]["care_kind"], found["3"]["discharged_at"]) == (CareKind.OTHER, None)
    assert (found["4"]["card_number"], found["4"]["later_card_number"]) == ("GD4010012345678", CODE)


def test_json_lines_say_the_same(importing: Importing, store: Store, tmp_path: Path) -> None:
    importing(written(tmp_path / "v.csv", VISITS, [ROW]))
    rows = rows_in(store, visit)
    file = tmp_path / "v.jsonl"
    file.write_text(json.dumps({**ROW, "total_cost": 500_000, "later_card_number": None}), encoding="utf-8")
    assert importing(file).output == "1 of 1 rows are in the database.\n"
    assert rows_in(store, visit) == rows


def test_a_record_again_is_changed_not_added(importing: Importing, store: Store, tmp_path: Path) -> None:
    importing(written(tmp_path / "1.csv", VISITS, [{**ROW, **GOES_ON}]))
    (before,) = rows_in(store, visit)
    importing(written(tmp_path / "2.csv", VISITS, [ROW, ROW]))
    (after,) = rows_in(store, visit)
    assert (after["id"], after["treatment_result"]) == (before["id"], TreatmentResult.BETTER)
    # Filed under the wrong person at first: the record goes to whom it is about.
    importing(
        written(tmp_path / "3.csv", VISITS, [{**ROW, "social_security_code": PEOPLE[1].social_security_code}])
    )
    assert [row["participant_id"] for row in rows_in(store, visit)] == [PEOPLE[1].key]


REFUSED: Final[tuple[tuple[Cells, Cells], ...]] = (
    ({"social_security_code": "0099999999"}, {"social_security_code": "is nobody's"}),
    ({"record_code": "số 1"}, {"record_code": "is not up to 64"}),
    ({"facility_code": "7901"}, {"facility_code": "is not a facility's code"}),
    ({"admitted_at": "201612312359"}, {"admitted_at": "is not from 2017 to 2199"}),
    ({"admitted_at": "2016-12-31T16:59:59Z"}, {"admitted_at": "is not from 2017 to 2199"}),
    ({"admitted_at": "202502300800"}, {"admitted_at": "is not a time"}),
    ({"admitted_at": "01/03/2025 08:00"}, {"admitted_at": "is not a time"}),
    ({"discharged_at": "202503010759"}, {"discharged_at": "is before admitted_at"}),
    (
        {"discharged_at": ""},
        {"discharge_condition": "goes with discharged_at", "treatment_result": "goes with discharged_at"},
    ),
    ({"treatment_result": ""}, {"treatment_result": "is missing beside discharged_at"}),
    ({"care_kind": "77"}, {"care_kind": "is not one of"}),
    ({"reason": "5"}, {"reason": "is not one of"}),
    ({"discharge_condition": "6"}, {"discharge_condition": "is not one of"}),
    ({"diagnosis_code": "J"}, {"diagnosis_code": "is not a code of ICD-10"}),
    ({"diagnosis_name": ""}, {"diagnosis_name": "is missing"}),
    ({"card_number": "GD9010012345678"}, {"card_number": "is not the number of a card"}),
    ({"later_card_number": CODE}, {"later_card_number": "is the same as card_number"}),
    ({"total_cost": "500001"}, {"total_cost": "is not fund_payment + co_payment"}),
    ({"co_payment": "-90000"}, {"co_payment": "is not a whole number of đồng"}),
    ({"own_payment": ""}, {"own_payment": "is missing"}),
    (
        {"total_cost": "1", "discharged_at": "202403010800", "admitted_at": "201603010800"},
        {"total_cost": "is not fund_payment", "admitted_at": "is not from 2017"},
    ),
)
"""What is changed in a row, and the columns at fault with what their reasons begin with."""


def test_rows_that_are_refused(importing: Importing, store: Store, tmp_path: Path) -> None:
    bad = [{**ROW, "record_code": "bad", **change} for change, _ in REFUSED]
    importing(written(tmp_path / "v.csv", VISITS, [*bad, ROW]), status=1)
    check_reasons(tmp_path / "v.csv.refused.csv", [faults for _, faults in REFUSED])
    assert [row["record_code"] for row in rows_in(store, visit)] == ["HS-0001"]


def test_a_file_that_was_broken_off_goes_on_where_it_was(
    importing: Importing, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows than a batch; the process stops when the first batch is done, and is started again."""
    rows = [{**ROW, "record_code": str(number)} for number in range(2_500)]
    rows[7] = {**rows[7], "total_cost": "1"}
    rows[2_400] = {**rows[2_400], "care_kind": "77"}
    file = written(tmp_path / "v.csv", VISITS, rows)
    with monkeypatch.context() as patched:
        whole = Import._batch
        done: list[object] = []

        async def once(self: Import, *arguments: object) -> object:
            if done:
                raise KeyboardInterrupt
            done.append(self)
            return await whole(self, *arguments)  # type: ignore[arg-type]

        patched.setattr(Import, "_batch", once)
        importing(file, status=1)
    assert len(rows_in(store, visit)) == 1_999
    assert importing(file, status=1).output.startswith("2498 of 2500 rows are in the database.\n")
    assert len(rows_in(store, visit)) == 2_498
    assert [(line, column) for line, column, _ in reasons(tmp_path / "v.csv.refused.csv")] == [
        (9, "total_cost"),
        (2_402, "care_kind"),
    ]


@given(st.datetimes(dt.datetime(2017, 1, 1), dt.datetime(2199, 12, 31)))  # noqa: DTZ001 - Vietnam's time
def test_times_are_vietnams_unless_they_say_otherwise(naive: dt.datetime) -> None:
    expected = naive.replace(second=0, microsecond=0, tzinfo=VIETNAM)
    spelt = (
        f"{expected:%Y%m%d%H%M}",
        f"{expected:%Y-%m-%dT%H:%M}",
        f"{expected:%Y-%m-%d %H:%M:%S}",
        expected.isoformat(),
        f"{expected.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}Z",
    )
    assert {moment(cell) for cell in spelt} == {expected}


@pytest.mark.parametrize(
    "cell", ["2025", "2025-W09-4T08:00", "٢٠٢٥٠٣٠١٠٨٠٠", "202513010800", "0001-01-01T00:00"]
)
def test_no_times(cell: str) -> None:
    with pytest.raises(Unreadable, match="is not a time"):
        moment(cell)
