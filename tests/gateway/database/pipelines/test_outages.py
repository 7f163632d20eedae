"""What a round meets when the server or the way to it fails, and that rounds work again as soon as they can."""

from __future__ import annotations

import asyncio
import time

import pytest

from gateway.database import DatabaseBusy, DatabaseUnavailable, Timeouts
from gateway.database.pipelines import PostgreSQLRounds
from tests.gateway.database.pipelines.server import Line, Observer, opened_rounds, pid, sql

ONE = [(sql("SELECT 1"), ())]
LONG = [(sql("SELECT 1"), ()), (sql("SELECT pg_sleep(20)::text"), ())]
WIDE = [(sql("SELECT repeat('x', 1000) FROM generate_series(1, 2000)"), ()), *ONE]
ASLEEP = "wait_event = 'PgSleep'"
SHORT = Timeouts(statement=0.3, connect=0.5, wait=1)


async def fill(rounds: PostgreSQLRounds, number: int) -> None:
    """Make that many connections, and leave them idle."""
    pause = sql("SELECT pg_sleep(0.05)::text")
    await asyncio.gather(*(rounds.fetch([(pause, ())]) for _ in range(number)))


# --- ended connections ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", [True, False], ids=["heard of", "not yet heard of"])
async def test_connections_that_ended_while_idle_are_replaced_unnoticed(
    rounds: PostgreSQLRounds, observer: Observer, heard: bool
) -> None:
    await fill(rounds, 4)
    before = await pid(rounds)
    if heard:
        await observer.kill()
        await asyncio.sleep(0.05)
    else:
        # The loop stands still until all are gone, so no connection has heard of it when it is next used.
        await observer.strike()
        time.sleep(0.1)  # noqa: ASYNC251
    assert await rounds.fetch(ONE) == [[(1,)]]
    assert await pid(rounds) != before
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch(ONE) == [[(1,)]]


async def test_connections_whose_end_shows_only_when_they_are_used_are_replaced_unnoticed(line: Line) -> None:
    async with opened_rounds(line.url, 4) as rounds:
        await fill(rounds, 4)
        line.forget()
        for _ in range(6):
            assert await rounds.fetch(ONE) == [[(1,)]]
        async with rounds.snapshot() as snapshot:
            assert await snapshot.fetch(ONE) == [[(1,)]]
        await asyncio.gather(*(rounds.fetch(ONE) for _ in range(3)))


async def test_a_connection_that_ends_while_it_is_asked_is_unavailable_once(
    rounds: PostgreSQLRounds, observer: Observer
) -> None:
    await fill(rounds, 1)
    asking = asyncio.create_task(rounds.fetch(LONG))
    await observer.until(1, ASLEEP)
    await observer.kill()
    with pytest.raises(DatabaseUnavailable):
        await asking
    assert await rounds.fetch(ONE) == [[(1,)]]
    assert await observer.ours() == 1


async def test_a_connection_that_ends_between_the_rounds_of_a_snapshot_is_unavailable(
    rounds: PostgreSQLRounds, observer: Observer
) -> None:
    async with rounds.snapshot() as snapshot:
        await snapshot.fetch(ONE)
        await observer.kill()
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                await snapshot.fetch(ONE)
    assert await rounds.fetch(ONE) == [[(1,)]]


async def test_a_reset_is_unavailable_in_the_middle_of_a_round_and_unnoticed_before(
    line: Line, observer: Observer
) -> None:
    async with opened_rounds(line.url) as rounds:
        await rounds.fetch(ONE)
        asking = asyncio.create_task(rounds.fetch(LONG))
        await observer.until(1, ASLEEP)
        await asyncio.sleep(0.3)
        line.reset()
        with pytest.raises(DatabaseUnavailable):
            await asking
        assert await rounds.fetch(ONE) == [[(1,)]]
        line.reset()
        assert await rounds.fetch(ONE) == [[(1,)]]


@pytest.mark.parametrize("length", [100, 1000, 10_000, 100_000])
async def test_a_reset_right_behind_a_part_of_the_answer_is_told_at_once(line: Line, length: int) -> None:
    async with opened_rounds(line.url) as rounds:
        await rounds.fetch(ONE)
        line.allowance, line.then_reset = length, True
        start = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await rounds.fetch([*ONE, *WIDE])
        assert time.monotonic() - start < 1
        line.allowance = None
        assert await rounds.fetch(ONE) == [[(1,)]]


async def test_load_goes_on_while_connections_are_killed(url: str, observer: Observer) -> None:
    read = sql("SELECT 1, pg_sleep(0.002)::text")
    outcomes: list[type] = []
    longest = 0.0
    going = True

    async def ask(rounds: PostgreSQLRounds) -> None:
        nonlocal longest
        while going:
            start = time.monotonic()
            try:
                assert await rounds.fetch([(read, ()), *ONE]) == [[(1, "")], [(1,)]]
            except DatabaseUnavailable:
                outcomes.append(DatabaseUnavailable)
            else:
                outcomes.append(int)
            longest = max(longest, time.monotonic() - start)

    async with opened_rounds(url, 4) as rounds:
        asking = [asyncio.create_task(ask(rounds)) for _ in range(12)]
        for _ in range(30):
            await observer.until(4)
            await observer.strike()
            await asyncio.sleep(0.02)
        going = False
        await asyncio.gather(*asking)
        assert outcomes.count(int) > 50
        assert longest < 1.5  # nobody had to be given up by the clock
        assert await asyncio.gather(*(rounds.fetch(ONE) for _ in range(20))) == [[[(1,)]]] * 20


