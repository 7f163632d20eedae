"""The equality check passes where executors agree, and notices each way in which one may be wrong."""

from __future__ import annotations

import itertools
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.execution import Answer
from gateway.migrations import MigrationBranch
from gateway.testing import Equality, check_equality, running
from gateway.testing.canaries import Canary, canaries_of
from gateway.testing.equality import Execute, executors_of
from gateway.testing.harvest import harvested
from tests.gateway.clinic import people, plugin
from tests.stores import Store

Fault = Callable[[bytes], bytes]


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    """The clinic's tables."""
    tables = plugin.database_tables()
    return (MigrationBranch("clinic", tables.migrations, tables.metadata),)


async def test_the_reference_agrees_with_itself(store: Store) -> None:
    """On every source, by viewers of every audience; most fields of every schema are asked for."""
    coverage = await check_equality(
        {"clinic": plugin}, store.url, people.ROWS, people.VIEWERS, cases=200, least_data=0.4
    )
    assert coverage.requests == 600
    assert coverage.with_cursor > 60
    assert coverage.codes.keys() <= {"FORBIDDEN", "BAD_USER_INPUT", "LIMIT_EXCEEDED"}
    assert coverage.codes["FORBIDDEN"] > 20
    assert coverage.codes["BAD_USER_INPUT"] > 10
    assert {audience for audience, _ in coverage.selected} == set(Audience)


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    """The clinic with its people."""
    async with running({"clinic": plugin}, store.url, people.ROWS) as application:
        yield application


async def equality(
    clinic: Application,
    executors: Mapping[str, Execute],
    viewers: Sequence[Viewer] = people.VIEWERS,
    canaries: Sequence[Canary] = (),
) -> Equality:
    """A check of given executors."""
    return Equality(
        {audience: schema.graph for audience, schema in clinic.assembly.schemas.items()},
        executors,
        viewers,
        await harvested(clinic, viewers),
        codes={code.name for code in clinic.contributions.codes},
        canaries=canaries,
    )


def altered(execute: Execute, fault: Fault) -> Execute:
    """An executor whose every answer goes through a fault."""

    async def run(
        audience: Audience, viewer: Viewer, document: str, variables: Mapping[str, object], name: str | None
    ) -> Answer:
        answer = await execute(audience, viewer, document, variables, name)
        return replace(answer, body=fault(answer.body))

    return run


def reversed_keys(body: bytes) -> bytes:
    """The same answer in another order."""
    answer = orjson.loads(body)
    return orjson.dumps(dict(reversed(answer["data"].items()))) if answer.get("data") else body


def without_codes(body: bytes) -> bytes:
    """Errors with nothing but a text."""
    answer = orjson.loads(body)
    errors = [{"message": error["message"]} for error in answer.get("errors", ())]
    return orjson.dumps({**answer, "errors": errors}) if errors else body


SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@SQLITE
@pytest.mark.parametrize(
    "fault",
    [
        lambda body: body.replace(b"Ha", b"ha"),
        lambda body: body.replace(b"true", b"false"),
        lambda body: body.replace(b'"code":"FORBIDDEN"', b'"code":"BAD_USER_INPUT"'),
        reversed_keys,
    ],
)
async def test_a_second_executor_that_differs(clinic: Application, fault: Fault) -> None:
    """One letter, one flag, one code, the order of keys: all of it is seen; a small case is shown."""
    (reference, *_) = executors_of(clinic).values()
    check = await equality(clinic, {"reference": reference, "planner": altered(reference, fault)})
    with pytest.raises(AssertionError, match="planner answers otherwise than reference") as caught:
        await check.check(cases=200, seed=1, patience=1)
    assert "viewer: Viewer(" in str(caught.value)


@SQLITE
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (without_codes, "error without a documented code: None"),
        (lambda body: body.replace(b'"FORBIDDEN"', b'"OOPS"'), "error without a documented code: OOPS"),
        (lambda body: body.replace(b'"FORBIDDEN"', b'"INTERNAL"'), "an INTERNAL error"),
        (
            lambda body: b'{"errors":[{"message":"no","extensions":{"code":"DOCUMENT_INVALID"}}]}',
            "a valid operation is refused",
        ),
        (lambda body: b'{"data":null}', "proves little"),
    ],
)
async def test_a_single_executor_that_is_wrong(clinic: Application, fault: Fault, told: str) -> None:
    """What no comparison shows: errors of no known code, refusals of valid operations, answers that hold nothing."""
    (reference, *_) = executors_of(clinic).values()
    check = await equality(clinic, {"reference": altered(reference, fault)})
    with pytest.raises(AssertionError, match=told):
        await check.check(cases=60, seed=1, patience=1)


