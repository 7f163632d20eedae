"""Rounds mean the same on both stores: values, rows and faults."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Enum,
    Integer,
    MetaData,
    Numeric,
    Select,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
)

from gateway.database import Database, Read, Rounds, StatementFault
from gateway.database.placing import constants
from gateway.sql import Dong, Instant, one_of


class Mood(enum.Enum):
    """Stored by name."""

    GOOD = "g"
    BAD = "b"


metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("key", String, primary_key=True),
    Column("number", Integer),
    Column("money", Dong),
    Column("ratio", Numeric(12, 3)),
    Column("day", Date),
    Column("at", Instant),
    Column("sure", Boolean),
    Column("mood", Enum(Mood)),
)
AWKWARD = (
    *("", "a'b", 'a"b', "a\\b", "{x,y}", "null", "NULL", "%_", "%", "Nguyễn Thị Ánh", "💛", "a\nb", " "),
    *("?", ":key", "$1", "'; DROP TABLE thing; --", '\\"', "[]"),
)
FULL = {
    "key": "full",
    "number": -(2**31),
    "money": 2**63 - 1,
    "ratio": Decimal("12.345"),
    "day": dt.date(999, 12, 31),
    "at": dt.datetime(2025, 6, 4, 23, 30, 15, 250_000, tzinfo=dt.UTC),
    "sure": True,
    "mood": Mood.BAD,
}
OTHER = {
    "key": "other",
    "number": 2**31 - 1,
    "money": 0,
    "ratio": Decimal(-1),
    "day": dt.date(9999, 12, 30),
    "at": dt.datetime(1, 1, 2, tzinfo=dt.UTC),
    "sure": False,
    "mood": Mood.GOOD,
}
PRESENT: list[dict[str, Any]] = [FULL, OTHER, *({"key": key} for key in AWKWARD)]
BY_KEY = select(thing).where(thing.c.key == bindparam("key", type_=String()))
COUNT = select(func.count()).select_from(thing)


def sql(text: str) -> tuple[Read, tuple[()]]:
    """A statement without parameters."""
    return Read(text, (), ()), ()


async def ask(rounds: Rounds, statement: Select[Any], **values: Any) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    read = rounds.compile(statement)
    (found,) = await rounds.fetch([(read, [values[name] for name in read.names])])
    return found


@pytest.fixture
async def rounds(database: Database) -> Rounds:
    """The store's rounds, over some things."""
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
        for row in PRESENT:
            await connection.execute(insert(thing), row)
    return database.rounds


async def test_cells_are_what_sqlalchemy_reads(rounds: Rounds, database: Database) -> None:
    columns = [column for column in thing.c if column.name != "ratio"]
    statement = select(*columns).order_by(thing.c.key)
    converters = [rounds.converter(column.type) for column in columns]
    async with database.read() as connection:
        expected = [tuple(row) for row in await connection.execute(statement)]
    found = [
        tuple(
            cell if cell is None or convert is None else convert(cell)
            for cell, convert in zip(row, converters, strict=True)
        )
        for row in await ask(rounds, statement)
    ]
    assert found == expected
    full = next(row for row in found if row[0] == "full")
    assert full == tuple(value for name, value in FULL.items() if name != "ratio")
    assert [type(cell) for cell in full] == [str, int, int, dt.date, dt.datetime, bool, Mood]


async def test_cells_are_raw(rounds: Rounds) -> None:
    ((key, number, money, _, day, at, sure, mood),) = await ask(rounds, BY_KEY, key="full")
    assert (key, number, money, day, mood) == ("full", -(2**31), 2**63 - 1, "0999-12-31", "BAD")
    assert dt.datetime.fromisoformat(at) == FULL["at"]
    assert sure == 1
    assert await ask(rounds, BY_KEY, key="null") == [("null", *[None] * 7)]


@pytest.mark.parametrize("key", AWKWARD)
async def test_texts_pass_unchanged(rounds: Rounds, key: str) -> None:
    assert [row[0] for row in await ask(rounds, BY_KEY, key=key)] == [key]


async def test_wildcards_stand_for_themselves_where_they_are_escaped(
    rounds: Rounds, database: Database
) -> None:
    like = select(thing.c.key).where(
        thing.c.key.contains(bindparam("part", type_=String()), autoescape=False)
    )
    assert len(await ask(rounds, like, part="%")) == len(PRESENT)
    escaped = select(thing.c.key).where(thing.c.key.contains("%", autoescape=True)).order_by(thing.c.key)
    read = rounds.compile(escaped)
    values = constants(escaped, database.dialect)
    (found,) = await rounds.fetch([(read, [values[name] for name in read.names])])
    assert sorted(row[0] for row in found) == ["%", "%_"]


async def test_lists_of_keys_pass_unchanged(rounds: Rounds) -> None:
    among = select(thing.c.key).where(one_of(thing.c.key, bindparam("keys")))
    assert {row[0] for row in await ask(rounds, among, keys=[*AWKWARD, "missing"])} == set(AWKWARD)
    for key in AWKWARD:
        assert await ask(rounds, among, keys=[key]) == [(key,)]
    assert await ask(rounds, among, keys=[]) == []


