"""One statement for any number of keys, and dates and moments that are nothing else, on both stores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Date,
    Enum,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    delete,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.types import TypeEngine

from gateway.database import Database
from gateway.sql import Instant, iso_date_check, iso_datetime_check, one_of
from tests.stores import Store

only_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

TABLES = MetaData()
ROWS = Table(
    "t_row",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("word", String(5), index=True),
    Column("note", Text),
    Column("small", SmallInteger),
    Column("number", Integer),
    Column("big", BigInteger),
    Column("day", Date),
    Column("moment", Instant),
    iso_date_check("day"),
    iso_datetime_check("moment"),
)
KEYS: BindParameter[Any] = bindparam("keys")

# NUL is no character for PostgreSQL, and a lone surrogate for neither: the edge refuses both.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
EXAMPLES = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
async def rows(database: Database) -> Database:
    """A database with the table."""
    async with database.write() as connection:
        await connection.run_sync(TABLES.create_all)
    return database


def integers(bits: int) -> st.SearchStrategy[int]:
    """Signed integers of a width."""
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001


@pytest.mark.parametrize(
    ("column", "stored", "asked"),
    [
        (ROWS.c.word, WORDS, WORDS | st.text("'\"%_\\ Đđễé", max_size=20)),
        (ROWS.c.note, WORDS, WORDS),
        (ROWS.c.small, integers(16), integers(64)),
        (ROWS.c.number, integers(32), integers(64)),
        (ROWS.c.big, integers(64), integers(64)),
        (ROWS.c.day, st.dates(), st.dates()),
        (ROWS.c.moment, MOMENTS, MOMENTS),
    ],
    ids=lambda value: value.name if isinstance(value, Column) else "",
)
@EXAMPLES
@given(data=st.data())
async def test_one_of_finds_what_python_finds(
    rows: Database,
    column: Column[Any],
    stored: st.SearchStrategy[Any],
    asked: st.SearchStrategy[Any],
    data: st.DataObject,
) -> None:
    values = data.draw(st.lists(stored, max_size=6))
    some = st.lists(st.sampled_from(values), max_size=3) if values else st.just([])
    keys = data.draw(some) + data.draw(st.lists(asked, max_size=6))
    async with rows.write() as connection:
        await connection.execute(delete(ROWS))
        if values:
            await connection.execute(insert(ROWS), [{column.name: value} for value in values])
        condition = one_of(column, KEYS)
        found = await connection.scalars(select(column).where(condition), {"keys": keys})
        others = await connection.scalars(select(column).where(~condition), {"keys": keys})
    values, keys = _in_utc(values), _in_utc(keys)
    assert sorted(found) == sorted(value for value in values if value in keys)
    assert sorted(others) == sorted(value for value in values if value not in keys)


def _in_utc(values: list[Any]) -> list[Any]:
    # Python holds no two moments of different zones for equal in an hour that a change of clocks repeats or leaves out.
    return [value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value for value in values]


async def test_a_null_is_one_of_nothing(rows: Database) -> None:
    async with rows.write() as connection:
        await connection.execute(insert(ROWS), [{"word": None}, {"word": "a"}])
        found = await connection.scalars(
            select(ROWS.c.word).where(one_of(ROWS.c.word, KEYS)), {"keys": ["a", ""]}
        )
    assert found.all() == ["a"]


async def test_a_key_too_long_for_the_column_is_not_cut_to_fit(rows: Database) -> None:
    async with rows.write() as connection:
        await connection.execute(insert(ROWS), {"word": "abcde"})
        found = await connection.scalars(
            select(ROWS.c.word).where(one_of(ROWS.c.word, KEYS)), {"keys": ["abcdef"]}
        )
    assert found.all() == []


async def test_one_of_is_one_condition_among_others(rows: Database) -> None:
    async with rows.write() as connection:
        await connection.execute(insert(ROWS), [{"word": word, "number": n} for n, word in enumerate("abcd")])
        either = one_of(ROWS.c.word, bindparam("words")) | one_of(ROWS.c.number, bindparam("numbers"))
        query = select(ROWS.c.word).where(either, ROWS.c.number > 0).order_by(ROWS.c.id)
        found = await connection.scalars(query, {"words": ["a", "b"], "numbers": [0, 3]})
    assert found.all() == ["b", "d"]


async def test_one_statement_serves_any_number_of_keys(rows: Database) -> None:
    compiled, texts = [], set()

    def observe(*call: Any) -> None:
        texts.add(call[2])
        compiled.append(call[4].cache_hit.name != "CACHE_HIT")

    event.listen(rows.engines[0].sync_engine, "before_cursor_execute", observe)
    async with rows.read() as connection:
        for count in (0, 1, 2, 50, 1000):  # written anew each time, as code does that builds it per call
            await connection.execute(
                select(ROWS).where(one_of(ROWS.c.word, bindparam("keys"))), {"keys": ["x"] * count}
            )
    assert len(texts) == 1
    assert compiled == [True, False, False, False, False]


async def test_one_of_uses_the_columns_index(store: Store, rows: Database) -> None:
    async with rows.write() as connection:
        await connection.execute(insert(ROWS), [{"word": f"w{number}"} for number in range(60)])
        await connection.execute(text("INSERT INTO t_row (word) SELECT 'x' FROM t_row AS a, t_row AS b"))
        await connection.execute(text("ANALYZE"))
    query = select(ROWS.c.id).where(one_of(ROWS.c.word, KEYS)).compile(dialect=rows.dialect)
    explain = "EXPLAIN QUERY PLAN" if store.dialect_name == "sqlite" else "EXPLAIN"
    async with rows.read() as connection:
        keys = '["w1", "w2"]' if store.dialect_name == "sqlite" else ("w1", "w2")
        driver_sql = f"{explain} {query}".replace("$1::VARCHAR[]", "'{w1,w2}'::VARCHAR[]")
        plan = await connection.exec_driver_sql(driver_sql, (keys,) if "?" in driver_sql else ())
    assert "ix_t_row_word" in str(plan.all())


@pytest.mark.parametrize("kind", [Enum("a", "b"), Numeric(5, 2)])
def test_one_of_refuses_other_columns(kind: TypeEngine[Any]) -> None:
    with pytest.raises(TypeError, match="one_of compares text, integers, dates and instants"):
        one_of(Column("x", kind), KEYS)


@EXAMPLES
@given(moments=st.lists(MOMENTS, min_size=1, max_size=5))
async def test_an_instant_is_the_same_moment_in_utc_and_sorts(
    rows: Database, moments: list[dt.datetime]
) -> None:
    async with rows.write() as connection:
        await connection.execute(delete(ROWS))
        await connection.execute(insert(ROWS), [{"moment": moment} for moment in moments])
        read = (await connection.scalars(select(ROWS.c.moment).order_by(ROWS.c.moment))).all()
        later = await connection.scalar(select(func.count()).where(ROWS.c.moment > moments[0]))
    in_utc = _in_utc(moments)
    assert read == sorted(in_utc)
    assert {moment.tzinfo for moment in read} == {dt.UTC}
    assert later == sum(moment > in_utc[0] for moment in in_utc)


async def test_an_instant_may_be_missing(rows: Database) -> None:
    async with rows.write() as connection:
        await connection.execute(insert(ROWS), {"moment": None})
        assert await connection.scalar(select(ROWS.c.moment)) is None


async def test_a_moment_without_time_zone_is_refused(rows: Database) -> None:
    async with rows.write() as connection:
        with pytest.raises(StatementError, match="an instant needs a time zone"):
            await connection.execute(insert(ROWS), {"moment": dt.datetime(2024, 2, 29)})  # noqa: DTZ001


def real(parse: Callable[[str], object], spell: str) -> bool:
    """Whether Python reads the text."""
    try:
        parse(spell)
    except ValueError:
        return False
    return True


@only_sqlite
@pytest.mark.parametrize("column", ["day", "moment"])
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "now",
        "２０２４-02-29",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "0000-01-01",
        "2024-2-9",
        "20240229",
        "2460000",
        "2024-W09-4",
        "2024-02-29 ",
        "-2024-02-29",
        "12024-02-29",
        "2024-02-30T00:00:00.000000Z",
        "0000-01-01T00:00:00.000000Z",
        "2024-02-29T24:00:00.000000Z",
        "2024-02-29T00:00:60.000000Z",
        "2024-02-29 00:00:00.000000Z",
        "2024-02-29T00:00:00.000000",
        "2024-02-29T00:00:00.000000+00:00",
        "2024-02-29T00:00:00.0000000Z",
        "2024-02-29T00:00:00.000Z",
        "2024-02-29T00:00:00Z",
    ],
)
async def test_sqlite_takes_no_text_that_is_no_date_or_instant(
    rows: Database, column: str, wrong: str
) -> None:
    async with rows.write() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(text(f"INSERT INTO t_row ({column}) VALUES (:wrong)"), {"wrong": wrong})


@only_sqlite
@EXAMPLES
@given(spell=st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9]", fullmatch=True))
async def test_sqlites_calendar_is_pythons(rows: Database, spell: str) -> None:
    async with rows.write() as connection:
        await connection.execute(delete(ROWS))
        try:
            await connection.execute(text("INSERT INTO t_row (day) VALUES (:day)"), {"day": spell})
            taken = True
        except IntegrityError:
            taken = False
    assert taken == real(dt.date.fromisoformat, spell)
