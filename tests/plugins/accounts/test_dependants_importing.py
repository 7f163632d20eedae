"""Importing guardians: who acts for whom from then on, what is refused and why, and that it can end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from plugins.accounts.dependants.importing import DEPENDANTS
from plugins.accounts.dependants.models import Relation, dependant
from tests.plugins.importing import PEOPLE, Cells, Importing, check_reasons, importing_into, rows_in, written
from tests.stores import Store

CHILD, MOTHER, FATHER = (person.social_security_code for person in PEOPLE)
ROW: Final = {
    "social_security_code": CHILD,
    "guardian_code": MOTHER,
    "relation": "Mẹ",
    "registered_on": "2020-06-01",
}


@pytest.fixture
def importing(store: Store, plugins: Mapping[str, object]) -> Importing:
    return importing_into(store, plugins, DEPENDANTS.name)


def test_guardians_of_a_child_and_the_end_of_it(importing: Importing, store: Store, tmp_path: Path) -> None:
    both = [ROW, ROW | {"guardian_code": FATHER, "relation": "father"}]
    file = written(tmp_path / "d.csv", DEPENDANTS, both)
    assert importing(file).output == "2 of 2 rows are in the database.\n"
    before = rows_in(store, dependant)
    assert {(row["guardian_id"], row["child_id"], row["relation"]) for row in before} == {
        (PEOPLE[1].key, PEOPLE[0].key, Relation.MOTHER),
        (PEOPLE[2].key, PEOPLE[0].key, Relation.FATHER),
    }
    assert {row["registered_at"] for row in before} == {dt.datetime(2020, 5, 31, 17, tzinfo=dt.UTC)}
    importing(file, "--again")
    assert rows_in(store, dependant) == before

    ended = written(tmp_path / "ended.csv", DEPENDANTS, [ROW | {"ended_on": "2020-09-01"}])
    importing(ended)
    ends = {row["guardian_id"]: row["ended_at"] for row in rows_in(store, dependant)}
    assert ends == {PEOPLE[1].key: dt.datetime(2020, 8, 31, 17, tzinfo=dt.UTC), PEOPLE[2].key: None}
    importing(written(tmp_path / "anew.csv", DEPENDANTS, [ROW | {"registered_on": "2020-10-01"}]))
    assert len(rows_in(store, dependant)) == 3


FAULTS: Final[tuple[tuple[dict[str, str], Cells], ...]] = (
    ({"social_security_code": "0099999999"}, {"social_security_code": "is nobody's"}),
    ({"guardian_code": "0099999999"}, {"guardian_code": "is nobody's"}),
    (
        {"guardian_code": "0099999999", "social_security_code": "0099999998"},
        {"guardian_code": "is nobody's", "social_security_code": "is nobody's"},
    ),
    ({"guardian_code": CHILD}, {"guardian_code": "is the child's own"}),
    ({"guardian_code": ""}, {"guardian_code": "is missing"}),
    ({"guardian_code": "123"}, {"guardian_code": "is not ten digits"}),
    ({"relation": "aunt"}, {"relation": "is not one of"}),
    ({"registered_on": "01/06/2020"}, {"registered_on": "is not a day"}),
    ({"ended_on": "2020-05-31"}, {"ended_on": "is before registered_on"}),
)


def test_what_is_refused(importing: Importing, store: Store, tmp_path: Path) -> None:
    file = written(tmp_path / "d.csv", DEPENDANTS, [ROW | differs for differs, _ in FAULTS])
    importing(file, status=1)
    check_reasons(tmp_path / "d.csv.refused.csv", [expected for _, expected in FAULTS])
    assert rows_in(store, dependant) == []


def test_nobody_is_registered_twice_at_a_time(importing: Importing, store: Store, tmp_path: Path) -> None:
    file = written(tmp_path / "d.csv", DEPENDANTS, [ROW, ROW | {"registered_on": "2020-07-01"}])
    importing(file, status=1)
    check_reasons(tmp_path / "d.csv.refused.csv", [{}, {"": "breaks a rule of the table"}])
    assert len(rows_in(store, dependant)) == 1
