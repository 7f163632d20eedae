"""Parameters and cells, against what SQLAlchemy makes of the same on asyncpg."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    MetaData,
    Numeric,
    Select,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.types import TypeEngine

from gateway.database import Database, StatementFault
from gateway.database.pipelines import PostgreSQLRounds
from gateway.sql import Dong, Instant, one_of
from tests.gateway.database.pipelines.server import LIMITS, pid, sql
from tests.stores import opened


class Kind(enum.Enum):
    """Names differ from values, as SQLAlchemy stores names."""

    FIRST = "first kind"
    OTHER = "other"


card = Table(
    "card",
    MetaData(),
    Column("code", String(20), primary_key=True),
    Column("amount", BigInteger),
    Column("since", Date),
    Column("at", Instant),
)

NASTY = ["", " ", "a,b", '"', "\\", '\\"', "{}", "NULL", "null", "'", "$1", "\n\t\r", "Nguyễn", "\U0001f600"]
FIRST = dt.datetime.fromisoformat("0001-01-01T00:00:00+00:00")
LAST = dt.datetime.fromisoformat("9999-12-31T23:59:59.999999+00:00")
MOMENT = dt.datetime(2024, 2, 29, 23, 59, 59, 120, tzinfo=dt.timezone(dt.timedelta(hours=7)))
"""Not in UTC."""


@pytest.fixture
async def reference(url: str) -> AsyncIterator[Database]:
    """SQLAlchemy's way to the same database."""
    async with opened(url) as database:
        yield database


async def by_sqlalchemy(database: Database, statement: Select[Any], **values: Any) -> list[tuple[Any, ...]]:
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(statement, values)]


async def by_rounds(rounds: PostgreSQLRounds, statement: Select[Any], **values: Any) -> list[tuple[Any, ...]]:
    read = rounds.compile(statement)
    [rows] = await rounds.fetch([(read, [values[name] for name in read.names])])
    converters = [rounds.converter(column.type) for column in statement.selected_columns]
    return [
        tuple(
            cell if cell is None or convert is None else convert(cell)
            for cell, convert in zip(row, converters, strict=True)
        )
        for row in rows
    ]


# --- values there and back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        (String(), [*NASTY, "x" * 100_000]),
        (Text(), NASTY),
        (Enum(Kind, native_enum=False), [*Kind]),
        (SmallInteger(), [-(2**15), 0, 2**15 - 1]),
        (Integer(), [-(2**31), 0, 2**31 - 1, True]),
        (BigInteger(), [-(2**63), 2**63 - 1]),
        (Dong(), [10**15]),
        (Boolean(), [True, False]),
        (Numeric(), [Decimal("1.10"), Decimal("-1e-20"), Decimal("1e30")]),
        (Float(), [0.1, -1e300, 3.0]),
        (Date(), [dt.date(1, 1, 2), dt.date(1999, 12, 31), dt.date(9999, 12, 30)]),
        (DateTime(), [MOMENT.replace(tzinfo=None), dt.datetime.fromisoformat("2024-02-29")]),
        (Instant(), [MOMENT, dt.datetime(1, 1, 2, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, tzinfo=dt.UTC)]),
        (Uuid(), [UUID(int=5)]),
        (ARRAY(String()), [[], NASTY, ["a", "b"], ['"'], ["\\"], ['a"', "b"], [""], ["a", None], [None]]),
        (ARRAY(BigInteger()), [[], [1, None, -(2**63)]]),
        (ARRAY(Boolean()), [[True, None, False]]),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, TypeEngine) else "",
)
async def test_values_come_back_as_sqlalchemy_gives_them(
    reference: Database, rounds: PostgreSQLRounds, type_: TypeEngine[Any], values: list[Any]
) -> None:
    statement = select(bindparam("value", type_=type_))
    for value in [*values, None]:
        expected = await by_sqlalchemy(reference, statement, value=value)
        found = await by_rounds(rounds, statement, value=value)
        assert found == expected
        if not isinstance(type_, Uuid):  # asyncpg has a class of its own for them
            assert type(found[0][0]) is type(expected[0][0])


