"""Demo data: seeded once, continued where it broke off, and never more than a batch in memory."""

from __future__ import annotations

import datetime as dt
import itertools
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Column, Date, ForeignKey, MetaData, String, Table, func, select

from gateway.database import Database
from gateway.demo import BATCH, Demo, DemoData, DemoRows, batches, is_seeded, refresh, seed
from gateway.demo.people import DemoParticipant, participants

metadata = MetaData()
places = Table("shop_places", metadata, Column("code", String, primary_key=True), Column("name", String))
buyers = Table(
    "shop_buyers",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", String),
    Column("place", String, ForeignKey("shop_places.code")),
    Column("since", Date),
)
passes = Table("gate_passes", metadata, Column("key", String, primary_key=True))
sessions = Table(
    "gate_sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("until", Date),
    Column("ended", Date),
)

DEMO = Demo(participants=BATCH + 500, seed=7, today=dt.date(2020, 11, 16))


@dataclass
class Shop(DemoData):
    """Buyers at a place; every third person is none."""

    asked: list[int] = field(default_factory=list)

    def reference(self, demo: Demo) -> Iterator[DemoRows]:
        yield DemoRows(places, [{"code": "00001", "name": "Hoàn Kiếm"}])

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        self.asked.append(len(people))
        yield DemoRows(
            buyers,
            [
                {"key": person.key, "name": person.full_name, "place": "00001", "since": demo.today}
                for person in people
                if person.index % 3
            ],
        )


class Gate(DemoData):
    """A pass for every person, and a session that ends."""

    def reference(self, demo: Demo) -> Iterator[DemoRows]:
        yield DemoRows(sessions, [{"id": "1", "until": demo.today + dt.timedelta(30)}], refresh=True)
        yield DemoRows(places, [])

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        yield DemoRows(passes, [{"key": person.key} for person in people])


PLUGINS: dict[str, DemoData] = {"shop": Shop(), "gate": Gate()}


@pytest.fixture
async def tables(database: Database) -> Database:
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    return database


async def counted(database: Database, table: Table) -> int:
    async with database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def contents(database: Database, table: Table) -> list[tuple[Any, ...]]:
    async with database.read() as connection:
        rows = await connection.execute(select(table).order_by(*table.primary_key))
        return [tuple(row) for row in rows]


def ignore(count: int) -> None:
    """No progress is shown."""


async def test_every_plugin_gets_everybody_in_batches(tables: Database) -> None:
    shop, done = Shop(), list[int]()
    await seed(tables, {"shop": shop, "gate": Gate()}, DEMO, done.append)

    assert shop.asked == done == [BATCH, 500]
    assert await counted(tables, passes) == DEMO.participants
    names = {name: place for _, name, place, _ in await contents(tables, buyers)}
    expected = {person.full_name for person in participants(DEMO.participants, 7) if person.index % 3}
    assert set(names) == expected
    assert set(names.values()) == {"00001"}


async def test_seeding_again_changes_nothing(tables: Database) -> None:
    await seed(tables, PLUGINS, DEMO, ignore)
    before = await contents(tables, buyers)
    await seed(tables, PLUGINS, replace(DEMO, today=dt.date(2021, 3, 1)), ignore)

    assert await contents(tables, buyers) == before
    assert await counted(tables, passes) == DEMO.participants


class Broken(Gate):
    """Fails in the second batch, after the other plugin has written."""

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        if people[0].index:
            raise OSError("the disk is full")
        yield from super().participants(people, demo)


async def test_a_broken_off_demo_is_continued(tables: Database) -> None:
    plugins: dict[str, DemoData] = {"shop": Shop(), "zebra": Broken()}
    with pytest.raises(OSError, match="full"):
        await seed(tables, plugins, DEMO, ignore)
    assert await counted(tables, passes) == BATCH
    assert await counted(tables, buyers) < BATCH
    assert not await is_seeded(tables, PLUGINS, DEMO)

    await seed(tables, PLUGINS, DEMO, ignore)
    assert await counted(tables, passes) == DEMO.participants
    assert await is_seeded(tables, PLUGINS, DEMO)


async def test_whether_it_is_there(tables: Database) -> None:
    small = replace(DEMO, participants=300)
    assert not await is_seeded(tables, PLUGINS, small)
    await seed(tables, {"shop": Shop()}, small, ignore)

    assert await is_seeded(tables, {"shop": Shop()}, small)
    assert await is_seeded(tables, {"shop": Shop()}, replace(small, participants=120))
    assert not await is_seeded(tables, {"shop": Shop()}, replace(small, participants=302))
    assert not await is_seeded(tables, {"shop": Shop()}, replace(small, seed=8))
    assert not await is_seeded(tables, PLUGINS, small), "a plugin that came later has nothing yet"
    assert await is_seeded(tables, {}, small)


async def test_what_ages_is_renewed_whole(tables: Database) -> None:
    await seed(tables, PLUGINS, replace(DEMO, participants=10), ignore)
    async with tables.write() as connection:
        await connection.execute(sessions.update().values(ended=dt.date(2020, 12, 1)))

    later = replace(DEMO, participants=10, today=dt.date(2021, 3, 1))
    await refresh(tables, PLUGINS, later)

    assert await contents(tables, sessions) == [("1", dt.date(2021, 3, 31), None)]
    assert {since for *_, since in await contents(tables, buyers)} == {DEMO.today}


async def test_nobody_is_a_demo_too(tables: Database) -> None:
    nobody = replace(DEMO, participants=0)
    await seed(tables, PLUGINS, nobody, ignore)
    assert await is_seeded(tables, PLUGINS, nobody)
    assert await counted(tables, passes) == 0
    assert await counted(tables, places) == 1


class Keyless(Gate):
    """Forgets the primary key."""

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        yield DemoRows(buyers, [{"name": person.full_name} for person in people])


async def test_rows_without_a_key_are_refused(tables: Database) -> None:
    with pytest.raises(ValueError, match="demo rows of shop_buyers have no primary key: key"):
        await seed(tables, {"gate": Keyless()}, DEMO, ignore)


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (BATCH, [BATCH]), (2 * BATCH + 1, [BATCH, BATCH, 1])]
)
def test_sizes_of_batches(count: int, sizes: list[int]) -> None:
    assert [len(people) for people in batches(replace(DEMO, participants=count))] == sizes


def test_more_people_need_no_more_memory() -> None:
    def peak(portions: Iterable[list[DemoParticipant]]) -> int:
        tracemalloc.start()
        for _ in portions:
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    million = batches(replace(DEMO, participants=1_000_000))
    few = peak(itertools.islice(million, 2))
    assert peak(itertools.islice(million, 6)) < 1.2 * few
