"""A clinic that the reference answers for, and one that plans answer for, each with a store of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from gateway.app import Application
from gateway.migrations import MigrationBranch
from gateway.testing import running
from tests.gateway.clinic import people, plugin
from tests.gateway.planning.comparing import Compared, compared
from tests.stores import Store, Stores


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    """The clinic's tables."""
    tables = plugin.database_tables()
    return (MigrationBranch("clinic", tables.migrations, tables.metadata),)


@pytest.fixture(params=["sqlite", "postgresql"])
def two_stores(
    request: pytest.FixtureRequest, branches: Sequence[MigrationBranch]
) -> Iterator[tuple[Store, Store]]:
    """Two new databases on each kind of store."""
    stores: Stores = request.getfixturevalue(f"{request.param}_stores")
    with stores.fresh(branches) as one, stores.fresh(branches) as other:
        yield one, other


@pytest.fixture
async def clinics(two_stores: tuple[Store, Store]) -> AsyncIterator[Compared]:
    """Both, with the same people."""
    async with compared({"clinic": plugin}, two_stores, people.ROWS, people.VIEWERS) as found:
        yield found


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    """One clinic alone."""
    async with running({"clinic": plugin}, store.url, people.ROWS) as application:
        yield application