@pytest.mark.parametrize(
    ("column", "keys"),
    [
        (card.c.code, [*NASTY, "no such", "0' OR true --"]),
        (card.c.amount, [2**62, -1, 2**63 - 1]),
        (card.c.since, [dt.date(2020, 1, 1), dt.date.max, dt.date.min]),
        (card.c.at, [MOMENT, FIRST, LAST]),
    ],
    ids=["text", "numbers", "days", "moments"],
)
async def test_keys_find_the_rows_that_they_find_for_sqlalchemy(
    reference: Database, rounds: PostgreSQLRounds, column: Column[Any], keys: list[Any]
) -> None:
    async with reference.write() as connection:
        await connection.run_sync(card.create)
        for number, code in enumerate([*NASTY, "other"]):
            row = {
                "code": code,
                "amount": [2**62, 5][number % 2],
                "since": [dt.date(2020, 1, 1), dt.date.max, dt.date.min][number % 3],
                "at": [MOMENT, FIRST, LAST][number % 3],
            }
            await connection.execute(card.insert(), row)

    for some in ([], keys, keys[:1], keys[1:], [*keys, None]):
        statement = select(card.c.code).where(one_of(column, bindparam("keys"))).order_by(card.c.code)
        expected = await by_sqlalchemy(reference, statement, keys=some)
        assert await by_rounds(rounds, statement, keys=some) == expected
        assert expected or some in ([], keys[1:])


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (String(), "987654\0"),
        (String(), "\ud800987654"),
        (String(), 987654),
        (String(), b"987654"),
        (SmallInteger(), 987654),
        (Integer(), 987654 * 10**6),
        (BigInteger(), 987654 * 10**15),
        (Integer(), "987654"),
        (Integer(), 987654.5),
        (Boolean(), 987654),
        (Date(), "987654"),
        (Instant(), MOMENT.replace(tzinfo=None)),
        (DateTime(), MOMENT),
        (Numeric(), "987654"),
        (Uuid(), "987654"),
        (ARRAY(String()), ["a", "987654\0"]),
        (ARRAY(String()), ['"', "987654\0"]),
        (ARRAY(String()), [["987654"]]),
        (ARRAY(Integer()), [1, 987654 * 10**6]),
        (ARRAY(Integer()), ["987654"]),
    ],
)
async def test_what_does_not_fit_is_a_fault_that_does_not_tell_the_value(
    rounds: PostgreSQLRounds, type_: TypeEngine[Any], value: Any
) -> None:
    before = await pid(rounds)
    with pytest.raises(StatementFault) as refusal:
        await by_rounds(rounds, select(bindparam("value", type_=type_)), value=value)
    assert "987654" not in f"{refusal.value!r} {refusal.value.__cause__!r}"
    assert await pid(rounds) == before


async def test_cells_are_raw(rounds: PostgreSQLRounds) -> None:
    read = sql(
        "SELECT 'x'::varchar, 1::smallint, 2::bigint, true, NULL::int, 1.50::numeric, 0.1::float8,"
        " '2020-01-02'::date, '2020-01-02 03:04:05+07'::timestamptz, '2020-01-02 03:04:05.000100'::timestamptz"
    )
    [[row]] = await rounds.fetch([(read, ())])
    assert row[:7] == ("x", 1, 2, True, None, Decimal("1.50"), 0.1)
    assert row[7:] == ("2020-01-02", "2020-01-01 20:04:05+00", "2020-01-02 03:04:05.0001+00")


@pytest.mark.parametrize(
    ("type_", "spelled"),
    [
        *((Date(), text) for text in ("0044-03-15 BC", "12024-01-01")),
        *((Instant(), text) for text in ("infinity", "-infinity", "0044-03-15 00:00:00+00 BC")),
        (Instant(), "12024-01-01 00:00:00+00"),
    ],
)
async def test_what_python_has_no_day_or_moment_for_is_not_converted(
    rounds: PostgreSQLRounds, type_: TypeEngine[Any], spelled: str
) -> None:
    stored = "date" if isinstance(type_, Date) else "timestamptz"
    [[(cell,)]] = await rounds.fetch([(sql(f"SELECT '{spelled}'::{stored}"), ())])
    convert = rounds.converter(type_)
    assert cell == spelled
    assert convert is not None
    with pytest.raises(ValueError, match="isoformat"):
        convert(cell)


@pytest.mark.parametrize("spelled", ["infinity", "-infinity"])
async def test_an_infinite_day_is_the_end_of_the_calendar(
    reference: Database, rounds: PostgreSQLRounds, spelled: str
) -> None:
    statement = select(cast(literal_column(f"'{spelled}'"), Date))
    assert await by_rounds(rounds, statement) == await by_sqlalchemy(reference, statement)


@pytest.mark.parametrize("type_", [JSON(), Interval(), ARRAY(Date())])
def test_a_type_that_is_not_known_is_refused_beforehand(url: str, type_: TypeEngine[Any]) -> None:
    rounds = PostgreSQLRounds(url, 1, LIMITS)
    with pytest.raises(TypeError):
        rounds.converter(type_)
    if not isinstance(type_, ARRAY):
        with pytest.raises(TypeError):
            rounds.compile(select(bindparam("value", type_=type_)))


async def test_a_read_names_its_parameters_by_place(reference: Database, rounds: PostgreSQLRounds) -> None:
    statement = (
        select(literal(1).label("one"))
        .where(
            or_(
                bindparam("b", type_=String) == "x",
                bindparam("b", type_=String) == bindparam("a", type_=String),
            )
        )
        .limit(bindparam("limit", type_=Integer))
    )
    read = rounds.compile(statement)
    assert len(read.names) == len(set(read.names)) == len(read.encoders)
    constants = statement.compile(dialect=reference.dialect).params
    for values in ({"a": "1", "b": "1"}, {"a": "1", "b": "2"}, {"a": "1", "b": "x"}):
        given = {**constants, **values, "limit": 5}
        [rows] = await rounds.fetch([(read, [given[name] for name in read.names])])
        assert bool(rows) == (values["b"] in (values["a"], "x"))


async def test_constants_of_in_are_parameters_of_their_own(rounds: PostgreSQLRounds) -> None:
    statement = select(func.count()).where(bindparam("it", type_=String).in_(["a", "b"]))
    read = rounds.compile(statement)
    constants = {"it": "b", **dict(zip(sorted(set(read.names) - {"it"}), ["a", "b"], strict=True))}
    assert await rounds.fetch([(read, [constants[name] for name in read.names])]) == [[(1,)]]
