"""Plans as they run: how many statements and round trips, when code is called, what travels along, changes made once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any

import orjson
import pytest
from sqlalchemy import Select, String, bindparam, func, select

from gateway.access import ANYONE, Audience, Rule, Viewer
from gateway.app import Application
from gateway.authoring import argument, extends, resolved
from gateway.database import DatabaseBusy
from gateway.database.rounds import Batch, Cells, Rounds
from gateway.entities import Participant
from gateway.errors import ClientError
from gateway.hookspecs import hookimpl
from gateway.planning.calls import together
from gateway.planning.stepping import StepAside
from gateway.testing import answer, running
from tests.gateway.clinic import people, plugin
from tests.gateway.clinic import tables as t
from tests.gateway.clinic.people import AN, BINH, CHI, DUNG, officer, participant
from tests.gateway.planning.preparing import context, ready
from tests.stores import Store

ME = participant(AN)
READER = officer("clinic:read", "clinic:all")
SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


class Recorded:
    """Rounds that note how many statements travelled together; ``snapshots`` were several rounds."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self.trips: list[int] = []
        self.snapshots = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rounds, name)

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """Read."""
        self.trips.append(len(batch))
        return await self._rounds.fetch(batch)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Recorded]:
        """Read one state several times."""
        self.snapshots += 1
        async with self._rounds.snapshot() as found:
            inner = Recorded(found)  # type: ignore[arg-type]
            yield inner
            self.trips += inner.trips


