"""What a plugin declares so that its rows can come from files, and how rows are written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Insert, Table, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.imports.columns import ImportColumn

Row = Mapping[str, object]


class Fault(NamedTuple):
    """Why a row is refused: in which column (None: the row as a whole), and a reason that repeats no value."""

    column: str | None
    reason: str


class RowRefused(Exception):
    """A row whose cells are well, but not together; with every reason."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(frozen=True)
class Importer:
    """Rows that come from a file of ``name``.

    ``row`` makes a row of the values of one line, by column name; it raises :class:`RowRefused` where they do not go
    together, and does no I/O. ``write`` writes rows in the batch's transaction; whoever brings the same rows again must
    change nothing, so it goes by a natural key, as :func:`upsert` does by the primary key.
    """

    name: str
    description: str
    columns: tuple[ImportColumn, ...]
    row: Callable[[Mapping[str, Any]], Row]
    write: Callable[[AsyncConnection, Sequence[Row]], Awaitable[None]]


def upsert(table: Table) -> Callable[[AsyncConnection, Sequence[Row]], Awaitable[None]]:
    """Write whole rows by the table's primary key: new ones are added, others changed, the same ones left alone.

    Of several rows with one key the last one counts. Rows have a value for every column.
    """
    keys = [column.key for column in table.primary_key]

    async def write(connection: AsyncConnection, rows: Sequence[Row]) -> None:
        latest = {tuple(row[key] for key in keys): row for row in rows}
        if latest:
            await connection.execute(_insert(table, connection.dialect.name), list(latest.values()))

    return write


def _insert(table: Table, dialect: str) -> Insert:
    # Two classes without a common one, alike in what is used here.
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    renewed = {column.key: insert.excluded[column.key] for column in table.columns if not column.primary_key}
    changed = or_(*(table.c[key].is_distinct_from(value) for key, value in renewed.items()))
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=renewed, where=changed)