@pytest.mark.parametrize(
    ("column", "keys"),
    [
        (thing.c.number, [-(2**31), 2**40]),
        (thing.c.day, [FULL["day"], dt.date(2000, 1, 1)]),
        (thing.c.at, [FULL["at"]]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_lists_of_keys_of_other_types(
    rounds: Rounds, column: ColumnElement[Any], keys: list[Any]
) -> None:
    among = select(thing.c.key).where(one_of(column, bindparam("keys")))
    assert await ask(rounds, among, keys=keys) == [("full",)]


@pytest.mark.parametrize("name", [name for name in FULL if name != "key"])
async def test_parameters_of_every_type(rounds: Rounds, name: str) -> None:
    column = thing.c[name]
    equal = select(thing.c.key).where(column == bindparam("value", type_=column.type))
    assert await ask(rounds, equal, value=FULL[name]) == [("full",)]
    assert await ask(rounds, equal, value=OTHER[name]) == [("other",)]
    assert await ask(rounds, equal, value=None) == []


async def test_parameters_may_stand_twice_and_constants_are_named(rounds: Rounds, database: Database) -> None:
    low, high = bindparam("low", type_=Integer), bindparam("high", type_=Integer)
    statement = (
        select(thing.c.key, literal("x").label("x"))
        .where(thing.c.number.between(low, high), low < high)
        .where(thing.c.key.in_(["full", "other"]))
        .order_by(thing.c.key)
        .limit(bindparam("limit", type_=Integer))
    )
    read = rounds.compile(statement)
    assert len(read.names) == len(read.encoders)
    assert {"low", "high", "limit"} < set(read.names)
    values = constants(statement, database.dialect) | {"low": -(2**31), "high": 0, "limit": 1}
    (found,) = await rounds.fetch([(read, [values[name] for name in read.names])])
    assert found == [("full", "x")]


async def test_a_round_keeps_the_order_of_statements_and_rows(rounds: Rounds) -> None:
    backward = rounds.compile(select(thing.c.number).order_by(thing.c.number.desc().nulls_last()))
    forward = rounds.compile(select(thing.c.number).order_by(thing.c.number.nulls_last()))
    nobody = rounds.compile(BY_KEY)
    found = await rounds.fetch([(backward, ()), (nobody, ("nobody",)), (forward, ()), (backward, ())])
    assert found[0] == found[3]
    assert found[0][:2] == [(2**31 - 1,), (-(2**31),)]
    assert found[1] == []
    assert found[2][:2] == [(-(2**31),), (2**31 - 1,)]


async def test_an_empty_round_asks_nothing(rounds: Rounds) -> None:
    assert await rounds.fetch([]) == []
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch([]) == []
    async with rounds.snapshot():
        pass


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM thing",
        "UPDATE thing SET number = 1",
        "CREATE TABLE t (id INTEGER)",
        "SELECT nothing FROM nowhere",
    ],
)
async def test_a_faulty_statement_harms_no_other(rounds: Rounds, text: str) -> None:
    count = (rounds.compile(COUNT), ())
    for batch in ([sql(text)], [count, sql(text), count]) * 5:  # more often than there are connections
        with pytest.raises(StatementFault):
            await rounds.fetch(batch)
        async with rounds.snapshot() as snapshot:
            await snapshot.fetch([count])
            with pytest.raises(StatementFault):
                await snapshot.fetch(batch)
        assert await rounds.fetch([count]) == [[(len(PRESENT),)]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("money", 987654 * 10**15),
        ("key", "987654\ud800"),
        ("key", object),
        ("day", "987654"),
        ("at", dt.datetime(9876, 5, 4)),  # noqa: DTZ001  that is what is refused
    ],
)
async def test_what_does_not_fit_is_a_fault_that_tells_no_value(
    rounds: Rounds, name: str, value: Any
) -> None:
    column = thing.c[name]
    for condition in (
        column == bindparam("value", type_=column.type),
        column > bindparam("value", type_=column.type),
    ):
        with pytest.raises(StatementFault) as refusal:
            await ask(rounds, select(thing.c.key).where(condition), value=value)
        told = f"{refusal.value!r} {refusal.value.__cause__!r}"
        assert "9876" not in told
        assert "object" not in told
    assert len(await ask(rounds, COUNT)) == 1


async def test_statements_that_say_the_same_are_one(rounds: Rounds) -> None:
    def by_day(day: dt.date) -> Select[Any]:
        return select(thing.c.key).where(thing.c.day == bindparam("day", type_=Date), thing.c.day < day)

    assert rounds.compile(by_day(dt.date(2024, 1, 1))) is rounds.compile(by_day(dt.date(2025, 1, 1)))
    assert rounds.compile(by_day(dt.date(2024, 1, 1))) is not rounds.compile(BY_KEY)
