"""Rounds mean the same on both stores: whatever is asked comes back, in one state of the store, to whoever asked it."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
import sqlite3
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Enum,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
)

from gateway.database import Database, DatabaseBusy, DatabaseUnavailable
from gateway.database.pipelines.faults import StatementFault
from gateway.database.rounds import Read, Rounds
from gateway.sql import Dong, Instant, one_of
from tests.stores import Store, opened

FAULTS = (sqlite3.Error, StatementFault)
"""What a statement raises that is itself to blame."""

metadata = MetaData()


class Mood(enum.Enum):
    """Stored by name."""

    GOOD = "g"
    BAD = "b"


thing = Table(
    "thing",
    metadata,
    Column("key", String, primary_key=True),
    Column("number", Integer),
    Column("money", Dong),
    Column("day", Date),
    Column("at", Instant),
    Column("sure", Boolean),
    Column("mood", Enum(Mood)),
)
AWKWARD = ("", "a'b", 'a"b', "a\\b", "{x,y}", "null", "NULL", "%_", "Nguyễn Thị Ánh", "💛", "a\nb", " ")
AT = dt.datetime(2025, 6, 4, 23, 30, 15, 250_000, tzinfo=dt.UTC)
FULL = {
    "key": "full",
    "number": -(2**31),
    "money": 2**53 - 1,
    "day": dt.date(999, 12, 31),
    "at": AT,
    "sure": True,
    "mood": Mood.BAD,
}
LATEST = {"key": "latest", "day": dt.date.max, "sure": False, "number": 2**31 - 1}
BY_KEY = select(thing).where(thing.c.key == bindparam("key", type_=String()))
SLOW = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT count(*) FROM n
"""


@pytest.fixture
async def rounds(database: Database) -> Rounds:
    """The store's rounds, over some things."""
    async with database.write() as work:
        await work.run_sync(metadata.create_all)
        rows: list[dict[str, Any]] = [FULL, LATEST, *({"key": key} for key in AWKWARD)]
        for row in rows:
            await work.execute(insert(thing), row)
    return database.rounds


async def _rows(rounds: Rounds, statement: Select[Any], *values: Any) -> list[tuple[Any, ...]]:
    (found,) = await rounds.fetch([(rounds.compile(statement), values)])
    return [tuple(row) for row in found]


def _converted(rounds: Rounds, row: Sequence[Any]) -> dict[str, Any]:
    converters = [rounds.converter(column.type) for column in thing.c]
    return {
        column.name: cell if convert is None or cell is None else convert(cell)
        for column, cell, convert in zip(thing.c, row, converters, strict=True)
    }


@pytest.mark.parametrize("row", [FULL, LATEST], ids=lambda row: str(row["key"]))
async def test_cells_come_back_as_sqlalchemy_reads_them(
    rounds: Rounds, database: Database, row: dict[str, Any]
) -> None:
    (found,) = await _rows(rounds, BY_KEY, row["key"])
    async with database.read() as connection:
        expected = (await connection.execute(BY_KEY, {"key": row["key"]})).one()
    assert _converted(rounds, found) == dict(expected._mapping)
    assert all(_converted(rounds, found)[name] == value for name, value in row.items())


async def test_cells_are_raw(rounds: Rounds) -> None:
    (found,) = await _rows(rounds, BY_KEY, "full")
    assert found[:4] == ("full", -(2**31), 2**53 - 1, "0999-12-31")
    assert isinstance(found[4], str)


@pytest.mark.parametrize("key", AWKWARD)
async def test_texts_pass_unchanged(rounds: Rounds, key: str) -> None:
    assert [row[0] for row in await _rows(rounds, BY_KEY, key)] == [key]


async def test_lists_of_keys_pass_unchanged(rounds: Rounds) -> None:
    among = select(thing.c.key).where(one_of(thing.c.key, bindparam("keys")))
    found = await _rows(rounds, among, [*AWKWARD, "missing"])
    assert {row[0] for row in found} == set(AWKWARD)
    assert await _rows(rounds, among, []) == []


@pytest.mark.parametrize("name", ["number", "money", "day", "at", "sure", "mood"])
async def test_parameters_of_every_type(rounds: Rounds, name: str) -> None:
    column = thing.c[name]
    equal = select(thing.c.key).where(column == bindparam("value", type_=column.type))
    assert await _rows(rounds, equal, FULL[name]) == [("full",)]
    assert await _rows(rounds, equal, None) == []


async def test_a_parameter_may_stand_twice_and_constants_are_named(rounds: Rounds) -> None:
    value = bindparam("value", type_=Integer)
    statement = select(
        case((thing.c.number < 0, "less"), else_="more"), literal("x").label("x"), value + value
    ).where(thing.c.key.in_(["full", "latest"]))
    read = rounds.compile(statement.order_by(thing.c.key))
    given = {"value": 4}
    unknown = [name for name in read.names if name not in given]
    assert read.names.count("value") in (1, 2)
    assert len(unknown) >= 5


