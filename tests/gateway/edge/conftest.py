"""The edge over a toy executor, in-process and on a socket; sockets on every event loop that may serve them."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from gateway.edge import GraphQLEndpoint
from tests.gateway.edge.toy import Client, ToyExecutor, settings
from tests.gateway.edge.wire import IDLE, RECEIVE, Served, serving_graphql

ON_EVERY_LOOP = (
    "test_alarms.py",
    "test_attendance.py",
    "test_connections.py",
    "test_deadlines.py",
    "test_sending.py",
)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """asyncio's own loop, and uvloop where it is installed."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    if item.path.name in ON_EVERY_LOOP and importlib.util.find_spec("uvloop") is not None:
        loops["uvloop"] = importlib.import_module("uvloop").new_event_loop
    return loops


@pytest.fixture
def executor() -> ToyExecutor:
    """The executor behind the other fixtures."""
    return ToyExecutor()


@pytest.fixture
def client(executor: ToyExecutor) -> Client:
    """Calls the endpoint in-process."""
    return Client(GraphQLEndpoint(executor, settings()))


@pytest.fixture
async def served(executor: ToyExecutor) -> AsyncIterator[Served]:
    """A server on a socket, with short deadlines."""
    core = settings(idle_timeout=IDLE, receive_timeout=RECEIVE, body_limit=256 * 1024)
    async with serving_graphql(executor, core) as running:
        yield running
