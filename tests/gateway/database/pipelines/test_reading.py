"""What statements of a round and of a snapshot see, and how statements stay prepared."""

from __future__ import annotations

import asyncio

import pytest

from gateway.database import StatementFault
from gateway.database.pipelines import PostgreSQLRounds, statements
from tests.gateway.database.pipelines.server import Observer, opened_rounds, pid, sql

PREPARED = sql("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%some_mark%'")
COUNT = sql("SELECT count(*) FROM visit")
IN_TRANSACTION = "state LIKE 'idle in transaction%'"


@pytest.fixture
async def visits(observer: Observer) -> Observer:
    """There is a table with one row."""
    await observer.run("CREATE TABLE visit (code text); INSERT INTO visit VALUES ('00a')")
    return observer


# --- what is seen --------------------------------------------------------------------------------------------------


async def test_all_statements_of_a_round_see_one_state(rounds: PostgreSQLRounds, visits: Observer) -> None:
    await visits.run("SELECT pg_advisory_lock(1)")
    pause = sql("SELECT pg_advisory_xact_lock_shared(1)")
    reading = asyncio.create_task(rounds.fetch([(COUNT, ()), (pause, ()), (COUNT, ())]))
    await visits.until(1, "wait_event_type = 'Lock'")
    await visits.run("INSERT INTO visit VALUES ('00b'); SELECT pg_advisory_unlock(1)")
    [before], _, [after] = await reading
    assert before == after == (1,)
    assert await rounds.fetch([(COUNT, ())]) == [[(2,)]]


async def test_all_rounds_of_a_snapshot_see_one_state_and_it_ends_with_its_context(
    rounds: PostgreSQLRounds, visits: Observer
) -> None:
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch([(COUNT, ())]) == [[(1,)]]
        await visits.run("INSERT INTO visit VALUES ('00b')")
        assert await snapshot.fetch([(COUNT, ()), (COUNT, ())]) == [[(1,)], [(1,)]]
        assert await visits.ours(IN_TRANSACTION) == 1
    await visits.until(0, IN_TRANSACTION)
    assert await rounds.fetch([(COUNT, ())]) == [[(2,)]]


async def test_what_follows_a_snapshot_at_once_sees_the_present(url: str, visits: Observer) -> None:
    async with opened_rounds(url) as rounds:
        for number in range(1, 20):
            async with rounds.snapshot() as snapshot:
                assert await snapshot.fetch([(COUNT, ())]) == [[(number,)]]
                await visits.run("INSERT INTO visit VALUES ('00b')")
                assert await snapshot.fetch([(COUNT, ())]) == [[(number,)]]
            assert await rounds.fetch([(COUNT, ())]) == [[(number + 1,)]]
        assert await visits.ours() == 1


async def test_a_snapshot_that_read_nothing_needs_no_connection(
    rounds: PostgreSQLRounds, observer: Observer
) -> None:
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch([]) == []
    assert await rounds.fetch([]) == []
    assert await observer.ours() == 0


@pytest.mark.parametrize("first", [True, False], ids=["first round", "later round"])
async def test_a_failed_snapshot_leaves_its_connection_good(
    url: str, observer: Observer, first: bool
) -> None:
    async with opened_rounds(url) as rounds:
        before = await pid(rounds)
        async with rounds.snapshot() as snapshot:
            if not first:
                await snapshot.fetch([(sql("SELECT 1"), ())])
            with pytest.raises(StatementFault, match="22012"):
                await snapshot.fetch([(sql("SELECT 1/0"), ())])
        await observer.until(0, IN_TRANSACTION)
        assert await pid(rounds) == before


async def test_an_exception_in_a_snapshot_ends_it(url: str, observer: Observer) -> None:
    async def fail(rounds: PostgreSQLRounds) -> None:
        async with rounds.snapshot() as snapshot:
            await snapshot.fetch([(sql("SELECT 1"), ())])
            raise LookupError

    async with opened_rounds(url) as rounds:
        with pytest.raises(LookupError):
            await fail(rounds)
        await observer.until(0, IN_TRANSACTION)
        assert await rounds.fetch([(sql("SELECT 2"), ())]) == [[(2,)]]


async def test_a_snapshot_has_one_round_at_a_time(rounds: PostgreSQLRounds) -> None:
    one = [(sql("SELECT 1"), ())]
    async with rounds.snapshot() as snapshot:
        outcomes = await asyncio.gather(snapshot.fetch(one), snapshot.fetch(one), return_exceptions=True)
    assert outcomes[0] == [[(1,)]]
    assert isinstance(outcomes[1], RuntimeError)


async def test_a_transaction_that_someone_else_began_ends_with_its_connection(
    rounds: PostgreSQLRounds, observer: Observer
) -> None:
    await rounds.fetch([(sql("BEGIN"), ())])
    await observer.until(0, IN_TRANSACTION)
    assert await rounds.fetch([(sql("SELECT 1"), ())]) == [[(1,)]]


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM visit", "CREATE TABLE t (id int)", "SELECT nextval('s')", "SELECT * FROM visit FOR UPDATE"],
)
async def test_nothing_can_be_written(rounds: PostgreSQLRounds, visits: Observer, statement: str) -> None:
    await visits.run("CREATE SEQUENCE s")
    with pytest.raises(StatementFault, match="25006"):
        await rounds.fetch([(sql(statement), ())])
    assert await rounds.fetch([(COUNT, ())]) == [[(1,)]]