async def test_a_round_keeps_the_order_of_statements_and_rows(rounds: Rounds) -> None:
    keys = rounds.compile(select(thing.c.key).order_by(thing.c.key.desc()))
    count = rounds.compile(select(func.count()).select_from(thing))
    first, second, third = await rounds.fetch([(count, ()), (keys, ()), (count, ())])
    assert first == third == [(len(AWKWARD) + 2,)]
    assert len(second) == len(AWKWARD) + 2


async def test_an_empty_round_asks_nothing(rounds: Rounds) -> None:
    assert await rounds.fetch([]) == []


async def test_rounds_cannot_write(rounds: Rounds, database: Database) -> None:
    with pytest.raises(FAULTS):
        await rounds.fetch([(Read("DELETE FROM thing", (), ()), ())])
    assert len(await _rows(rounds, BY_KEY, "full")) == 1


async def test_a_faulty_statement_harms_no_other(rounds: Rounds) -> None:
    for _ in range(20):
        with pytest.raises(FAULTS):
            await rounds.fetch([(Read("SELECT nothing FROM nowhere", (), ()), ())])
        assert len(await _rows(rounds, BY_KEY, "full")) == 1


async def test_a_snapshot_sees_one_state(rounds: Rounds, database: Database) -> None:
    count = rounds.compile(select(func.count()).select_from(thing))
    async with rounds.snapshot() as snapshot:
        (before,) = await snapshot.fetch([(count, ())])
        async with database.write() as work:
            await work.execute(insert(thing), {"key": "late"})
        (after,) = await snapshot.fetch([(count, ())])
        assert before == after
        assert await rounds.fetch([(count, ())]) == [[(before[0][0] + 1,)]]
    assert await rounds.fetch([(count, ())]) == [[(before[0][0] + 1,)]]


async def test_answers_are_never_mixed(rounds: Rounds) -> None:
    read = rounds.compile(select(bindparam("value", type_=String()).label("v")))

    async def ask(number: int) -> None:
        batch = [(read, (f"{number}-{part}",)) for part in range(number % 4 + 1)]
        found = await rounds.fetch(batch)
        assert found == [[(f"{number}-{part}",)] for part in range(number % 4 + 1)]

    async with asyncio.TaskGroup() as group:
        for number in range(200):
            group.create_task(ask(number))


async def test_cancelled_rounds_leave_nothing_behind(rounds: Rounds) -> None:
    for delay in (0.0, 0.001, 0.005, 0.02) * 3:
        task = asyncio.create_task(rounds.fetch([(Read(SLOW, (), ()), ())]))
        await asyncio.sleep(delay)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(await _rows(rounds, BY_KEY, "full")) == 1
    async with asyncio.timeout(2):
        await asyncio.gather(*(_rows(rounds, BY_KEY, "full") for _ in range(8)))


async def test_a_slow_statement_is_ended_and_holds_up_no_other(store: Store) -> None:
    limits = dt.timedelta(seconds=0.5)
    async with opened(store.url, pool_size=2, statement_timeout=limits) as database:
        one = database.rounds.compile(select(bindparam("value", type_=Integer).label("v")))
        await database.rounds.fetch([(one, (1,))])
        loop = asyncio.get_running_loop()
        slow = asyncio.create_task(database.rounds.fetch([(Read(SLOW, (), ()), ())]))
        waits = []
        for number in range(40):
            started = loop.time()
            await asyncio.sleep(0.001)
            assert await database.rounds.fetch([(one, (number,))]) == [[(number,)]]
            waits.append(loop.time() - started)
        assert not slow.done()
        assert sorted(waits)[-3] < 0.1
        with pytest.raises(DatabaseBusy):
            await slow


async def test_whoever_waits_too_long_for_a_connection_is_told(store: Store) -> None:
    wait = dt.timedelta(seconds=0.1)
    async with opened(store.url, pool_size=1, pool_wait=wait) as database:
        async with database.rounds.snapshot() as snapshot:
            one = database.rounds.compile(select(bindparam("value", type_=Integer).label("v")))
            await snapshot.fetch([(one, (1,))])
            with pytest.raises(DatabaseBusy):
                await database.rounds.fetch([(one, (1,))])
        assert await database.rounds.fetch([(one, (1,))]) == [[(1,)]]


async def test_closing_twice_is_closing_once(store: Store) -> None:
    async with opened(store.url) as database:
        await database.rounds.close()
        await database.rounds.close()
        with pytest.raises(DatabaseUnavailable):
            await database.rounds.fetch([(Read("SELECT 1", (), ()), ())])
