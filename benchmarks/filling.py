"""The benchmark's data, written set by set: a million participants in a few minutes, the same ones every time.

Tables are the plugins' own, made by their migrations. Sessions were last seen in the future, so that no timed request has
to note that it was seen: only reads are measured.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import asyncpg
from sqlalchemy import Table

from benchmarks import rows
from benchmarks.population import HOSPITAL_TOKEN, facilities, tested
from benchmarks.records import plugin as records
from benchmarks.records.models import entitlements, participations
from gateway.folding import folded
from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch
from gateway.migrations.upgrading import upgrade
from plugins.accounts import plugin as accounts
from plugins.accounts.models import participant, session
from plugins.hi_card import plugin as hi_card
from plugins.hi_card.models import card
from plugins.lookups import plugin as lookups
from plugins.lookups.models import facility, province_key
from plugins.lookups.provinces import Era

PLUGINS: Final[Mapping[str, ModuleType]] = {
    "accounts": accounts,
    "hi_card": hi_card,
    "lookups": lookups,
    "records": records,
}
WRITTEN: Final[Sequence[Table]] = (
    facility,
    participant,
    session,
    card,
    participations,
    entitlements,
)
CHUNK: Final = 10_000


def branches() -> list[MigrationBranch]:
    """The migrations of the core and of the plugins that take part."""
    plugins = {name: plugin.database_tables() for name, plugin in PLUGINS.items()}
    found = {**FOUNDATIONS, **plugins}
    return [MigrationBranch(name, tables.migrations, tables.metadata) for name, tables in found.items()]


async def fill(url: str, participants: int) -> None:
    """Make the tables of a new PostgreSQL database and write so many participants (512 at least) with all that is theirs."""
    await upgrade(url, branches())
    connection = await asyncpg.connect(url)
    try:
        await connection.copy_records_to_table(
            "lookups_facility", records=_facilities(), columns=_names(facility)
        )
        for statement in (rows.PEOPLE, rows.SESSIONS, rows.CARDS, rows.ENTITLED):
            await connection.execute(statement, participants)
        await connection.execute(rows.PARTICIPATIONS, participants, tested(participants))
        await connection.execute(rows.HOSPITAL_SESSION, HOSPITAL_TOKEN)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def copy_to_sqlite(url: str, path: Path) -> None:
    """The same rows in a new SQLite file, written as the gateway's SQLite reads them."""
    await upgrade(f"sqlite:///{path}", branches())
    source = await asyncpg.connect(url)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as target:
            target.execute("PRAGMA synchronous = OFF")
            target.execute("BEGIN")
            for table in WRITTEN:
                await _copy(source, target, table)
            target.execute("COMMIT")
            target.execute("ANALYZE")
    finally:
        await source.close()


async def _copy(source: asyncpg.Connection[asyncpg.Record], target: sqlite3.Connection, table: Table) -> None:
    names = ", ".join(_names(table))
    places = ", ".join("?" for _ in table.columns)
    insert = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608  declared names
    async with source.transaction(readonly=True):
        cursor = await source.cursor(f"SELECT {names} FROM {table.name}")  # noqa: S608
        while chunk := await cursor.fetch(CHUNK):
            target.executemany(insert, ([_spelled(cell) for cell in row] for row in chunk))


def _spelled(cell: Any) -> Any:
    """A cell as SQLite holds it."""
    if isinstance(cell, dt.datetime):
        return cell.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _facilities() -> Iterator[tuple[str, ...]]:
    for one in facilities():
        yield one.code, one.name, folded(one.name), one.kind.name, province_key(Era.OF_63, one.province)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]
