"""Counting attempts: never more than allowed, whoever asks at once, and nobody waits longer than the limit says."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.database import Database
from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch
from gateway.throttles import Limit, Throttles, network_of
from gateway.throttles.models import counter
from tests.stores import Store, opened

NOW = dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = 60 * MINUTE
STEADY = Limit("steady", 3, 15 * MINUTE)
GROWING = Limit("growing", 3, 15 * MINUTE, longest=HOUR)


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    return [MigrationBranch(name, tables.migrations, tables.metadata) for name, tables in FOUNDATIONS.items()]


@pytest.fixture
def throttles(database: Database) -> Throttles:
    return Throttles(database, b"secret")


async def counters(database: Database) -> int:
    async with database.read() as connection:
        return len((await connection.execute(select(counter))).all())


@pytest.mark.parametrize("limit", [STEADY, GROWING], ids=lambda limit: limit.name)
async def test_so_many_attempts_are_allowed(throttles: Throttles, limit: Limit) -> None:
    answers = [await throttles.count(NOW, (limit, "me")) for _ in range(6)]
    assert answers == [None] * 3 + [NOW + 15 * MINUTE] * 3
    assert await throttles.count(NOW, (limit, "you")) is None


async def test_a_period_starts_with_its_first_attempt(throttles: Throttles) -> None:
    for minutes in (0, 7, 14):
        assert await throttles.count(NOW + minutes * MINUTE, (STEADY, "me")) is None
    assert await throttles.count(NOW + 14 * MINUTE, (STEADY, "me")) == NOW + 15 * MINUTE
    assert await throttles.count(NOW + 15 * MINUTE, (STEADY, "me")) is None


@pytest.mark.parametrize("attempts", [1, 2, 5])
async def test_delays_double_up_to_the_longest_and_floods_add_nothing(
    throttles: Throttles, attempts: int
) -> None:
    limit = Limit("sign_in", attempts, 15 * MINUTE, longest=HOUR)
    now = NOW
    allowed: list[dt.datetime] = []
    while len(allowed) < attempts + 5:
        again = await throttles.count(now, (limit, "me"))
        if again is None:
            allowed.append(now)
        else:
            assert {await throttles.count(now, (limit, "me")) for _ in range(3)} == {again}
            now = again
    delays = [(after - before) // MINUTE for before, after in pairwise(allowed)]
    assert delays[: attempts + 4] == [0] * (attempts - 1) + [15, 30, 60, 60, 60]


async def test_after_enough_quiet_all_is_forgotten(throttles: Throttles) -> None:
    for _ in range(3):
        await throttles.count(NOW, (GROWING, "me"))
    almost = NOW + 15 * MINUTE + HOUR - dt.timedelta(seconds=1)
    assert await throttles.count(almost, (GROWING, "me")) is None
    assert await throttles.count(almost, (GROWING, "me")) == almost + 30 * MINUTE
    quiet = almost + 30 * MINUTE + HOUR
    assert [await throttles.count(quiet, (GROWING, "me")) for _ in range(3)] == [None] * 3


async def test_what_one_limit_refuses_is_counted_by_none(throttles: Throttles) -> None:
    for _ in range(3):
        await throttles.count(NOW, (STEADY, "spent"))
    for _ in range(10):
        assert await throttles.count(NOW, (STEADY, "spent"), (GROWING, "spared")) is not None
    assert [await throttles.count(NOW, (GROWING, "spared")) for _ in range(3)] == [None] * 3


async def test_the_latest_of_several_refusals_is_told(throttles: Throttles) -> None:
    hour = Limit("hour", 1, HOUR)
    for _ in range(3):
        await throttles.count(NOW, (STEADY, "me"))
    await throttles.count(NOW, (hour, "me"))
    for order in [(STEADY, hour), (hour, STEADY)]:
        assert await throttles.count(NOW, *((limit, "me") for limit in order)) == NOW + HOUR


async def test_attempts_at_once_are_counted_one_by_one(store: Store) -> None:
    async def attempt(throttles: Throttles, number: int) -> bool:
        order = [(GROWING, "account"), (STEADY, f"address {number % 7}"), (Limit("all", 40, MINUTE), "")]
        return await throttles.count(NOW, *(order if number % 2 else reversed(order))) is None

    async with opened(store.url, pool_wait=HOUR) as patient:
        shared = Throttles(patient, b"secret")
        answers = await asyncio.gather(*(attempt(shared, number) for number in range(60)))
    assert sum(answers) == 3


async def test_what_succeeds_is_forgotten_with_its_transaction(
    throttles: Throttles, database: Database
) -> None:
    for _ in range(3):
        await throttles.count(NOW, (GROWING, "me"), (STEADY, "all"))
    async with database.write() as work:
        await throttles.forget(work, (GROWING, "me"), (GROWING, "nobody"))
    assert await throttles.count(NOW, (GROWING, "me")) is None
    assert await throttles.count(NOW, (STEADY, "all")) is not None


async def test_whose_a_counter_is_cannot_be_read(throttles: Throttles, database: Database) -> None:
    await throttles.count(NOW, (STEADY, "0012345678"), (GROWING, "0012345678"))
    async with database.read() as connection:
        rows = (await connection.execute(select(counter))).all()
    assert len({row.key for row in rows}) == 2
    assert "0012345678" not in repr(rows)
    assert await Throttles(database, b"another").count(NOW, (STEADY, "0012345678")) is None


async def test_expired_counters_are_deleted_in_passing(throttles: Throttles, database: Database) -> None:
    for number in range(5):
        await throttles.count(NOW, (STEADY, str(number)))
    assert await counters(database) == 5
    await throttles.count(NOW + HOUR, (STEADY, "later"))
    assert await counters(database) == 1


@pytest.mark.parametrize(
    ("attempts", "period", "longest"),
    [(0, MINUTE, None), (1, dt.timedelta(0), None), (1, HOUR, MINUTE)],
)
def test_a_limit_makes_sense(attempts: int, period: dt.timedelta, longest: dt.timedelta | None) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Limit("nonsense", attempts, period, longest)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("unix:/run/x", "unknown"),
        ("192.0.2.7, 192.0.2.8", "unknown"),
    ],
)
def test_who_is_counted_for_an_address(address: str | None, network: str) -> None:
    assert network_of(address) == network


@given(st.text())
def test_any_text_is_counted_for_somebody(address: str) -> None:
    assert network_of(address)