@SQLITE
async def test_an_executor_that_depends_on_chance(clinic: Application) -> None:
    """Run twice, the only executor there is must agree with itself."""
    turns = itertools.count()
    (reference, *_) = executors_of(clinic).values()
    unsteady = altered(reference, lambda body: body.replace(b":", b": ") if next(turns) % 2 else body)
    check = await equality(clinic, {"one": unsteady, "again": unsteady})
    with pytest.raises(AssertionError, match="again answers otherwise than one"):
        await check.check(cases=10, seed=1, patience=1)


async def test_canaries(clinic: Application) -> None:
    """Texts of one person that no open field shows, and who may see them."""
    found = {canary.text: canary for canary in await canaries_of(clinic)}
    an, binh = people.participant(people.AN), people.participant(people.BINH)
    assert found.keys() == {"Nguyễn Văn An", 'An "the %" O\'Neil'}
    name, nickname = found["Nguyễn Văn An"], found['An "the %" O\'Neil']
    assert [name.forbidden(viewer) for viewer in (an, binh, people.HOSPITAL)] == [False, True, False]
    assert [nickname.forbidden(viewer) for viewer in (an, binh, people.HOSPITAL)] == [False, True, True]


@SQLITE
async def test_somebody_elses_value_is_noticed(clinic: Application) -> None:
    """An executor that answers everybody as An, who is not the viewer."""
    (reference, *_) = executors_of(clinic).values()

    async def confused(
        audience: Audience, viewer: Viewer, document: str, variables: Mapping[str, object], name: str | None
    ) -> Answer:
        return await reference(audience, people.participant(people.AN), document, variables, name)

    viewers = [viewer for viewer in people.VIEWERS if viewer.audience is not Audience.PARTICIPANT]
    viewers.append(people.participant(people.CHI))
    schemas = {Audience.PARTICIPANT: clinic.assembly.schemas[Audience.PARTICIPANT].graph}
    check = Equality(
        schemas,
        {"confused": confused},
        viewers,
        await harvested(clinic, viewers),
        codes={code.name for code in clinic.contributions.codes},
        canaries=await canaries_of(clinic),
    )
    with pytest.raises(AssertionError, match="is not for this viewer"):
        await check.check(cases=200, seed=1, patience=1)


def refusal(*path: object) -> dict[str, Any]:
    """An error of a field."""
    return {"message": "no", "extensions": {"code": "FORBIDDEN"}, "path": list(path)}


@SQLITE
@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ([refusal("me", "card", "a"), refusal("me", "card", "b")], [refusal("me", "card", "b")], True),
        ([refusal("me", "card", "a")], [], False),
        ([refusal("me", "card", "a"), refusal("me", "name")], [refusal("me", "card", "a")], False),
        ([refusal("me", "name")], [], False),
    ],
)
async def test_errors_inside_what_an_error_took_away(
    clinic: Application, one: list[Any], other: list[Any], equal: bool
) -> None:
    """Which of them are told is up to chance; that there is one is not, nor are those elsewhere."""
    data = {"me": {"card": None, "name": None}}

    def answering(errors: list[Any]) -> Execute:
        async def execute(*_: object) -> Answer:
            return Answer(200, orjson.dumps({"errors": errors, "data": data} if errors else {"data": data}))

        return execute

    check = await equality(clinic, {"one": answering(one), "other": answering(other)})
    if equal:
        await check.check(cases=1, seed=1, least_data=0)
    else:
        with pytest.raises(AssertionError, match="other answers otherwise than one"):
            await check.check(cases=1, seed=1, least_data=0, patience=0)


@SQLITE
async def test_every_schema_needs_a_viewer(clinic: Application) -> None:
    """A schema that nobody asks would pass unseen."""
    with pytest.raises(AssertionError, match=r"there is none of officer, hospital"):
        await equality(
            clinic,
            executors_of(clinic),
            [
                v
                for v in people.VIEWERS
                if not v.scopes and not v.claims and v.audience is not Audience.OFFICER
            ],
        )


@SQLITE
async def test_an_internal_error_fails_the_check(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """A cell that no type promises, behind a field that some viewer may see."""
    rows = [(table, [dict(row) for row in values]) for table, values in people.ROWS]
    for row in rows[6][1]:
        row["kind"] = "funeral"
    caplog.set_level(logging.CRITICAL, "gateway.execution")
    with pytest.raises(AssertionError, match="an INTERNAL error"):
        await check_equality({"clinic": plugin}, store.url, rows, people.VIEWERS, cases=200)
