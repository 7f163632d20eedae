"""From a file to records, one at a time: CSV with a header, or JSON Lines; UTF-8, with or without a byte order mark."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, Final

from gateway.imports.columns import ImportColumn
from gateway.imports.importers import Fault

LONGEST_LINE: Final = 65_536
"""Characters. What is longer is no row of ours, and is never held in memory as a whole."""
_TOO_LONG: Final = "\0\n"
"""Stands for such a line: control characters are refused, so the row is."""


class FileRefused(Exception):
    """A file of which no row can be imported; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the file, by column, and the line it begins on; with ``faults`` where it could not even be taken apart."""

    line: int
    cells: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


@contextmanager
def records(path: Path, file: IO[bytes], columns: Sequence[ImportColumn]) -> Iterator[Iterator[Record]]:
    """The rows of a file, by the ending of its name. Raises :class:`FileRefused`."""
    # What is not UTF-8 becomes surrogates, which are refused cell by cell: a bad byte does not end the import.
    text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        match path.suffix.lower():
            case ".csv":
                yield _of_csv(_lines(text), columns)
            case ".jsonl" | ".ndjson":
                yield _of_json(_lines(text), columns)
            case _:
                raise FileRefused("the name ends neither in .csv nor in .jsonl")
    finally:
        text.detach()  # the file is its opener's to close


def _lines(file: TextIOWrapper) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith("\n"):
            yield line
            continue
        while line and not line.endswith("\n"):
            line = file.readline(LONGEST_LINE)
        yield _TOO_LONG


def _of_csv(lines: Iterator[str], columns: Sequence[ImportColumn]) -> Iterator[Record]:
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error:
        raise FileRefused("line 1: cannot be read as CSV") from None
    _check_header(header, columns)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            reason = f"cannot be read as CSV, up to line {reader.line_num}; look at the quotation marks"
            yield Record(line, {}, (Fault(None, reason),))
            continue
        if len(cells) == len(header):
            yield Record(line, dict(zip(header, cells, strict=True)))
        elif cells:  # a blank line has none
            reason = f"has {len(cells)} cells; the header has {len(header)}"
            yield Record(line, {}, (Fault(None, reason),))


def _check_header(header: Sequence[str], columns: Sequence[ImportColumn]) -> None:
    known = [column.name for column in columns]
    missing = [column.name for column in columns if column.required and column.name not in header]
    problems = [
        *(f"column {name} is missing" for name in missing),
        *(
            f"column {place} is none of ours"
            for place, name in enumerate(header, start=1)
            if name not in known
        ),
        *(f"column {name} is there twice" for name in known if header.count(name) > 1),
    ]
    if problems:
        raise FileRefused(f"the header: {'; '.join(problems)}. The columns are {', '.join(known)}")


def _of_json(lines: Iterator[str], columns: Sequence[ImportColumn]) -> Iterator[Record]:
    known = frozenset(column.name for column in columns)
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        try:
            pairs = _DECODER.decode(line.strip())
        except (ValueError, RecursionError):
            yield Record(number, {}, (Fault(None, "is not a JSON object"),))
            continue
        yield _record(number, pairs, known)


def _record(line: int, pairs: Any, known: frozenset[str]) -> Record:
    if not isinstance(pairs, _Pairs):
        return Record(line, {}, (Fault(None, "is not a JSON object"),))
    cells, faults = dict[str, str](), list[Fault]()
    for name, value in pairs.items:
        if name not in known:
            faults.append(Fault(None, "has a name that is no column of ours"))
        elif name in cells:
            faults.append(Fault(name, "is there twice"))
        elif value is not None and not isinstance(value, str):
            faults.append(Fault(name, "is neither text nor a number"))
        else:
            cells[name] = value or ""
    return Record(line, {} if faults else cells, tuple(faults))


@dataclass(frozen=True, slots=True)
class _Pairs:
    """An object as it is written, names that are there twice included."""

    items: list[tuple[str, Any]]


def _refuse(_constant: str) -> Any:
    raise ValueError("not JSON")


# Numbers stay as they are spelt: a coefficient of 2.34 is no binary fraction.
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=_refuse
)
