"""Rounds on a new PostgreSQL database, on every event loop that may serve them."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import pytest

from gateway.database.pipelines import PostgreSQLRounds
from tests.gateway.database.pipelines.server import Line, Observer, opened_rounds
from tests.stores import PostgresqlStores


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """asyncio's own loop, and uvloop where it is installed."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    if (
        item.path.name not in ("test_reading.py", "test_spelling.py")
        and importlib.util.find_spec("uvloop") is not None
    ):
        loops["uvloop"] = importlib.import_module("uvloop").new_event_loop
    return loops


@pytest.fixture
def url(postgresql_stores: PostgresqlStores) -> Iterator[str]:
    """The address of a new database."""
    with postgresql_stores.fresh(()) as store:
        yield store.url


@pytest.fixture
async def observer(url: str) -> AsyncIterator[Observer]:
    """Someone else on the same database."""
    async with Observer.connected(url) as someone:
        yield someone


@pytest.fixture
async def rounds(url: str) -> AsyncIterator[PostgreSQLRounds]:
    """Rounds on four connections at most."""
    async with opened_rounds(url, pool_size=4) as opened:
        yield opened


@pytest.fixture
async def line(url: str) -> AsyncIterator[Line]:
    """A way to the server that can be troubled."""
    troubled = Line(url)
    await troubled.open()
    yield troubled
    await troubled.shut()
