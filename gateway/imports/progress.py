"""How far a file is done: one row for its content, written in the transaction of each batch."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import IO, Final

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.imports.models import imported_files
from gateway.imports.reading import FileRefused

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Done:
    """So many records of a file are done, so many of them were refused, and so long is the report about them."""

    records: int = 0
    refused: int = 0
    report_bytes: int = 0
    finished: bool = False

    def and_then(self, records: int, refused: int, report_bytes: int) -> Done:
        """With another batch."""
        return replace(
            self,
            records=self.records + records,
            refused=self.refused + refused,
            report_bytes=report_bytes,
        )


def identity(importer: str, file: IO[bytes]) -> str:
    """What a file is known by: its content and the importer's name. The file is at its beginning before and after."""
    seen = hashlib.sha256(f"{importer}\0".encode())
    while block := file.read(_BLOCK):
        seen.update(block)
    file.seek(0)
    return seen.hexdigest()


async def begun(
    connection: AsyncConnection, id_: str, importer: str, now: dt.datetime, *, again: bool
) -> Done:
    """How far a file is done already; ``again`` forgets it."""
    row = (await connection.execute(select(imported_files).where(imported_files.c.id == id_))).one_or_none()
    if row is not None and not again:
        return Done(row.records, row.refused, row.report_bytes, row.finished_at is not None)
    fresh = {
        "importer": importer,
        "records": 0,
        "refused": 0,
        "report_bytes": 0,
        "began_at": now,
        "changed_at": now,
        "finished_at": None,
    }
    if row is None:
        await connection.execute(insert(imported_files), fresh | {"id": id_})
    else:
        await connection.execute(update(imported_files).where(imported_files.c.id == id_), fresh)
    return Done()


async def note(connection: AsyncConnection, id_: str, before: Done, after: Done, now: dt.datetime) -> None:
    """Write how far a file is done. Raises :class:`FileRefused` where another process has gone on with it."""
    noted = await connection.execute(
        update(imported_files)
        .where(imported_files.c.id == id_, imported_files.c.records == before.records)
        .where(imported_files.c.finished_at.is_(None)),
        {
            "records": after.records,
            "refused": after.refused,
            "report_bytes": after.report_bytes,
            "changed_at": now,
            "finished_at": now if after.finished else None,
        },
    )
    if noted.rowcount != 1:
        raise FileRefused("another process imports this file at the same time")
