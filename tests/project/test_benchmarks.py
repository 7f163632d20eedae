"""The benchmark's arithmetic, its load generator, and that its plugin, documents and contenders fit together."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from graphql import GraphQLSchema, parse, validate
from sqlalchemy import text

from benchmarks import population
from benchmarks.chart import drawn
from benchmarks.course import SMOKE, Outcome, Standing
from benchmarks.figures import Figure, Goal, Verdict, percentile, ratios
from benchmarks.filling import PLUGINS, branches, copy_to_sqlite, fill
from benchmarks.goals import verdicts
from benchmarks.lineup import Contender, Role, Surroundings, gateway, lineup
from benchmarks.load import Hung, Prepared, Volley, Wrong, answers, pace, saturate
from benchmarks.measuring import Entry, Round, difference, leaves
from benchmarks.operations import (
    CARD_CHECK,
    FACILITY_SEARCH,
    HOME_SCREEN,
    OPERATIONS,
    SCHEMA,
    Operation,
    Variables,
    variable_sets,
)
from benchmarks.processes import processor_time, tree, worked_between
from benchmarks.report import rendered
from benchmarks.scaling import write_documents
from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.credentials import is_token, token_hash
from gateway.migrations.drift import table_problems
from gateway.testing import ask, running
from tests.stores import PostgresqlStores

PEOPLE = 600
ARGUMENTS = {"A": ["number"], "B": [], "C": ["province", "search"]}
Respond = Callable[[bytes], Awaitable[tuple[int, bytes]]]


# --- figures -----------------------------------------------------------------------------------------------------


def test_a_ratio_is_reckoned_round_by_round() -> None:
    assert ratios([10, 40, 90], [10, 20, 30]) == Figure(2, 1, 3)


@pytest.mark.parametrize(("rank", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_a_percentile_is_a_value_that_was_measured(rank: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], rank) == value


def test_a_percentile_of_one_value_is_the_value() -> None:
    assert percentile([7.0], 99) == 7


@pytest.mark.parametrize(
    ("at_most", "figure", "word"),
    [
        (False, Figure(5, 5, 6), "met"),
        (False, Figure(5, 4, 6), "met, within the spread"),
        (False, Figure(4, 3, 5), "missed, within the spread"),
        (False, Figure(4, 3, 4.9), "missed"),
        (True, Figure(5, 4, 5), "met"),
        (True, Figure(5.1, 5.1, 6), "missed"),
        (True, None, "not measured"),
    ],
)
def test_a_verdict_tells_the_median_and_whether_the_spread_crosses_the_goal(
    at_most: bool, figure: Figure | None, word: str
) -> None:
    assert Verdict(Goal("a goal", 5, at_most), figure).word == word


def test_processor_time_is_that_of_the_processes_that_are_there() -> None:
    assert worked_between({1: 100, 2: 50}, {1: 130, 3: 7}) == 37


def test_processor_time_grows_with_work() -> None:
    before = processor_time(os.getpid())
    sum(range(2_000_000))

    assert os.getpid() in tree(os.getppid())
    assert 1_000_000 < worked_between(before, processor_time(os.getpid())) < 10_000_000_000


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"b": [1, {"c": None}], "a": "x"}, None),
        ({"a": "x", "b": [1, {"c": 0}]}, "data.b[1].c is a int, not a NoneType"),
        ({"a": "x", "b": [1]}, "data.b has 1 members, not 2"),
        ({"a": "x"}, "data has the keys ['a'], not ['a', 'b']"),
        ({"a": "y", "b": [1, {"c": None}]}, "data.a is 'y', not 'x'"),
        ({"a": "x", "b": [True, {"c": None}]}, "data.b[0] is a bool, not a int"),
    ],
)
def test_answers_are_compared_to_the_last_value(given: Any, place: str | None) -> None:
    assert difference(given, {"a": "x", "b": [1, {"c": None}]}) == place


# --- load --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def serving(respond: Respond) -> AsyncIterator[int]:
    """A server on a port of its own that answers each body; it hangs up where there is no answer."""
    handling: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(int(head.partition(b"Content-Length: ")[2]))
                status, answer = await respond(body)
                writer.write(
                    b"HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n%s" % (status, len(answer), answer)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handling.add(asyncio.create_task(converse(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*handling)


async def echo(body: bytes) -> tuple[int, bytes]:
    """The body again."""
    return (500 if body == b"fail" else 200), body


def post(body: bytes) -> bytes:
    """A request."""
    return b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def test_answers_come_in_the_order_of_their_requests() -> None:
    async with serving(echo) as port:
        assert await answers(Prepared(port, [post(b"one"), post(b"two")])) == [b"one", b"two"]


async def test_saturation_asks_exactly_so_many_requests_in_turn() -> None:
    asked = []

    async def note(body: bytes) -> tuple[int, bytes]:
        asked.append(body)
        return 200, b"."

    requests = [post(letter) for letter in (b"a", b"b", b"c")]
    async with serving(note) as port:
        volley = await saturate(Prepared(port, requests, [1, 1, 1]), 7, connections=1, first=2)

    assert b"".join(asked) == b"cabcabc"
    assert len(volley.times) == 7
    assert volley.rate == pytest.approx(7 / volley.seconds)


@pytest.mark.parametrize(("body", "length"), [(b"fail", 4), (b"longer", 4)])
async def test_a_wrong_answer_under_load_ends_the_round(body: bytes, length: int) -> None:
    async with serving(echo) as port:
        with pytest.raises(Wrong):
            await saturate(Prepared(port, [post(body)], [length]), 10, connections=2)


async def test_a_server_that_hangs_up_ends_the_round() -> None:
    async def leave(_: bytes) -> tuple[int, bytes]:
        raise ConnectionAbortedError

    async with serving(leave) as port:
        with pytest.raises(Hung):
            await saturate(Prepared(port, [post(b"x")], [1]), 10, connections=2)


async def test_at_a_pace_time_counts_from_when_a_request_was_due() -> None:
    served = count()

    async def late(body: bytes) -> tuple[int, bytes]:
        await asyncio.sleep(0.1 if next(served) == 0 else 0)
        return 200, body

    async with serving(late) as port:
        volley = await pace(Prepared(port, [post(b"x")], [1]), rate=1_000, seconds=0.02, connections=1)

    assert len(volley.times) == 20
    assert volley.percentile(10) > 50, "what waited for the connection waited from its moment on"


# --- data and documents ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(
    postgresql_stores: PostgresqlStores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The benchmark's data for a few people, on PostgreSQL and copied to SQLite: URLs by store."""
    path = tmp_path_factory.mktemp("benchmark") / "copy.sqlite3"
    with postgresql_stores.fresh(()) as store, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(fill(store.url, PEOPLE))
        runner.run(copy_to_sqlite(store.url, path))
        yield {"postgresql": store.url, "sqlite": f"sqlite:///{path}"}