# --- silence -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("connected", [True, False])
async def test_a_server_that_says_nothing_is_given_up_in_time(line: Line, connected: bool) -> None:
    async with opened_rounds(line.url, 2, SHORT) as rounds:
        if connected:
            await fill(rounds, 2)
        line.silence()
        start = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await rounds.fetch(ONE)
        assert time.monotonic() - start < 1.2
        line.resume()
        assert await rounds.fetch(ONE) == [[(1,)]]


async def test_an_answer_that_stops_in_its_middle_is_given_up_in_time(line: Line) -> None:
    async with opened_rounds(line.url, 1, SHORT) as rounds:
        await rounds.fetch(ONE)
        line.allowance = 300_000
        start = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match="did not answer"):
            await rounds.fetch(WIDE)
        assert 0.5 < time.monotonic() - start < 1.5
        line.allowance = None
        line.resume()
        assert await rounds.fetch(ONE) == [[(1,)]]


async def test_an_answer_may_come_byte_by_byte(line: Line) -> None:
    async with opened_rounds(line.url) as rounds:
        await rounds.fetch(ONE)
        line.piece = 1
        batch = [(sql("SELECT generate_series(1, 20)::text || 'á'"), ()), *ONE, (sql("SELECT 1/0"), ())]
        for _ in range(3):
            assert await rounds.fetch(batch[:2]) == [[(f"{number}á",) for number in range(1, 21)], [(1,)]]
        async with rounds.snapshot() as snapshot:
            assert await snapshot.fetch(ONE) == [[(1,)]]


async def test_a_slow_statement_is_stopped_and_its_connection_is_good_again(url: str) -> None:
    async with opened_rounds(url, 1, SHORT) as rounds:
        before = await pid(rounds)
        with pytest.raises(DatabaseBusy, match="statement timeout"):
            await rounds.fetch([*ONE, *LONG, *ONE])
        async with rounds.snapshot() as snapshot:
            await snapshot.fetch(ONE)
            with pytest.raises(DatabaseBusy, match="statement timeout"):
                await snapshot.fetch(LONG)
        assert await pid(rounds) == before


async def test_a_slow_round_is_stopped_though_each_of_its_statements_is_quick(
    url: str, observer: Observer
) -> None:
    pause = sql("SELECT pg_sleep(0.25)::text")
    async with opened_rounds(url, 1, SHORT) as rounds:
        start = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match="did not answer"):
            await rounds.fetch([(pause, ())] * 40)
        assert 0.7 < time.monotonic() - start < 1.5
        await observer.until(0, ASLEEP, within=2)
        assert await rounds.fetch(ONE) == [[(1,)]]


async def test_connections_that_lead_to_silence_go_together_and_others_stay(
    line: Line, observer: Observer
) -> None:
    async with opened_rounds(line.url, 3, SHORT) as rounds:
        await fill(rounds, 3)
        line.silence()
        asking = asyncio.create_task(rounds.fetch(ONE))
        with pytest.raises(DatabaseUnavailable):
            await asking
        await observer.until(0)
        line.resume()
        await fill(rounds, 3)
        pause = [(sql("SELECT pg_sleep(0.25)::text"), ())]
        slow = asyncio.create_task(rounds.fetch(pause * 40))
        await observer.until(1, ASLEEP)
        before = {await pid(rounds) for _ in range(20)}
        with pytest.raises(DatabaseUnavailable):
            await slow
        assert await pid(rounds) in before


async def test_there_may_be_no_limit(url: str) -> None:
    async with opened_rounds(url, 1, Timeouts(statement=None, connect=2, wait=1)) as rounds:
        assert await rounds.fetch([(sql("SELECT pg_sleep(0.1)::text"), ())]) == [[("",)]]
        assert await rounds.fetch([(sql("SELECT current_setting('statement_timeout')"), ())]) == [[("0",)]]


# --- a server that is down -----------------------------------------------------------------------------------------


async def test_a_server_that_is_down_is_told_at_once_and_found_when_it_is_back(line: Line) -> None:
    async with opened_rounds(line.url, 2) as rounds:
        for _ in range(2):
            await fill(rounds, 2)
            await line.shut()
            for _ in range(3):
                start = time.monotonic()
                with pytest.raises(DatabaseUnavailable, match="cannot connect"):
                    await rounds.fetch(ONE)
                assert time.monotonic() - start < 1
            await line.open()
            assert await rounds.fetch(ONE) == [[(1,)]]


async def test_who_waits_is_not_forgotten_when_connecting_fails(line: Line) -> None:
    await line.shut()
    async with opened_rounds(line.url, 1) as rounds:
        outcomes = await asyncio.gather(*(rounds.fetch(ONE) for _ in range(10)), return_exceptions=True)
        assert all(isinstance(outcome, DatabaseUnavailable) for outcome in outcomes)
        await line.open()
        assert await asyncio.gather(*(rounds.fetch(ONE) for _ in range(10))) == [[[(1,)]]] * 10
        assert line.accepted == 1
