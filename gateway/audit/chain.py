"""Appending to the audit trail: one order, however many write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Text, TextClause, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit.entries import Entry, hashed, spelt, written
from gateway.audit.models import end, entry
from gateway.database import Batch, Cells, Database

_END: Final = select(end.c.number, end.c.hash).with_for_update()
_MOVE: Final = update(end).values(number=bindparam("last"), hash=bindparam("its_hash"))

_ROWS: Final = {
    "sqlite": ("json_each(:entries)", "json_extract(value, '$[{}]')"),
    "postgresql": ("json_array_elements(CAST(:entries AS json)) AS line(value)", "value ->> {}"),
}
"""How a store reads entries from JSON, which costs less than a parameter for each of their cells."""

_CASTS: Final = {"number": "bigint", "at": "timestamptz"}
"""What PostgreSQL does not make of a text by itself. Texts are not cast: that would cut those that are too long."""


class Chain:
    """Appends in transactions of its own, of statements that the store has prepared."""

    def __init__(self, database: Database) -> None:
        self._exchanges = exchanges = database.exchanges
        self._end = exchanges.compile(_END)
        self._append = exchanges.compile(_APPENDING[database.dialect_name])
        self._move = exchanges.compile(_MOVE)
        self.sent: Final[Batch] = [(one, ()) for one in (self._end, self._append, self._move)]
        """The statements, for whoever looks on."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Append entries, and return when the store has them. Raises whatever the store raises."""

        def following(cells: Cells) -> Batch:
            number, hash_ = cells
            lines, number, hash_ = _linked(number, hash_, entries)
            return [(self._append, (lines,)), (self._move, (number, hash_))]

        await self._exchanges.exchange(self._end, following)


async def append(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Append entries in a transaction, which holds the trail's end from here on: do it last.

    Raises whatever the store raises; nothing of them remains then.
    """
    number, hash_ = (await connection.execute(_END)).one()
    lines, number, hash_ = _linked(number, hash_, entries)
    await connection.execute(_APPENDING[connection.dialect.name], {"entries": lines})
    await connection.execute(_MOVE, {"last": number, "its_hash": hash_})


def _linked(number: int, hash_: str, entries: Iterable[Entry]) -> tuple[str, int, str]:
    """The entries after one of this number and hash, as JSON; and number and hash of the last."""
    lines: list[bytes] = []
    for found in entries:
        at, *rest = found
        number += 1
        line = written(number, spelt(at), rest)
        hash_ = hashed(hash_, line)
        lines.append(b'%b,"%b"]' % (line[:-1], hash_.encode()))
    return (b"[%b]" % b",".join(lines)).decode(), number, hash_


def _appending(dialect: str) -> TextClause:
    source, cell = _ROWS[dialect]
    names = ", ".join(entry.c.keys())
    cells = ", ".join(_cell(dialect, name, cell.format(place)) for place, name in enumerate(entry.c.keys()))
    made = text(f"INSERT INTO {entry.name} ({names}) SELECT {cells} FROM {source}")  # noqa: S608  of constants
    return made.bindparams(bindparam("entries", type_=Text()))


def _cell(dialect: str, name: str, cell: str) -> str:
    cast = _CASTS.get(name) if dialect == "postgresql" else None
    return cell if cast is None else f"CAST({cell} AS {cast})"


_APPENDING: Final = {dialect: _appending(dialect) for dialect in _ROWS}