@asynccontextmanager
async def composed(url: str, schema: Path = SCHEMA) -> AsyncIterator[Application]:
    """The gateway with the benchmark's plugin and documents, as if in production."""
    settings = {"VSSID_ENVIRONMENT": "production", "VSSID_SCHEMA_PATH": str(schema)}
    async with running(PLUGINS, url, settings=settings) as application:
        yield application


async def answer(application: Application, operation: Operation, number: int) -> dict[str, Any]:
    """What whoever holds the token of a set of variables gets."""
    variables = variable_sets(operation, PEOPLE)[number]
    async with application.services.database.read() as connection:
        found = (
            await connection.execute(
                text("SELECT audience, subject, scopes FROM accounts_session WHERE token_hash = :hash"),
                {"hash": token_hash(variables["token"])},
            )
        ).one()
    viewer = Viewer(Audience[found.audience], found.subject, scopes=frozenset(found.scopes.split()))
    arguments = {name: variables[name] for name in ARGUMENTS[operation.key]}
    body = await ask(application, viewer, operation.text, arguments)
    assert "errors" not in body
    return cast("dict[str, Any]", body["data"])


@pytest.mark.parametrize("store_name", ["sqlite", "postgresql"])
async def test_the_plugins_tables_are_those_that_its_migration_makes(
    filled: dict[str, str], store_name: str
) -> None:
    assert await table_problems(filled[store_name], branches()) == []


