"""Plans: one for each shape of request, compiled when it is first met, bounded, and gone with their document."""

from __future__ import annotations

import gc
import itertools
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from gateway.access import ANONYMOUS, Audience, Rule, Viewer, only, scope
from gateway.app import Application
from gateway.planning import planner as planning
from gateway.planning.compiling import compiled
from gateway.planning.planner import MOST_SHAPES, Planner
from gateway.planning.shapes import Questions
from tests.gateway.clinic.people import AN, BINH, officer, participant
from tests.gateway.planning.preparing import prepared, ready, reason

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

ME = participant(AN)
READER = officer("clinic:read")


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> Sequence[object]:
    """Grows with each plan that is compiled."""
    made: list[object] = []

    def noted(*given: Any) -> Any:
        made.append(given)
        return compiled(*given)

    monkeypatch.setattr(planning, "compiled", noted)
    return made


async def test_a_shape_is_compiled_once(clinic: Application, compilations: Sequence[object]) -> None:
    """Other values, viewers and subjects need no other plan."""
    text = "query ($day: Date, $n: Int) { me { visits(since: $day, first: $n) { totalCount } } }"
    document = prepared(clinic, Audience.PARTICIPANT, text)
    for who, day, size in ((AN, "2025-06-02", 1), (AN, "2025-06-03", 20), (BINH, "0999-01-01", 0)):
        ready(clinic, participant(who), document, {"day": day, "n": size})
    assert len(compilations) == 1


@pytest.mark.parametrize(
    ("viewer", "text", "others"),
    [
        (ME, "query ($v: Boolean!) { me { id fullName @skip(if: $v) } }", [{"v": True}, {"v": False}]),
        (ME, "query ($v: Boolean!) { me { ...F } } fragment F on Participant { id @include(if: $v) }",
         [{"v": True}, {"v": False}]),
        (ME, "query ($v: Date) { me { visits(since: $v) { totalCount } } }", [{"v": "2025-01-01"}, {"v": None}]),
        (ME, "query ($v: Int) { me { visits(last: $v) { totalCount } } }", [{"v": 3}, {}]),
    ],
)  # fmt: skip
async def test_what_decides_statements_needs_a_plan_of_its_own(
    clinic: Application,
    compilations: Sequence[object],
    viewer: Viewer,
    text: str,
    others: Sequence[Mapping[str, object]],
) -> None:
    """Conditions, and whether filters and pages are given; null is not given."""
    document = prepared(clinic, viewer.audience, text)
    for variables in (*others, *others):
        ready(clinic, viewer, document, variables)
    assert len(compilations) == len(others)


async def test_row_scopes_need_plans_of_their_own(
    clinic: Application, compilations: Sequence[object]
) -> None:
    """One where rows are narrowed, one where they are not, none where a claim is missing; claims are values."""
    document = prepared(clinic, Audience.OFFICER, "{ wards { totalCount } }")
    for viewer in (
        officer("clinic:read", agency="HN"),
        officer("clinic:read", agency="HP"),
        officer("clinic:read", "clinic:all"),
    ):
        ready(clinic, viewer, document)
    assert len(compilations) == 2


