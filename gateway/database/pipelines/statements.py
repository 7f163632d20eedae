"""The prepared statements of one connection."""

from __future__ import annotations

from typing import Final

from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq.abc import PGresult

from gateway.database.rounds import Cells, Read

MOST: Final = 256
"""Statements that a connection keeps prepared: the server holds a plan of some ten kB for each."""


class Prepared:
    """A statement that the server knows by a name, and how its rows are loaded: both last until it is closed."""

    __slots__ = ("_loading", "_loads", "name", "turn")

    def __init__(self, name: bytes, raw_cells: AdaptersMap) -> None:
        self.name = name
        self.turn = 0
        self._loading = Transformer(raw_cells)
        self._loads = False

    def rows(self, result: PGresult) -> list[Cells]:
        """The rows as raw cells. The server keeps to the columns' types as long as the statement is prepared."""
        loading = self._loading
        loading.set_pgresult(result, set_loaders=not self._loads)
        self._loads = True
        rows: list[Cells] = loading.load_rows(0, result.ntuples, tuple)
        loading.set_pgresult(None, set_loaders=False)  # it would keep the whole answer
        return rows


class Statements:
    """What is prepared, by Read. A name is never given twice."""

    __slots__ = ("_known", "_number", "_raw_cells", "_turn", "closing")

    def __init__(self, raw_cells: AdaptersMap) -> None:
        self._raw_cells = raw_cells
        self._known: dict[Read, Prepared] = {}
        self._number = 0
        self._turn = 0
        self.closing: list[bytes] = []
        """Names that the server is still to be told to forget."""

    def turn(self) -> int:
        """Start a round: what is used in it is not evicted for the others in it."""
        self._turn += 1
        return self._turn

    def known(self, read: Read) -> Prepared | None:
        """The statement, if it is prepared."""
        return self._known.get(read)

    def add(self, read: Read) -> Prepared:
        """A name for a statement that will be prepared; the one that was not used for longest makes room."""
        if len(self._known) >= MOST:
            oldest = min(self._known, key=lambda one: self._known[one].turn)
            if self._known[oldest].turn < self._turn:
                self.drop(oldest)
        self._number += 1
        prepared = self._known[read] = Prepared(b"s%d" % self._number, self._raw_cells)
        return prepared

    def drop(self, read: Read) -> None:
        """Close a statement with the next round; the server takes it well if it does not know it."""
        prepared = self._known.pop(read, None)
        if prepared is not None:
            self.closing.append(prepared.name)