async def test_both_stores_answer_alike_and_as_expected(filled: dict[str, str]) -> None:
    async with composed(filled["sqlite"]) as sqlite, composed(filled["postgresql"]) as postgresql:
        for operation in OPERATIONS:
            for number in (0, 17, 511):
                given = await answer(sqlite, operation, number)
                assert given == await answer(postgresql, operation, number)
        card = await answer(sqlite, CARD_CHECK, 1)
        home = await answer(sqlite, HOME_SCREEN, 1)
        search = await answer(sqlite, FACILITY_SEARCH, 1)

    assert card["healthInsuranceCard"]["number"] == population.social_security_code(2)
    assert home["me"]["id"] == population.participant_key(2)
    days = [edge["node"]["validFrom"] for edge in home["me"]["participations"]["edges"]]
    assert len(set(days)) == 20
    assert days == sorted(days, reverse=True)
    assert len(home["me"]["entitlements"]) == population.ENTITLEMENTS
    assert 180 <= leaves(home) <= 200
    assert len(search["facilities"]["edges"]) == 20


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.key)
@pytest.mark.parametrize("participants", [PEOPLE, 100_000])
def test_each_operation_has_512_different_sets_of_variables(operation: Operation, participants: int) -> None:
    sets = variable_sets(operation, participants)

    assert len({tuple(one.items()) for one in sets}) == population.SETS
    assert all(is_token(one["token"], "vss_") for one in sets)
    assert max(population.tested(participants)) <= participants


async def test_documents_that_differ_in_name_alone_are_trusted_each_for_itself(tmp_path: Path) -> None:
    hashes = write_documents(tmp_path, 12)

    async with composed(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path) as application:
        documents = application.documents[Audience.PARTICIPANT]
        assert len({documents.trusted(hash_) for hash_ in hashes} - {None}) == 12


# --- contenders --------------------------------------------------------------------------------------------------

SURROUNDINGS = Surroundings("postgresql://nowhere/none", Path("/nowhere/none"), Path("/nowhere/answers"))


def everybody() -> list[Contender]:
    """All contenders, those of Node too where their packages are not installed."""
    found = lineup(SURROUNDINGS)
    described = Path(population.__file__).parent.glob("peers/*/contender.json")
    given = [json.loads(path.read_text(encoding="utf-8")) for path in described]
    return found + [
        Contender(one["title"], one["title"], Role.PEER, one["command"], one["requests"]) for one in given
    ]


@pytest.mark.parametrize("contender", everybody(), ids=lambda one: f"{one.role.name} {one.name}")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.key)
def test_contenders_are_asked_different_things_for_different_variables(
    contender: Contender, operation: Operation
) -> None:
    requests = {contender.request(operation.key, one) for one in variable_sets(operation, PEOPLE)}

    assert len(requests) == population.SETS
    assert not any(b'"{' in request for request in requests), "a variable that is not there"


def test_only_the_gateway_gets_tokens() -> None:
    variables: Variables = variable_sets(HOME_SCREEN, PEOPLE)[0]

    for contender in lineup(SURROUNDINGS):
        ours = contender.role in (Role.OURS, Role.VARIANT)
        assert (b"Authorization: Bearer " in contender.request("B", variables)) is ours


def test_documents_of_strawberry_fit_its_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere/none")
    monkeypatch.setenv("POOL", "1")
    from benchmarks.contenders import strawberry_orm  # noqa: PLC0415  it reads its environment when it is imported

    schema = cast(GraphQLSchema, cast(Any, strawberry_orm.app.schema)._schema)
    (contender,) = (one for one in lineup(SURROUNDINGS) if one.name == "strawberry")
    for operation in OPERATIONS:
        assert validate(schema, parse(contender.requests[operation.key]["query"])) == []