async def test_a_session_is_told_how_to_behave(rounds: PostgreSQLRounds) -> None:
    expected = {
        "TimeZone": "UTC",
        "DateStyle": "ISO",
        "client_encoding": "UTF8",
        "jit": "off",
        "default_transaction_isolation": "repeatable read",
        "default_transaction_read_only": "on",
        "statement_timeout": "2s",
        "idle_in_transaction_session_timeout": "30s",
    }
    for name, value in expected.items():
        [[(found,)]] = await rounds.fetch([(sql(f"SELECT current_setting('{name}')"), ())])
        assert found.split(",")[0] == value


async def test_after_a_fault_the_connection_answers_the_right_questions(url: str) -> None:
    ones = [(sql(f"SELECT {number}"), ()) for number in range(5)]
    async with opened_rounds(url) as rounds:
        before = await pid(rounds)
        for wrong, sqlstate in (
            ("SELECT 1/0", "22012"),
            ("SELEC", "42601"),
            ("SELECT * FROM nothing", "42P01"),
        ):
            for place in range(4):
                batch = [*ones[:place], (sql(wrong), ()), *ones[place:]]
                with pytest.raises(StatementFault, match=sqlstate):
                    await rounds.fetch(batch)
                assert await rounds.fetch(ones) == [[(number,)] for number in range(5)]
        assert await pid(rounds) == before


# --- prepared statements -------------------------------------------------------------------------------------------


async def test_a_statement_is_prepared_once_a_connection(url: str) -> None:
    marked = sql("SELECT 'some_mark'")
    async with opened_rounds(url) as rounds:
        for _ in range(5):
            assert await rounds.fetch([(marked, ())] * 3) == [[("some_mark",)]] * 3
        assert await rounds.fetch([(PREPARED, ())]) == [[(2,)]]  # the question, too, has the mark


async def test_what_a_fault_kept_from_being_prepared_is_prepared_later(url: str) -> None:
    early, late = sql("SELECT 'early'"), sql("SELECT 'late'")
    async with opened_rounds(url) as rounds:
        with pytest.raises(StatementFault, match="22012"):
            await rounds.fetch([(early, ()), (sql("SELECT 1/0"), ()), (late, ())])
        async with rounds.snapshot() as snapshot:
            await snapshot.fetch([(sql("SELECT 1"), ())])
            assert await snapshot.fetch([(early, ()), (late, ())]) == [[("early",)], [("late",)]]


async def test_no_more_statements_are_kept_than_may_be(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST", 4)
    several = [sql(f"SELECT 'some_mark', {number}") for number in range(12)]
    async with opened_rounds(url) as rounds:
        for _ in range(3):
            for number, read in enumerate(several):
                assert await rounds.fetch([(read, ()), (several[0], ())]) == [
                    [("some_mark", number)],
                    [("some_mark", 0)],
                ]
            await rounds.fetch([(read, ()) for read in several])
        await rounds.fetch([(PREPARED, ())])  # what is to go, goes with the next round
        [[(found,)]] = await rounds.fetch([(PREPARED, ())])
        assert found <= 12


async def test_the_statements_used_last_stay(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST", 3)
    favourite = sql("SELECT 'favourite'")
    since = sql(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT ''favourite''' AND name = 's1'"
    )
    async with opened_rounds(url) as rounds:
        for number in range(10):
            await rounds.fetch([(favourite, ())])
            await rounds.fetch([(sql(f"SELECT {number}"), ())])
        assert await rounds.fetch([(since, ())]) == [[(1,)]]


@pytest.mark.parametrize("in_snapshot", [False, True])
async def test_a_changed_table_is_read_as_it_is(url: str, visits: Observer, in_snapshot: bool) -> None:
    everything = sql("SELECT * FROM visit")
    async with opened_rounds(url) as rounds:
        before = await pid(rounds)
        assert await rounds.fetch([(COUNT, ()), (everything, ())]) == [[(1,)], [("00a",)]]
        await visits.run("ALTER TABLE visit ADD COLUMN day date NOT NULL DEFAULT '2020-01-01'")
        if in_snapshot:
            async with rounds.snapshot() as snapshot:
                found = await snapshot.fetch([(COUNT, ()), (everything, ())])
        else:
            found = await rounds.fetch([(COUNT, ()), (everything, ())])
        assert found == [[(1,)], [("00a", "2020-01-01")]]
        assert await pid(rounds) == before


async def test_a_table_that_changes_under_a_snapshot_is_a_fault_once(url: str, visits: Observer) -> None:
    everything = sql("SELECT * FROM visit")
    async with opened_rounds(url) as rounds:
        await rounds.fetch([(everything, ())])
        async with rounds.snapshot() as snapshot:
            await snapshot.fetch([(sql("SELECT 1"), ())])
            await visits.run("ALTER TABLE visit ADD COLUMN day date")
            with pytest.raises(StatementFault, match="0A000"):
                await snapshot.fetch([(everything, ())])
        assert await rounds.fetch([(everything, ())]) == [[("00a", None)]]


async def test_statements_that_someone_deallocated_are_prepared_again(url: str, visits: Observer) -> None:
    async with opened_rounds(url) as rounds:
        before = await pid(rounds)
        for _ in range(2):
            assert await rounds.fetch([(COUNT, ())]) == [[(1,)]]
            await rounds.fetch([(sql("DEALLOCATE ALL"), ())])
        assert await pid(rounds) == before
