"""A desk, on each kind of store."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.app import Application, compose
from gateway.telemetry import Telemetry
from tests.gateway.execution.desk import Clock, Desk
from tests.gateway.execution.passes import PassesPlugin, metadata
from tests.stores import Store


@pytest.fixture
def clock() -> Clock:
    """Moved by hand."""
    return Clock()


@pytest.fixture
def plugin() -> PassesPlugin:
    """The plugin."""
    return PassesPlugin()


@pytest.fixture
def telemetry() -> Telemetry | None:
    """None but what the environment asks for."""
    return None


@pytest.fixture
async def application(
    store: Store,
    plugin: PassesPlugin,
    clock: Clock,
    telemetry: Telemetry | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Application]:
    """The plugin, composed, its table made."""
    environ = {
        "VSSID_DATABASE_URL": store.url,
        "VSSID_DATABASE_POOL": "4",
        "VSSID_SCHEMA_PATH": str(tmp_path_factory.mktemp("nothing")),
    }
    composed = compose(environ, plugins={"passes": plugin}, clock=clock, telemetry=telemetry)
    async with composed.running():
        async with composed.services.database.write() as work:
            await work.run_sync(metadata.create_all)
        yield composed


@pytest.fixture
def desk(application: Application, plugin: PassesPlugin, clock: Clock) -> Desk:
    """What most tests need."""
    return Desk(application, plugin, clock)
