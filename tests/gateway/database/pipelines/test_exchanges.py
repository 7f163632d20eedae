"""What becomes of an exchange whose connection ends: nothing is written twice, nothing half, and the next one works."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from gateway.database import Batch, Cells, DatabaseBusy, DatabaseUnavailable, StatementFault, Timeouts
from gateway.database.pipelines import PostgreSQLExchanges
from gateway.database.rounds import Read
from tests.gateway.database.pipelines.server import LIMITS, Line, Observer, sql

LAST = sql("SELECT number FROM last FOR UPDATE")
MOVE = Read("UPDATE last SET number = $1::int", ("n",), (lambda value: str(value).encode(),))
SHORT = Timeouts(statement=0.3, connect=0.5, wait=1)


def next_one(cells: Cells) -> Batch:
    return [(MOVE, (cells[0] + 1,))]


@pytest.fixture
async def exchanges(url: str, observer: Observer) -> AsyncIterator[PostgreSQLExchanges]:
    await observer.run("CREATE TABLE last (number INTEGER); INSERT INTO last VALUES (0)")
    opened = PostgreSQLExchanges(url, LIMITS)
    yield opened
    await opened.close()


async def last(observer: Observer) -> int:
    found: int = await observer.value("SELECT number FROM last")
    return found


@pytest.mark.parametrize("heard", [True, False], ids=["heard of", "not yet heard of"])
async def test_a_connection_that_ended_while_idle_is_replaced_unnoticed(
    exchanges: PostgreSQLExchanges, observer: Observer, heard: bool
) -> None:
    await exchanges.exchange(LAST, next_one)
    if heard:
        await observer.kill()
        await asyncio.sleep(0.05)
    else:
        await observer.strike()
        time.sleep(0.1)  # noqa: ASYNC251  so that it has not heard
    await exchanges.exchange(LAST, next_one)
    assert await last(observer) == 2


async def test_one_whose_connection_ends_before_it_writes_is_not_repeated(
    exchanges: PostgreSQLExchanges, observer: Observer, line: Line
) -> None:
    through = PostgreSQLExchanges(line.url, LIMITS)
    await through.exchange(LAST, next_one)

    def cut(cells: Cells) -> Batch:
        line.reset()
        return next_one(cells)

    with pytest.raises(DatabaseUnavailable):
        await through.exchange(LAST, cut)
    await exchanges.exchange(LAST, next_one)  # nobody has the lock
    await through.exchange(LAST, next_one)
    assert await last(observer) == 3
    await through.close()


@pytest.mark.parametrize("deferred", [False, True], ids=["before the commit", "in the commit"])
@pytest.mark.parametrize("failing", ["PERFORM pg_terminate_backend(pg_backend_pid())", "RAISE 'no'"])
async def test_one_that_fails_late_leaves_nothing(
    exchanges: PostgreSQLExchanges, observer: Observer, deferred: bool, failing: str
) -> None:
    await exchanges.exchange(LAST, next_one)
    await observer.run(
        f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {failing}; RETURN NULL; END $$"
    )
    when = "DEFERRABLE INITIALLY DEFERRED" if deferred else ""
    await observer.run(
        f"CREATE CONSTRAINT TRIGGER down AFTER UPDATE ON last {when} FOR EACH ROW EXECUTE FUNCTION fail()"
    )
    for _ in range(2):
        with pytest.raises(Exception, match=r"lost|server cannot work|P0001"):
            await exchanges.exchange(LAST, next_one)
    await observer.run("DROP TRIGGER down ON last")
    await exchanges.exchange(LAST, next_one)
    assert await last(observer) == 2


async def test_a_server_that_falls_silent_before_the_commit(
    exchanges: PostgreSQLExchanges, observer: Observer, line: Line
) -> None:
    through = PostgreSQLExchanges(line.url, SHORT)
    await through.exchange(LAST, next_one)

    def hush(cells: Cells) -> Batch:
        line.silence()
        return next_one(cells)

    with pytest.raises(DatabaseUnavailable):
        await through.exchange(LAST, hush)
    line.resume()
    await through.exchange(LAST, next_one)
    assert await last(observer) in (2, 3)  # whether that commit was done, only the server knew
    await through.close()


async def test_deallocated_statements_are_prepared_anew(
    exchanges: PostgreSQLExchanges, observer: Observer
) -> None:
    """As by a pooler that does not keep sessions apart: one exchange fails, since it may have written, and no more."""
    deallocate = Read("DEALLOCATE ALL", (), ())
    await exchanges.exchange(LAST, lambda cells: [*next_one(cells), (deallocate, ())])
    with suppress(StatementFault):
        await exchanges.exchange(LAST, next_one)
    for _ in range(3):
        await exchanges.exchange(LAST, next_one)
    assert await last(observer) in (4, 5)


async def test_waiting_for_the_lock_has_an_end(
    exchanges: PostgreSQLExchanges, observer: Observer, url: str
) -> None:
    hasty = PostgreSQLExchanges(url, SHORT)
    await observer.run("BEGIN; UPDATE last SET number = number")
    with pytest.raises(DatabaseBusy):
        await hasty.exchange(LAST, next_one)
    await observer.run("COMMIT")
    await hasty.exchange(LAST, next_one)
    assert await last(observer) == 1
    await hasty.close()
