"""Rounds of several callers that travel together: each hears of its own statements only."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from gateway.database import DatabaseUnavailable, StatementFault, Timeouts
from gateway.database.pipelines import PostgreSQLRounds, connection, sharing
from gateway.database.rounds import Batch
from tests.gateway.database.pipelines.server import PID, Line, Observer, opened_rounds, pid, sql

PATIENT = Timeouts(statement=10, connect=5, wait=10)
ASLEEP = "wait_event = 'PgSleep'"
HELD = sql("SELECT pg_advisory_xact_lock_shared(1)")
WAITING = "wait_event_type = 'Lock'"


def numbers(*found: int) -> Batch:
    """Statements that give these numbers."""
    return [(sql(f"SELECT {number}"), ()) for number in found]


def rows(*found: int) -> list[list[tuple[int]]]:
    """What they give."""
    return [[(number,)] for number in found]


async def together(rounds: PostgreSQLRounds, *batches: Batch) -> list[Any]:
    """What comes of batches that are asked for at once."""
    return list(await asyncio.gather(*(rounds.fetch(batch) for batch in batches), return_exceptions=True))


async def test_what_is_asked_at_once_travels_together(url: str, observer: Observer) -> None:
    async with opened_rounds(url, 4) as rounds:
        found = await together(rounds, *([(PID, ()), *numbers(number)] for number in range(8)))
        assert len({one[0][0] for one in found}) == 1
        assert [one[1] for one in found] == rows(*range(8))
        assert await observer.ours() == 1


async def test_no_more_travel_together_than_may(url: str) -> None:
    async with opened_rounds(url, 4) as rounds:
        found = await together(rounds, *[[(PID, ())]] * (2 * sharing.TOGETHER + 1))
        assert len({one[0][0] for one in found}) > 1


@pytest.mark.parametrize("wrong", ["SELECT 1/0", "SELEC", "SELECT * FROM nothing"])
@pytest.mark.parametrize("place", [0, 1, 3])
async def test_a_fault_is_told_to_the_one_whose_it_is(url: str, wrong: str, place: int) -> None:
    async with opened_rounds(url, 1) as rounds:
        before = await pid(rounds)
        batches = [numbers(number, number + 10) for number in range(3)]
        batches.insert(place, [*numbers(7), (sql(wrong), ()), *numbers(8)])
        found = await together(rounds, *batches)
        assert isinstance(found.pop(place), StatementFault)
        assert found == [rows(number, number + 10) for number in range(3)]
        assert await together(rounds, *batches[:place]) == [
            rows(number, number + 10) for number in range(place)
        ]
        assert await pid(rounds) == before


async def test_values_that_nobody_can_load_are_told_to_the_one_whose_they_are(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.database.pipelines.statements import Prepared  # noqa: PLC0415  to be spoilt

    load = Prepared.rows

    def spoilt(self: Prepared, result: Any) -> Any:
        found = load(self, result)
        if found == [(13,)]:
            raise ValueError("thirteen")
        return found

    monkeypatch.setattr(Prepared, "rows", spoilt)
    async with opened_rounds(url, 2) as rounds:
        for batches in ([numbers(1), numbers(13, 2), numbers(3)], [numbers(1), numbers(2), numbers(13, 3)]):
            found = await together(rounds, *batches)
            refused = [isinstance(one, StatementFault) for one in found]
            assert refused == [(sql("SELECT 13").text in [read.text for read, _ in one]) for one in batches]
            assert [one for one in found if not isinstance(one, StatementFault)] == [
                rows(*(int(read.text.split()[1]) for read, _ in one))
                for one, bad in zip(batches, refused, strict=True)
                if not bad
            ]


@pytest.mark.parametrize("place", [0, 2, 4])
async def test_a_slow_statement_holds_up_nobody_for_long(url: str, place: int) -> None:
    async with opened_rounds(url, 2, PATIENT) as rounds:
        await together(rounds, numbers(1), numbers(2))
        started = time.monotonic()
        times: dict[int, float] = {}

        async def ask(number: int) -> None:
            assert await rounds.fetch(numbers(number)) == rows(number)
            times[number] = time.monotonic() - started

        async def sleep() -> None:
            await rounds.fetch([(sql("SELECT pg_sleep(1.5)::text"), ())])

        asking = [ask(number) for number in range(4)]
        asking.insert(place, sleep())
        await asyncio.gather(*asking)
        assert max(times.values()) < 1.2
        assert time.monotonic() - started > 1.4


async def test_a_slow_one_that_leaves_is_stopped_and_others_have_their_answers(
    url: str, observer: Observer
) -> None:
    async with opened_rounds(url, 1, PATIENT) as rounds:
        slow = asyncio.create_task(rounds.fetch([(sql("SELECT pg_sleep(20)::text"), ())]))
        others = [asyncio.create_task(rounds.fetch(numbers(number))) for number in range(3)]
        await observer.until(1, ASLEEP)
        slow.cancel()
        async with asyncio.timeout(2):  # there is one connection: it has to be freed
            assert await asyncio.gather(*others) == [rows(number) for number in range(3)]
        await observer.until(0, ASLEEP, within=2)
        await observer.until(1)


@pytest.mark.parametrize("leaving", [[0], [1], [0, 1], [0, 1, 2]])
async def test_who_leaves_takes_nobody_along(
    url: str, leaving: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HELD", 5)  # the machine may be busy
    monkeypatch.setattr(connection, "GRACE", 5)
    async with opened_rounds(url, 1, PATIENT) as rounds:
        before = await pid(rounds)
        tasks = [
            asyncio.create_task(rounds.fetch([(sql("SELECT pg_sleep(0.3)::text"), ()), *numbers(number)]))
            for number in range(3)
        ]
        await asyncio.sleep(0.02)
        for number in leaving:
            tasks[number].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for number, outcome in enumerate(outcomes):
            if number in leaving:
                assert isinstance(outcome, asyncio.CancelledError)
            else:
                assert isinstance(outcome, list)
                assert outcome[1:] == rows(number)
        assert await pid(rounds) == before


async def test_of_those_whose_connection_ends_one_is_told_at_most(url: str, observer: Observer) -> None:
    await observer.run("SELECT pg_advisory_lock(1)")
    async with opened_rounds(url, 2, PATIENT) as rounds:
        await together(rounds, numbers(1), numbers(2))
        locked = asyncio.create_task(rounds.fetch([(HELD, ()), *numbers(4)]))
        others = [asyncio.create_task(rounds.fetch(numbers(number))) for number in range(3)]
        await observer.until(1, WAITING)
        await observer.strike()
        await observer.run("SELECT pg_advisory_unlock(1)")
        (told,) = await asyncio.gather(locked, return_exceptions=True)
        assert isinstance(told, DatabaseUnavailable) or (isinstance(told, list) and told[1:] == rows(4))
        assert await asyncio.gather(*others) == [rows(number) for number in range(3)]


async def test_connections_that_died_unseen_are_replaced_for_all(line: Line) -> None:
    async with opened_rounds(line.url, 2, PATIENT) as rounds:
        assert await together(rounds, numbers(1), numbers(2)) == [rows(1), rows(2)]
        line.forget()
        assert await together(rounds, *(numbers(number) for number in range(5))) == [
            rows(number) for number in range(5)
        ]


async def test_a_changed_table_is_read_as_it_is_by_all(url: str, observer: Observer) -> None:
    await observer.run("CREATE TABLE changing AS SELECT 1 AS a")
    table = [(sql("SELECT * FROM changing"), ())]
    async with opened_rounds(url, 2) as rounds:
        assert await together(rounds, table, table) == [[[(1,)]], [[(1,)]]]
        await observer.run("ALTER TABLE changing ADD COLUMN b integer DEFAULT 2")
        assert await together(rounds, numbers(1), table, table, numbers(2)) == [
            rows(1),
            [[(1, 2)]],
            [[(1, 2)]],
            rows(2),
        ]


async def test_each_sees_what_was_committed_before_it_asked(url: str, observer: Observer) -> None:
    await observer.run("CREATE TABLE counted (n integer)")
    count = [(sql("SELECT count(*) FROM counted"), ())]
    async with opened_rounds(url, 2) as rounds:
        for number in range(1, 20):
            await observer.run("INSERT INTO counted VALUES (1)")
            assert await together(rounds, *[count] * 3) == [rows(number)] * 3


async def test_an_answer_that_stops_behind_the_first_is_given_up_in_time(line: Line) -> None:
    async with opened_rounds(line.url, 2, Timeouts(statement=0.3, connect=2, wait=1)) as rounds:
        line.piece = 16
        await together(rounds, numbers(1), numbers(2))
        line.allowance = 100  # the first answer, and some of the second
        started = time.monotonic()
        found = await together(rounds, *(numbers(number) for number in range(4)))
        assert found[0] == rows(0)
        assert all(isinstance(one, DatabaseUnavailable) or one in map(rows, range(4)) for one in found)
        assert time.monotonic() - started < 8
        line.allowance = None
        line.resume()
        assert await rounds.fetch(numbers(5)) == rows(5)
