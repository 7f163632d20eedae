"""Parts of plans: those that do the same are one, for as long as a plan has them; what code can tell apart is not the same."""

from __future__ import annotations

import datetime as dt
import gc
import weakref
from typing import Any

import orjson
import pytest

from gateway.access import Audience
from gateway.app import Application
from gateway.planning.plan import Plan
from gateway.planning.planner import OperationPlans
from gateway.planning.script import Script
from gateway.planning.sharing import Exactly, Shared
from tests.gateway.clinic.people import AN, participant
from tests.gateway.planning.preparing import context, prepared, ready

ME = participant(AN)
SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
VISITS = "{ me { fullName birthDate visits(first: %s) { edges { cursor node { %s } } } } }"


class Word(str):
    """Text that may do what text does not."""

    __slots__ = ()


ALIKE = (1, True, 1.0, 0, False, 0.0, -0.0, "1", Word("1"), b"1", None, dt.date(2025, 1, 1), "2025-01-01")
"""Values some of which Python takes for equal."""


@pytest.mark.parametrize("one", ALIKE)
@pytest.mark.parametrize("other", ALIKE)
def test_values_are_the_same_that_code_cannot_tell_apart(one: object, other: object) -> None:
    """Types and signs count."""
    same = type(one) is type(other) and repr(one) == repr(other)
    assert (Exactly(one) == Exactly(other)) is same
    shared = Shared()
    functions = [_giving(shared, value) for value in (one, other)]
    assert (functions[0] is functions[1]) is same
    for function, value in zip(functions, (one, other), strict=True):
        given = function([], [], None)
        assert (type(given), repr(given)) == (type(value), repr(value))


def _giving(shared: Shared, value: object) -> Any:
    script = Script()
    script.constant("what else the plan has")
    return shared.function(script.collecting(script.constant(value)))


def test_functions_of_other_constants_are_others() -> None:
    """What may change is the same only where it is the same object."""
    shared, items = Shared(), [1]
    one, other = (_giving(shared, items), _giving(shared, [1]))
    assert one is not other
    assert one is _giving(shared, items)


@pytest.fixture
def plans(clinic: Application) -> Any:
    """The plans of a document."""

    def of(text: str) -> OperationPlans:
        document = prepared(clinic, Audience.PARTICIPANT, text)
        (operation,) = document.operations.values()
        return clinic.planner.operation(document, operation, Audience.PARTICIPANT)

    return of


def _every(found: OperationPlans) -> Plan:
    return found.plan(found.questions.extremes(Audience.PARTICIPANT)[0])


@SQLITE
async def test_documents_that_differ_in_part_share_the_rest(plans: Any) -> None:
    """An alias is another answer of the same rows; other columns are another statement beside the same values."""
    kept = [
        plans(VISITS % given) for given in ((5, "doctor"), (5, "by: doctor"), (5, "minutes"), (6, "doctor"))
    ]
    one, alias, column, page = (_every(found) for found in kept)
    assert len({found.questions for found in kept}) == 1
    assert one.assemble is not alias.assemble
    assert (one.rounds, one.values) == (alias.rounds, alias.values)
    assert one.values is column.values
    assert one.rounds[0].statements[0] is column.rounds[0].statements[0]
    assert one.rounds[0].statements[1] is not column.rounds[0].statements[1]
    assert one.values is not page.values
    assert (one.rounds, one.assemble) == (page.rounds, page.assemble)


@SQLITE
async def test_shapes_of_one_document_share_how_the_answer_is_put_together(plans: Any) -> None:
    """A filter that is not given is another statement, and no other answer."""
    found = plans("query ($day: Date) { me { fullName visits(since: $day) { totalCount } } }")
    given, absent = (found.plan(key) for key in found.questions.extremes(Audience.PARTICIPANT))
    assert given.rounds[0].statements[0] is absent.rounds[0].statements[0]
    assert given.assemble is absent.assemble
    assert given.rounds[0] is not absent.rounds[0]


@SQLITE
async def test_parts_go_with_the_last_plan_that_has_them(clinic: Application, plans: Any) -> None:
    """The cache of documents is bounded, and with it what is shared."""
    before = len(clinic.planner._catalogs[Audience.PARTICIPANT].shared)
    one, other = plans(VISITS % (5, "doctor")), plans(VISITS % (5, "by: doctor"))
    parts = [weakref.ref(part) for part in (_every(one).rounds[0], _every(one).values)]
    _every(other)
    del one
    gc.collect()
    assert [part() is None for part in parts] == [False, False]
    del other
    gc.collect()
    assert [part() is None for part in parts] == [True, True]
    assert len(clinic.planner._catalogs[Audience.PARTICIPANT].shared) == before


async def test_aliases_may_look_like_the_names_in_a_plan(clinic: Application) -> None:
    """They are only ever keys of the answer."""
    fields = "c1: fullName c2: birthDate v0: id d0: nickname v9: fullName d9: id r0: id aside: id"
    text = f"{{ values: me {{ {fields} visits(first: 1) {{ c3: edges {{ d1: node {{ c9: id }} }} }} }} }}"
    body = await ready(clinic, ME, text).answer(context(clinic, ME))
    found = orjson.loads(body)["data"]["values"]
    assert found["v0"] == found["d9"] == found["r0"] == found["aside"] == AN
    assert found["c1"] == found["v9"]
    assert list(found["visits"]["c3"][0]["d1"]) == ["c9"]
