"""Callers that stop waiting, at any moment: nothing stays behind, and nobody gets another's answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Float, Integer, Text, bindparam, cast, func, select

from gateway.database import DatabaseUnavailable, StatementFault, Timeouts
from gateway.database.pipelines import PostgreSQLRounds, connection
from gateway.database.rounds import Read
from tests.gateway.database.pipelines.server import Line, Observer, opened_rounds, pid, sql

ONE = [(sql("SELECT 1"), ())]
LONG = [(sql("SELECT pg_sleep(20)::text"), ())]
ASLEEP = "wait_event = 'PgSleep'"
IN_TRANSACTION = "state LIKE 'idle in transaction%'"
PATIENT = Timeouts(statement=10, connect=5, wait=10)


def numbered(rounds: PostgreSQLRounds) -> Read:
    """Gives back a number, after some time."""
    pause = cast(func.pg_sleep(bindparam("seconds", type_=Float)), Text)
    columns: list[ColumnElement[Any]] = [bindparam("number", type_=Integer), pause]
    return rounds.compile(select(*columns))


async def ask(rounds: PostgreSQLRounds, read: Read, number: int, seconds: float) -> None:
    """Ask in one round."""
    batch = [(read, [number + place, seconds]) for place in range(3)]
    assert await rounds.fetch(batch) == [[(number + place, "")] for place in range(3)]


async def ask_twice(rounds: PostgreSQLRounds, read: Read, number: int, seconds: float) -> None:
    """Ask in two rounds of a snapshot."""
    async with rounds.snapshot() as snapshot:
        for place in range(2):
            assert await snapshot.fetch([(read, [number + place, seconds])]) == [[(number + place, "")]]


async def ask_wrongly(rounds: PostgreSQLRounds, read: Read, number: int, seconds: float) -> None:
    """A round that fails."""
    with pytest.raises((StatementFault, DatabaseUnavailable)) as refusal:
        await rounds.fetch(
            [(read, [number, seconds]), (sql(f"SELECT {number}/0"), ()), (read, [number, 0.0])]
        )
    if not isinstance(refusal.value, StatementFault):
        raise refusal.value
    assert refusal.value.code == "22012"


Asking = Callable[[PostgreSQLRounds, Read, int, float], Awaitable[None]]


@pytest.mark.parametrize("prelude", [[], ONE], ids=["at once", "after a round"])
@pytest.mark.parametrize("in_snapshot", [False, True])
async def test_a_cancelled_statement_is_stopped_and_leaves_room(
    url: str, observer: Observer, prelude: list[tuple[Read, tuple[()]]], in_snapshot: bool
) -> None:
    async def wait(rounds: PostgreSQLRounds) -> None:
        if in_snapshot:
            async with rounds.snapshot() as snapshot:
                await snapshot.fetch(prelude)
                await snapshot.fetch(LONG)
        await rounds.fetch([*prelude, *LONG])

    async with opened_rounds(url, 1, PATIENT) as rounds:
        waiting = asyncio.create_task(wait(rounds))
        await observer.until(1, ASLEEP)
        waiting.cancel()
        async with asyncio.timeout(1):
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await rounds.fetch(ONE) == [[(1,)]]
        await observer.until(0, ASLEEP, within=1)
        await observer.until(1)
        await observer.until(0, IN_TRANSACTION)


async def test_a_cancelled_round_that_is_quick_keeps_its_connection(
    url: str, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "GRACE", 1)  # the machine may be busy
    async with opened_rounds(url) as rounds:
        read = numbered(rounds)
        before = await pid(rounds)
        for asking in (ask, ask_twice, ask_wrongly) * 5:
            waiting = asyncio.create_task(asking(rounds, read, 5, 0.001))
            await asyncio.sleep(0.0005)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            assert await pid(rounds) == before
        await observer.until(0, IN_TRANSACTION)


async def test_a_cancelled_round_on_a_dead_line_leaves_room(line: Line) -> None:
    async with opened_rounds(line.url, 1, PATIENT) as rounds:
        await rounds.fetch(ONE)
        line.silence()
        waiting = asyncio.create_task(rounds.fetch(ONE))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.sleep(0.05)
        line.resume()
        async with asyncio.timeout(1):
            assert await rounds.fetch(ONE) == [[(1,)]]


async def test_who_is_cancelled_while_connecting_leaves_room(line: Line, observer: Observer) -> None:
    line.silence()
    async with opened_rounds(line.url, 1, PATIENT) as rounds:
        for _ in range(3):
            waiting = asyncio.create_task(rounds.fetch(ONE))
            await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        line.resume()
        async with asyncio.timeout(1):
            assert await rounds.fetch(ONE) == [[(1,)]]
        await observer.until(1)


@pytest.mark.parametrize("kill", [False, True], ids=["", "while connections are killed"])
async def test_cancellations_at_any_moment_mix_nothing_up_and_leak_nothing(
    url: str, observer: Observer, kill: bool
) -> None:
    chance = random.Random(5)
    kinds: list[Asking] = [ask, ask, ask_twice, ask_twice, ask_wrongly]
    answered = failed = 0
    async with opened_rounds(url, 4, PATIENT) as rounds:
        read = numbered(rounds)
        started: list[asyncio.Task[None]] = []
        for number in range(0, 4000, 10):
            seconds = chance.choice([0, 0, 0, 0.001, 0.01, 0.05])
            task = asyncio.ensure_future(chance.choice(kinds)(rounds, read, number, seconds))
            started.append(task)
            if chance.random() < 0.7:
                asyncio.get_running_loop().call_later(chance.random() ** 3 / 20, task.cancel)
            if kill and number % 400 == 0:
                await observer.strike()
            await asyncio.sleep(chance.random() / 500)
        for outcome in await asyncio.gather(*started, return_exceptions=True):
            answered += outcome is None
            failed += isinstance(outcome, DatabaseUnavailable)
            assert (
                outcome is None
                or isinstance(outcome, asyncio.CancelledError)
                or (kill and isinstance(outcome, DatabaseUnavailable))
            ), outcome
        assert answered > 50
        assert failed < 40

        await asyncio.gather(*(ask(rounds, read, number, 0.02) for number in range(16)))
        await observer.until(4)  # all can be had, and there are no others
        await observer.until(0, f"({IN_TRANSACTION}) OR {ASLEEP}")
