"""The report: a CSV file with line, column and reason of everything that was not imported.

It holds no cell of the imported file, so no personal data and nothing that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import IO, Final

from gateway.imports.checking import Refusal, report_lines
from gateway.imports.reading import FileRefused

HEADER: Final = b"line,column,reason\r\n"


class Report:
    """The file, from where an import begins or goes on. What is written is on the disk before the batch is committed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def go_on(self, size: int) -> None:
        """Begin a new report (0), or cut off what was written after the last batch that was committed.

        Raises :class:`FileRefused` where the file is another one.
        """
        _check(self._path, size)
        flags = os.O_CREAT | os.O_RDWR
        self._file = os.fdopen(os.open(self._path, flags, 0o600), "r+b", buffering=0)
        self._file.truncate(size)
        self._file.seek(size)
        if size == 0:
            self._file.write(HEADER)

    def add(self, refusals: Sequence[Refusal]) -> int:
        """Write what was refused; the size of the report with it."""
        assert self._file is not None, "go_on comes first"
        if refusals:
            self._file.write(_as_csv(report_lines(refusals)))
            os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _check(path: Path, size: int) -> None:
    if not path.exists():
        if size:
            raise FileRefused(f"the report of the first part, {path}, is gone; import --again from the start")
        return
    with path.open("rb") as file:
        begins_as_one = file.read(len(HEADER)) == HEADER
    if path.stat().st_size and not begins_as_one:
        raise FileRefused(f"{path} is there and is no report; name another file with --report")
    if path.stat().st_size < size:
        raise FileRefused(f"{path} is not the report of the first part; import --again from the start")


def _as_csv(lines: Iterable[Sequence[object]]) -> bytes:
    written = StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue().encode()
