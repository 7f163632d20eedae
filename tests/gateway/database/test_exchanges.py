"""Exchanges, on both stores: what was read is locked until what follows from it is written, or nothing is."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import bindparam, column, insert, select, table, text, update
from sqlalchemy.types import Integer, Text

from gateway.database import (
    Batch,
    Cells,
    Database,
    DatabaseBusy,
    DatabaseUnavailable,
    Exchanges,
    Following,
    StatementFault,
)
from tests.stores import Store, one, opened, write

END = table("last", column("number", Integer), column("word", Text))
LINE = table("line", column("number", Integer), column("word", Text))
SHORT = dt.timedelta(seconds=0.2)
LAST = select(END.c.number, END.c.word).with_for_update()


@pytest.fixture
async def lines(database: Database) -> Database:
    """Numbered lines, and the last one's number."""
    await write(database, "CREATE TABLE line (number INTEGER PRIMARY KEY, word TEXT NOT NULL)")
    await write(database, "CREATE TABLE last (number INTEGER NOT NULL, word TEXT NOT NULL)")
    await write(database, "INSERT INTO last VALUES (0, '')")
    return database


@pytest.fixture
async def elsewhere(store: Store, lines: Database) -> AsyncIterator[Database]:
    """The same store in another process."""
    async with opened(store.url) as other:
        yield other


def adding(exchanges: Exchanges, word: str | None, times: int = 1) -> Following:
    """Adds a line, or as many of the same number."""
    add = exchanges.compile(
        insert(LINE).values(number=bindparam("n", type_=Integer), word=bindparam("w", type_=Text))
    )
    move = exchanges.compile(
        update(END).values(number=bindparam("n", type_=Integer), word=bindparam("w", type_=Text))
    )

    def following(cells: Cells) -> Batch:
        number, _ = cells
        return [*[(add, (number + 1, word))] * times, (move, (number + 1, word))]

    return following


async def add(database: Database, word: str | None = "word", times: int = 1) -> None:
    """Exchange."""
    exchanges = database.exchanges
    await exchanges.exchange(exchanges.compile(LAST), adding(exchanges, word, times))


async def standing(database: Database) -> tuple[int, int]:
    """The last number, and how many lines there are."""
    return await one(database, "SELECT number FROM last"), await one(database, "SELECT count(*) FROM line")


async def test_what_follows_is_written_together(lines: Database) -> None:
    for word in ("một", "hai", 'it\'s \\ "3"'):
        await add(lines, word)
    assert await standing(lines) == (3, 3)
    assert await one(lines, "SELECT word FROM line WHERE number = 3") == 'it\'s \\ "3"'


@pytest.mark.parametrize(("word", "times"), [(None, 1), ("twice", 2)], ids=["null", "same key"])
async def test_a_refused_statement_undoes_all(lines: Database, word: str | None, times: int) -> None:
    await add(lines)
    with pytest.raises(StatementFault):
        await add(lines, word, times)
    assert await standing(lines) == (1, 1)
    await add(lines)
    assert await standing(lines) == (2, 2)


async def test_what_cannot_follow_leaves_nothing_locked(lines: Database, elsewhere: Database) -> None:
    def failing(_: Cells) -> Batch:
        raise RuntimeError("no")

    exchanges = lines.exchanges
    with pytest.raises(RuntimeError, match="no"):
        await exchanges.exchange(exchanges.compile(LAST), failing)
    await add(elsewhere)
    await add(lines)
    assert await standing(lines) == (2, 2)


async def test_a_missing_row_is_an_error_each_time(lines: Database) -> None:
    await write(lines, "DELETE FROM last")
    for _ in range(3):
        with pytest.raises(ValueError, match="unpack"):
            await add(lines)
    await write(lines, "INSERT INTO last VALUES (0, '')")
    await add(lines)
    assert await standing(lines) == (1, 1)


@pytest.mark.parametrize("times", [20, pytest.param(500, marks=pytest.mark.exhaustive)])
async def test_none_is_lost_of_many(lines: Database, elsewhere: Database, times: int) -> None:
    """With others on the same store, and transactions of SQLAlchemy's that change the same row."""

    async def otherwise() -> None:
        async with lines.write() as connection:
            await connection.execute(text("UPDATE last SET number = number + 1"))
            await connection.execute(text("INSERT INTO line SELECT number, 'changed' FROM last"))

    async def many(one_by_one: list[Database | None]) -> None:
        for database in one_by_one:
            await (otherwise() if database is None else add(database))

    await asyncio.gather(many([lines] * times), many([elsewhere] * times), many([None] * times))
    assert await standing(lines) == (3 * times, 3 * times)


async def test_a_lock_that_is_not_free_in_time(store: Store, lines: Database) -> None:
    async with opened(store.url, pool_wait=SHORT, statement_timeout=SHORT) as hasty:
        async with lines.write() as connection:
            await connection.execute(text("UPDATE last SET word = 'mine'"))
            with pytest.raises(DatabaseBusy):
                await add(hasty)
            with pytest.raises(DatabaseBusy):
                await add(hasty)
        await add(hasty)
    assert await standing(lines) == (1, 1)


@pytest.mark.parametrize("after", [0.0, 0.001, 0.01])
async def test_one_that_is_cancelled_holds_nothing_up(
    lines: Database, elsewhere: Database, after: float
) -> None:
    await add(lines)
    going = asyncio.ensure_future(add(lines))
    await asyncio.sleep(after)
    going.cancel()
    await asyncio.wait([going])
    await add(elsewhere)
    await add(lines)
    number, count = await standing(lines)
    assert number == count
    assert number in (3, 4)  # it may have been too late


async def test_a_closed_store_takes_nothing(lines: Database, store: Store) -> None:
    async with opened(store.url) as other:
        await add(other)
    with pytest.raises(DatabaseUnavailable):
        await add(other)
    assert await standing(lines) == (1, 1)