@pytest.fixture
def recorded(clinic: Application, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """The clinic's rounds."""
    made = Recorded(clinic.services.database.rounds)
    for catalog in clinic.planner._catalogs.values():
        monkeypatch.setattr(catalog, "rounds", made)
    return made


@pytest.mark.parametrize(
    ("viewer", "fields", "trips"),
    [
        (ME, "__typename me { id __typename }", []),
        (ME, "me { greeting friends { id } }", []),
        (ME, "me { fullName nickname birthDate mood savings nameLength initial clinic { id name } }", [1]),
        (ME, "me { fullName card { number leaflet { title } stamp { colour } registeredAt { name } } }", [1]),
        (ME, "me { card { holder { card { holder { fullName } } } } }", [1]),
        (ME, "me { fullName grants { amount } visits { edges { cursor } totalCount } }", [4]),
        (ME, "me { visits { totalCount } }", [1]),
        (ME, "me { visits { edges { node { id } } pageInfo { hasNextPage endCursor } } }", [1]),
        (ME, "me { a: visits(first: 1) { edges { cursor } } b: visits(first: 2) { edges { cursor } } }", [2]),
        (ME, "me { fullName @skip(if: true) card @include(if: false) { number } }", []),
        (ME, "me { card { uses { cost } } }", [1, 1]),
        (ME, 'checkCard(cardNumber: "X") { number } facility(code: "00001") { name }', [2]),
        (READER, "patients { edges { node { fullName card { number leaflet { title } } } } }", [1]),
        (READER, "patients { edges { node { visits(first: 1) { edges { node { id } } } } } }", [1, 1]),
        (READER, "patients { edges { node { visits { totalCount edges { cursor } } } } }", [1, 2]),
        (READER, "patients { edges { node { card { uses { cost } } visits { totalCount } } } }", [1, 2]),
        (READER, "visits { edges { node { visitor { card { registeredAt { name } } } } } }", [1]),
        (READER, "patients { edges { node { friends { fullName } } } }", [1, 1]),
        (
            READER,
            "patients { edges { node { clinic { patients { visits { totalCount } } } } } }",
            [1, 1, 1],
        ),
    ],
)
async def test_statements_and_round_trips(
    clinic: Application, recorded: Recorded, viewer: Viewer, fields: str, trips: list[int]
) -> None:
    """Single rows are joined, lists of known parents travel at once, those of parents found in rows in the next trip."""
    made = ready(clinic, viewer, f"{{ {fields} }}")
    assert "data" in orjson.loads(await made.answer(context(clinic, viewer)))
    assert recorded.trips == trips
    assert made.plan.trips == len(trips)
    assert recorded.snapshots == (len(trips) > 1)


@SQLITE
async def test_nothing_is_read_for_no_parents(clinic: Application, recorded: Recorded) -> None:
    """Where the first trip finds nobody, the second has nothing to ask."""
    document = "{ patients(first: 0) { edges { node { visits { totalCount } } } } }"
    body = await ready(clinic, READER, document).answer(context(clinic, READER))
    assert (body, recorded.trips) == (b'{"data":{"patients":{"edges":[]}}}', [1])


# --- code --------------------------------------------------------------------------------------------------------

NOT_CHI = Rule(
    "not about Chi",
    lambda viewer, key: key != CHI,
    lambda scopes: frozenset({Audience.OFFICER, Audience.PARTICIPANT}),
    needs_key=True,
)


class Meeting:
    """Notes who is called; they wait for each other where ``expected`` is more than one."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.expected = asyncio.Barrier(1)

    def plugin(self) -> object:
        """Fields of everybody that are real code."""

        async def meet(
            participant: Participant, name: Annotated[str, argument(description="Any.")] = "met"
        ) -> str | None:
            """Who was met."""
            self.called.append(participant.id)
            async with asyncio.timeout(5):
                await self.expected.wait()
            return f"{name} {participant.id}"

        @extends(Participant)
        class Met:
            """Code on an entity."""

            met: str | None = resolved(meet, rule=ANYONE)
            met_but_chi: str | None = resolved(meet, rule=NOT_CHI)

        class Plugin:
            """The plugin."""

            @hookimpl
            def graphql_types(self) -> Sequence[type]:
                return (Met,)

        return Plugin()


@pytest.fixture
def meeting() -> Meeting:
    """For one test."""
    return Meeting()


@pytest.fixture
async def met(store: Store, meeting: Meeting) -> AsyncIterator[Application]:
    """The clinic, and code that is watched."""
    plugins = {"clinic": plugin, "meeting": meeting.plugin()}
    async with running(plugins, store.url, people.ROWS) as application:
        yield application


@SQLITE
async def test_code_is_called_once_for_each_parent_all_together(met: Application, meeting: Meeting) -> None:
    """Merged fields are one call, visitors who came often one parent; another response key is another call."""
    document = "{ visits { edges { node { visitor { met met } } } } }"
    meeting.expected = asyncio.Barrier(3)
    body = await ready(met, READER, document).answer(context(met, READER))
    assert sorted(meeting.called) == [AN, BINH, DUNG]
    assert body.count(b'"met 00-an"') == 6
    meeting.called.clear()
    meeting.expected = asyncio.Barrier(6)
    document = '{ visits { edges { node { visitor { met again: met(name: "again") } } } } }'
    body = await ready(met, READER, document).answer(context(met, READER))
    assert sorted(meeting.called) == [AN, AN, BINH, BINH, DUNG, DUNG]
    assert body.count(b'"again 00-dung"') == 1


@SQLITE
async def test_code_is_called_for_nobody_where_a_rule_refuses_one(met: Application, meeting: Meeting) -> None:
    """The reference calls it for those who are admitted, and tells who is not."""
    made = ready(met, READER, "{ patients { edges { node { metButChi } } } }")
    with pytest.raises(StepAside) as aside:
        await made.answer(context(met, READER))
    assert (aside.value.reason, meeting.called) == ("rule of Participant.metButChi", [])


async def test_the_first_failure_ends_the_others() -> None:
    """Nothing is left running, and the failure comes as it is."""
    cancelled = asyncio.Event()

    async def patient() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def failing() -> None:
        raise KeyError("first")

    with pytest.raises(KeyError, match="first"):
        await together([patient(), failing(), patient()])
    assert cancelled.is_set()


# --- what travels along ------------------------------------------------------------------------------------------


class NotToday(Exception):
    """What a check raises."""


def along(clinic: Application) -> Batch:
    """A statement of somebody else."""
    read = clinic.services.database.rounds.compile(select(bindparam("word", type_=String()).label("word")))
    return [(read, ["hello"])]


@pytest.mark.parametrize(
    ("viewer", "fields", "trips"),
    [
        (ME, "me { id }", [1]),
        (ME, "me { greeting }", [1]),
        (ME, "me { fullName }", [2]),
        (ME, "me { card { uses { cost } } visits { totalCount } }", [3, 1]),
        (READER, 'participant(id: "00-an") { friends { fullName } }', [1, 1]),
    ],
)
async def test_what_travels_along(
    clinic: Application, recorded: Recorded, viewer: Viewer, fields: str, trips: list[int]
) -> None:
    """It is in the first trip, alone where the plan has no statement there, and its rows are judged once."""
    judged: list[Sequence[list[Cells]]] = []
    document = f"{{ {fields} }}"
    alone = await ready(clinic, viewer, document).answer(context(clinic, viewer))
    recorded.trips.clear()
    made = ready(clinic, viewer, document)
    assert await made.answer(context(clinic, viewer), along(clinic), judged.append) == alone
    assert [[list(map(tuple, rows)) for rows in found] for found in judged] == [[[("hello",)]]]
    assert recorded.trips == trips


@pytest.mark.parametrize("refusal", [NotToday(), StepAside("check"), DatabaseBusy()])
@pytest.mark.parametrize("document", ["{ me { met } }", "{ me { fullName met } }", "{ me { initial } }"])
async def test_a_refusing_check_ends_everything(
    met: Application, meeting: Meeting, monkeypatch: pytest.MonkeyPatch, document: str, refusal: Exception
) -> None:
    """What it raises is raised, before code is called and anything is put together."""

    def check(_: object) -> None:
        raise refusal

    def assemble(*_: object) -> None:
        pytest.fail("something was put together")

    made = ready(met, ME, document)
    monkeypatch.setattr(made, "plan", replace(made.plan, assemble=assemble))
    with pytest.raises(type(refusal)) as raised:
        await made.answer(context(met, ME), along(met), check)
    assert raised.value is refusal
    assert meeting.called == []


# --- changes -----------------------------------------------------------------------------------------------------


async def counted(clinic: Application, statement: Select[Any]) -> Any:
    """A number in the store."""
    async with clinic.services.database.read() as connection:
        return await connection.scalar(statement)


VISITS = select(func.count()).select_from(t.visit)
ARRIVE = "mutation ($minutes: Int) { arrive(minutes: $minutes) { ... on Arrival { number %s } } }"


async def test_a_change_is_checked_first(clinic: Application) -> None:
    """Nothing is changed for somebody whom the check refuses."""

    def check(_: object) -> None:
        raise NotToday

    made = ready(clinic, ME, ARRIVE % "", {"minutes": 5})
    with pytest.raises(NotToday):
        await made.answer(context(clinic, ME), along(clinic), check)
    assert await counted(clinic, VISITS) == len(people.VISITS)


async def test_a_payload_shows_the_change(clinic: Application) -> None:
    """It is committed before the payload is read."""
    request = context(clinic, ME)
    document = ARRIVE % "visitor { visits(first: 1) { totalCount edges { node { id doctor } } } }"
    body = await ready(clinic, ME, document, {"minutes": 5}).answer(request)
    assert orjson.loads(body)["data"]["arrive"] == {
        "number": 9,
        "visitor": {"visits": {"totalCount": 7, "edges": [{"node": {"id": "m8", "doctor": "Ly"}}]}},
    }
    assert await counted(clinic, VISITS) == len(people.VISITS) + 1


async def test_a_change_is_made_once_although_the_reference_answers(clinic: Application) -> None:
    """The plan cannot answer for what the viewer may not see; what it changed is not changed again."""
    document = ARRIVE % "beside { nickname }"
    request = context(clinic, ME)
    with pytest.raises(StepAside, match="rule"):
        await ready(clinic, ME, document, {"minutes": 5}).answer(request)
    assert [change.told().number for change in request.changes] == [9]
    assert await counted(clinic, VISITS) == len(people.VISITS) + 1
    body = orjson.loads(await answer(clinic, ME, document, {"minutes": 5}))
    assert body["data"] == {"arrive": {"number": 10, "beside": [{"nickname": None}]}}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
    assert await counted(clinic, VISITS) == len(people.VISITS) + 2


async def test_a_change_that_fails_is_told_by_the_reference(clinic: Application) -> None:
    """It is undone, and not tried again."""
    request = context(clinic, ME)
    with pytest.raises(StepAside, match="a change failed"):
        await ready(clinic, ME, ARRIVE % "", {"minutes": -5}).answer(request)
    (change,) = request.changes
    with pytest.raises(ClientError):
        change.told()
    body = orjson.loads(await answer(clinic, ME, ARRIVE % "", {"minutes": -5}))
    assert body["data"] == {"arrive": None}
    assert [error["extensions"] for error in body["errors"]] == [
        {"code": "BAD_USER_INPUT", "argument": "minutes"}
    ]
    assert await counted(clinic, VISITS) == len(people.VISITS)
