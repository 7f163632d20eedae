"""From records to rows: every cell read, every reason collected, codes turned into participants."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.directory import ParticipantDirectory
from gateway.imports.columns import ImportColumn, Unreadable
from gateway.imports.importers import Fault, Importer, Row, RowRefused
from gateway.imports.reading import Record


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not imported: the line it begins on, and every reason."""

    line: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row as it will be written."""

    line: int
    row: Row


@dataclass(frozen=True, slots=True)
class _Values:
    line: int
    values: dict[str, Any]
    faults: tuple[Fault, ...]


class Checker:
    """Checks batches of records for one importer."""

    def __init__(self, importer: Importer, directory: ParticipantDirectory) -> None:
        self._importer = importer
        self._directory = directory
        self._people = {one.name: one.person for one in importer.columns if one.person is not None}

    async def checked(
        self, connection: AsyncConnection, batch: Sequence[Record]
    ) -> tuple[list[Candidate], list[Refusal]]:
        """The rows to write, and the records that make none; both in the order of the file."""
        read = [self._read(record) for record in batch]
        keys = await self._keys(connection, read)
        candidates, refusals = list[Candidate](), list[Refusal]()
        for one in read:
            made = self._made(one, keys)
            if isinstance(made, Candidate):
                candidates.append(made)
            else:
                refusals.append(made)
        return candidates, refusals

    def _read(self, record: Record) -> _Values:
        if record.faults:
            return _Values(record.line, {}, record.faults)
        values, faults = dict[str, Any](), list[Fault]()
        for column in self._importer.columns:
            try:
                values[column.name] = _value(column, record.cells.get(column.name, ""))
            except Unreadable as reason:
                faults.append(Fault(column.name, str(reason)))
        return _Values(record.line, values, tuple(faults))

    async def _keys(self, connection: AsyncConnection, read: Sequence[_Values]) -> Mapping[str, str]:
        codes = {code for one in read for code in self._codes(one).values()}
        return await self._directory.keys(connection, sorted(codes)) if codes else {}

    def _codes(self, one: _Values) -> Mapping[str, str]:
        """The people's codes of a line, by column."""
        given = ((name, one.values.get(name)) for name in self._people)
        return {name: code for name, code in given if code is not None}

    def _made(self, one: _Values, keys: Mapping[str, str]) -> Candidate | Refusal:
        codes = self._codes(one)
        unknown = [name for name, code in codes.items() if code not in keys]
        faults = [*one.faults, *(Fault(name, "is nobody's whom we know") for name in unknown)]
        if one.faults:
            return Refusal(one.line, tuple(faults))
        try:
            # A row of nobody is made all the same: it may have more faults to name.
            people = {self._people[name]: keys.get(code, "") for name, code in codes.items()}
            row = self._importer.row(one.values | people)
        except RowRefused as refused:
            faults += refused.faults
        else:
            if not faults:
                return Candidate(one.line, row)
        return Refusal(one.line, tuple(faults))


def _value(column: ImportColumn, cell: str) -> Any:
    # Most cells are plain; only others are worth a closer look.
    cell = cell.strip() if cell.isascii() else unicodedata.normalize("NFC", cell).strip()
    if not cell.isprintable():
        raise Unreadable(
            "has bytes that are not UTF-8" if _has_surrogates(cell) else "has control characters"
        )
    if cell:
        return column.read(cell)
    if column.required:
        raise Unreadable("is missing")
    return None


def _has_surrogates(cell: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in cell)


def report_lines(refusals: Sequence[Refusal]) -> Iterator[tuple[int, str, str]]:
    """Line, column and reason of every fault."""
    for refusal in refusals:
        for fault in refusal.faults:
            yield refusal.line, fault.column or "", fault.reason