# --- results -----------------------------------------------------------------------------------------------------


def standing(name: str, role: Role, server: float, database: float | None) -> Standing:
    """A contender of which each round measured the same."""
    contender = dataclasses.replace(gateway(SURROUNDINGS), name=name, title=f"<{name}>", role=role)
    rounds = [Round(server, database, 1_000.0, 1.0, 2.0)] * 2
    one = Standing(contender, 0.5, 50.0, half_load=[Volley(1.0, [1.0, 4.0])])
    for operation in OPERATIONS:
        one.entries[operation.key] = Entry(
            cast(Any, SimpleNamespace()), operation, Prepared(1, []), rounds=rounds
        )
    return one


def outcome(database: float | None = 10.0) -> Outcome:
    """A run in which the gateway takes 20 microseconds."""
    found = Outcome(SMOKE, starts=[0.5], expected={operation.key: [{"a": 1}] for operation in OPERATIONS})
    for one in (
        standing("gateway", Role.OURS, 20.0, database),
        standing("slow", Role.PEER, 200.0, database),
        standing("fast", Role.PEER, 80.0, database),
        standing("strawberry", Role.TUTORIAL, 2_000.0, database),
        standing("sql", Role.SQL, 80.0, database),
        standing("static", Role.FLOOR, 10.0, database),
    ):
        found.standings[one.contender.name] = one
    found.by_documents = {10: found.standings["gateway"], 2_000: standing("more", Role.OURS, 22.0, database)}
    return found


def test_goals_are_judged_against_the_best_peer() -> None:
    found = {one.goal.title: one for one in verdicts(outcome())}

    peer = found["B: server time of the best GraphQL server of Node (<fast>)"]
    assert (peer.figure, peer.word) == (Figure(4, 4, 4), "missed")
    assert found["A: server and database time of hand-written SQL"].figure == Figure(3, 3, 3)
    assert found["C: our server time, as a multiple of static bytes"].figure == Figure(2, 2, 2)
    assert found["B: 99 of 100 answers at half load"].figure == Figure(4, 4, 4)
    grown = found["B: 2,000 documents, as a multiple of 10, server time"]
    assert grown.figure is not None
    assert grown.figure.median == pytest.approx(1.1)
    assert grown.met


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    found = outcome(database=None)
    del found.standings["static"]
    words = {one.goal.title: one.word for one in verdicts(found)}

    assert words["A: server and database time of hand-written SQL"] == "not measured"
    assert words["A: our server time, as a multiple of static bytes"] == "not measured"


def test_the_report_has_a_row_for_every_contender_and_goal() -> None:
    found = outcome()
    found.left_out["other"] = "did not\nstart"
    text_ = rendered(found, verdicts(found), {"PostgreSQL": "18"}, dt.date(2026, 1, 15))

    assert text_.count("| <fast> |") == len(OPERATIONS) + 1
    assert "| <fast> | 80 (80-80) | 4.00 | 10 (10-10) | 90 (90-90) | 3.00 | 1,000 | 1.0 | 2.0 |" in text_
    assert all(verdict.goal.title in text_ for verdict in verdicts(found))
    assert "left out: other (did not start)" in text_


def test_the_chart_is_xml_with_two_bars_for_every_contender_and_operation() -> None:
    found = outcome()
    root = ElementTree.fromstring(drawn(found))  # noqa: S314  our own
    bars = [one for one in root.iter("{http://www.w3.org/2000/svg}rect") if one.get("height") == "16"]

    assert len(bars) == 2 * len(OPERATIONS) * len(found.standings)
    assert all(
        float(str(bar.get("x"))) + float(str(bar.get("width"))) <= float(str(root.get("width")))
        for bar in bars
    )
