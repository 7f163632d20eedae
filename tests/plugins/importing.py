"""``vssid import`` for tests of plugins: people to import for, files, and what came of them."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result
from sqlalchemy import Table, insert, select

from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from gateway.database import Database
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.imports import Importer
from gateway.testing import NOW
from plugins.accounts.demo import AccountsDemo
from tests.stores import Store

PEOPLE: Final = list(participants(3, 1))
CODE: Final = PEOPLE[0].social_security_code
Cells = Mapping[str, str]
Importing = Callable[..., Result]


def written(path: Path, importer: Importer, rows: Iterable[Cells]) -> Path:
    """A CSV file of rows; cells that a row leaves out are empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in importer.columns], restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def importing_into(store: Store, plugins: Mapping[str, object], name: str) -> Importing:
    """Runs ``vssid import NAME FILE`` on a store that knows some people."""
    asyncio.run(_know_people(store.url))
    installation = Installation(
        {"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}, plugins
    )

    def run(*arguments: str | Path, status: int = 0) -> Result:
        given = ["import", name, *map(str, arguments)]
        result = CliRunner().invoke(vssid(), given, obj=installation)
        assert result.exit_code == status, (result.output, result.exception)
        return result

    return run


def rows_in(store: Store, table: Table) -> list[dict[str, Any]]:
    """All rows of a table, by key."""

    async def read() -> list[dict[str, Any]]:
        database = Database.open(store.url)
        try:
            async with database.read() as connection:
                rows = await connection.execute(select(table).order_by(*table.primary_key))
                return [dict(row) for row in rows.mappings()]
        finally:
            await database.close()

    return asyncio.run(read())


def reasons(report: Path) -> list[tuple[int, str, str]]:
    """Line, column and reason of everything in a report."""
    with report.open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["column"], row["reason"]) for row in csv.DictReader(file)]


def check_reasons(report: Path, faults: Sequence[Cells]) -> None:
    """That a report names the faults of the first lines of a file: by column, what the reason begins with."""
    found: dict[int, dict[str, str]] = {}
    for line, column, reason in reasons(report):
        found.setdefault(line, {})[column] = reason
    for line, expected in enumerate(faults, 2):
        told = found.pop(line, {})
        assert told.keys() == expected.keys(), (line, told)
        assert all(told[column].startswith(reason) for column, reason in expected.items()), (line, told)
    assert not found, "other lines are named as well"


async def _know_people(url: str) -> None:
    database = Database.open(url)
    (people, *_) = AccountsDemo().participants(PEOPLE, Demo(len(PEOPLE), 1, NOW.date()))
    try:
        async with database.write() as connection:
            await connection.execute(insert(people.table), list(people.values))
    finally:
        await database.close()
