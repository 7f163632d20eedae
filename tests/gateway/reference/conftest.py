"""A running clinic without plans, on each kind of store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from gateway.app import Application
from gateway.migrations import MigrationBranch
from gateway.testing import running
from tests.gateway.clinic import people, plugin
from tests.stores import Store


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    """The clinic's tables."""
    tables = plugin.database_tables()
    return (MigrationBranch("clinic", tables.migrations, tables.metadata),)


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    """The clinic with its people, answered by the reference alone."""
    alone = {"VSSID_PLANS": "off"}
    async with running({"clinic": plugin}, store.url, people.ROWS, settings=alone) as application:
        yield application
