"""One import: batch after batch, each with its report and its progress, or none of them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.database import Database
from gateway.imports.checking import Candidate, Checker, Refusal
from gateway.imports.importers import Fault, Importer
from gateway.imports.progress import Done, begun, identity, note
from gateway.imports.reading import Record, records
from gateway.imports.reporting import Report

BATCH: Final = 2_000
"""Rows of one transaction: short enough that others, who on SQLite cannot write meanwhile, do not notice."""


@dataclass(frozen=True)
class Import:
    """What is needed to import files of one kind; ``progress`` hears how many bytes were just done."""

    database: Database
    importer: Importer
    checker: Checker
    clock: Callable[[], dt.datetime]
    progress: Callable[[int], object]

    async def run(self, path: Path, file: IO[bytes], report: Report, *, again: bool = False) -> Done:
        """Import an open file, from where it was left; what is in it afterwards. A finished file is left alone.

        Raises :class:`~gateway.imports.reading.FileRefused` and what the store fails with; what was committed stays.
        """
        id_ = identity(self.importer.name, file)
        async with self.database.write() as connection:
            done = await begun(connection, id_, self.importer.name, self.clock(), again=again)
        if done.finished:
            return done
        report.go_on(done.report_bytes)
        with records(path, file, self.importer.columns) as rows:
            done = await self._batches(itertools.islice(rows, done.records, None), file, id_, done, report)
        finished = replace(done, finished=True, report_bytes=report.add(()))
        async with self.database.write() as connection:
            await note(connection, id_, done, finished, self.clock())
        return finished

    async def _batches(
        self, rest: Iterator[Record], file: IO[bytes], id_: str, done: Done, report: Report
    ) -> Done:
        at = 0
        while batch := list(itertools.islice(rest, BATCH)):
            done = await self._batch(batch, id_, done, report)
            self.progress(file.tell() - at)
            at = file.tell()
        return done

    async def _batch(self, batch: Sequence[Record], id_: str, done: Done, report: Report) -> Done:
        async with self.database.read() as connection:
            candidates, refusals = await self.checker.checked(connection, batch)
        async with self.database.write() as connection:
            refusals += await self._write(connection, candidates)
            refusals.sort(key=lambda one: one.line)
            after = done.and_then(len(batch), len(refusals), report.add(refusals))
            await note(connection, id_, done, after, self.clock())
        return after

    async def _write(self, connection: AsyncConnection, candidates: Sequence[Candidate]) -> list[Refusal]:
        """Write all of them at once; where the store refuses that, one by one, so that it is known which."""
        try:
            await self._write_at_once(connection, candidates)
        except DBAPIError:
            if len(candidates) == 1:
                return [Refusal(candidates[0].line, (Fault(None, "breaks a rule of the table"),))]
            return [
                refusal for candidate in candidates for refusal in await self._write(connection, [candidate])
            ]
        return []

    async def _write_at_once(self, connection: AsyncConnection, candidates: Sequence[Candidate]) -> None:
        async with connection.begin_nested():
            await self.importer.write(connection, [candidate.row for candidate in candidates])