async def test_shapes_are_bounded(clinic: Application, compilations: Sequence[object]) -> None:
    """A document with many conditions cannot fill the memory; what has a plan keeps it."""
    names = [f"v{number}" for number in range(7)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: __typename @skip(if: ${name})" for name in names)
    document = prepared(clinic, Audience.PARTICIPANT, f"query ({declared}) {{ me {{ id {fields} }} }}")
    shapes = [dict(zip(names, truths, strict=True)) for truths in itertools.product((True, False), repeat=7)]
    assert len(shapes) > MOST_SHAPES
    for variables in shapes[:MOST_SHAPES]:
        ready(clinic, ME, document, variables)
    for variables in shapes[MOST_SHAPES:]:
        assert reason(clinic, ME, document, variables) == "too many shapes"
    for variables in shapes[:MOST_SHAPES]:
        ready(clinic, ME, document, variables)
    assert len(compilations) == MOST_SHAPES


async def test_documents_that_ask_the_same_share_their_plans(
    clinic: Application, compilations: Sequence[object]
) -> None:
    """Whatever their operations are called and however they are laid out; the plans stay as long as one of them does."""
    text = "query %s { me { ...F } } fragment F on Participant { id fullName }"
    documents = [prepared(clinic, Audience.PARTICIPANT, text % name) for name in ("", "First", "Second")]
    documents.append(prepared(clinic, Audience.PARTICIPANT, (text % "").replace(" ", "\n  ")))
    for document in documents:
        ready(clinic, ME, document)
    del documents[0]
    gc.collect()
    for document in documents:
        ready(clinic, ME, document)
    assert len(compilations) == 1


@pytest.mark.parametrize(
    "other",
    [
        "query { me { ...F } } fragment F on Participant { id name: fullName }",
        "query { me { ...F } } fragment F on Participant { fullName id }",
        "query { me { ...F id } } fragment F on Participant { id fullName }",
        "query ($v: Int) { me { ...F friends(atMost: $v) { id } } } fragment F on Participant { id fullName }",
    ],
)
async def test_documents_that_ask_otherwise_have_plans_of_their_own(
    clinic: Application, compilations: Sequence[object], other: str
) -> None:
    """An alias, an order or a field more is another answer."""
    texts = ("query { me { ...F } } fragment F on Participant { id fullName }", other)
    documents = [prepared(clinic, Audience.PARTICIPANT, text) for text in texts]
    for document in documents:
        ready(clinic, ME, document, {"v": 1} if "$v" in document.text else {})
    assert len(compilations) == 2


async def test_plans_go_with_their_document(clinic: Application) -> None:
    """The cache of documents is bounded, and with it that of plans."""
    document = prepared(clinic, Audience.PARTICIPANT, "{ me { fullName } }")
    (operation,) = document.operations.values()
    plans = weakref.ref(clinic.planner.operation(document, operation, Audience.PARTICIPANT))
    answer = ready(clinic, ME, document)
    kept = plans()
    assert kept is not None
    assert len(kept.plans) == 1
    del document, operation, answer, kept
    gc.collect()
    assert plans() is None


async def test_a_failing_compiler_is_told_once(
    clinic: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The reference answers; the log names the document, and the shape is not tried again."""

    def failing(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(planning, "compiled", failing)
    document = prepared(clinic, Audience.PARTICIPANT, "{ me { fullName } }")
    assert [reason(clinic, ME, document) for _ in range(3)] == ["compiler"] * 3
    assert [record.getMessage() for record in caplog.records] == [
        f"the compiler failed on {document.hash[:12]}"
    ]


@pytest.mark.parametrize(
    ("viewer", "text", "variables", "told"),
    [
        (ANONYMOUS, "{ __schema { queryType { name } } }", {}, "Query.__schema is not declared data"),
        (ANONYMOUS, '{ __type(name: "Query") { name } }', {}, "Query.__type is not declared data"),
        (officer(), "{ patients { totalCount } }", {}, "rule of Query.patients"),
        (ME, 'query { participant(id: "00-binh") { fullName } }', {}, "rule of Participant.fullName"),
        (ME, '{ me { visits(after: "x") { totalCount } } }', {}, "BAD_USER_INPUT"),
        (ME, "query ($v: Int) { me { visits(first: $v) { totalCount } } }", {"v": 101}, "LIMIT_EXCEEDED"),
        (ME, '{ me { visits(doctor: "far too long for the name of anybody") { totalCount } } }', {},
         "BAD_USER_INPUT"),
        (ME, "query ($v: Boolean = true) { me { id @skip(if: $v) } }", {"v": None}, "condition"),
        (ME, "query ($v: Int!) { me { friends(atMost: $v) { id } } }", {"v": "1"}, "variables"),
        (ME, "query ($v: Int!) { me { friends(atMost: $v) { id } } }", {}, "variables"),
        (ME, "query ($v: Int) { me { friends(atMost: $v) { id } } }", {"v": None}, "arguments"),
    ],
)  # fmt: skip
async def test_requests_without_a_plan(
    clinic: Application, viewer: Viewer, text: str, variables: Mapping[str, object], told: str
) -> None:
    """The reason is a fixed word or a coordinate, and never anything that was sent."""
    assert reason(clinic, viewer, text, variables) == told


async def test_a_rule_is_asked_before_anything_is_read(clinic: Application) -> None:
    """On the viewer alone, and about keys that requests bring; for each key of its own."""
    text = "query ($other: ID!) { me { nickname } participant(id: $other) { nickname } }"
    document = prepared(clinic, Audience.PARTICIPANT, text)
    ready(clinic, ME, document, {"other": AN})
    assert reason(clinic, ME, document, {"other": BINH}) == "rule of Participant.nickname"


async def test_warming_compiles_both_ends(clinic: Application, compilations: Sequence[object]) -> None:
    """Requests that give everything and those that give nothing find their plans; what has none is told."""
    planner: Planner = clinic.planner
    plain = "query ($a: Date, $b: Boolean!) { me { id @skip(if: $b) visits(since: $a) { totalCount } } }"
    document = prepared(clinic, Audience.PARTICIPANT, plain)
    assert list(planner.warmed(document, Audience.PARTICIPANT)) == []
    assert len(compilations) == 2
    ready(clinic, ME, document, {"a": "2025-01-01", "b": True})
    ready(clinic, ME, document, {"b": False})
    assert len(compilations) == 2
    assert len(compilations) == 2
    wards = prepared(clinic, Audience.OFFICER, "{ wards { totalCount } }")
    assert list(planner.warmed(wards, Audience.OFFICER)) == []
    assert len(compilations) == 4
    introspection = prepared(clinic, Audience.PARTICIPANT, "{ __schema { queryType { name } } }")
    assert list(planner.warmed(introspection, Audience.PARTICIPANT)) == [
        "Query.__schema is not declared data"
    ]


async def test_nobody_is_expected_to_be_narrowed_whom_a_scope_leaves_alone(clinic: Application) -> None:
    """Whatever they hold; a rule that cannot do without a claim is taken to narrow."""
    found = clinic.assembly.model.row_sets.values()
    wards = next(row_set for row_set in found if row_set.rows is not None)

    def extremes(unless: Rule, audience: Audience) -> list[Any]:
        rows = replace(wards.rows, unless=unless)  # type: ignore[type-var]
        return [key[2] for key in Questions((), (), (replace(wards, rows=rows),)).extremes(audience)]

    lifted = only(Audience.PARTICIPANT) | scope("clinic:all")
    assert extremes(lifted, Audience.PARTICIPANT) == [(False,)]
    assert extremes(lifted, Audience.OFFICER) == [(True,), (False,)]
    claimed = replace(lifted, admits=lambda viewer, _: viewer.claims["agency"] == "HN")
    assert extremes(claimed, Audience.OFFICER) == [(True,), (False,)]
