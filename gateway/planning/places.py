"""Where the compiler stands in an answer: at a row, at an entity, at a value that code made; and how to get there from the data.

A ``chain`` is the ``for`` and ``if`` clauses that lead from a plan's data to every such place, over the same variables that the
assembling expression uses there. Keys that deeper reads need are collected with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from gateway.authoring.sources import CodeSource
from gateway.model import Member
from gateway.planning.frames import Frame, Occurrence
from gateway.reference.rows import RowReader


@dataclass(frozen=True, eq=False)
class View:
    """A table's row in a statement's row: ``row`` is the source of the latter; ``own`` rows are about the viewer."""

    frame: Frame
    occurrence: Occurrence
    row: str
    chain: str
    own: bool = False

    def cell(self, expression: ColumnElement[Any]) -> str:
        """Source of a raw cell."""
        return f"{self.row}[{self.frame.cell(self.occurrence, expression)}]"


@dataclass(frozen=True, eq=False)
class RowPlace:
    """A row of a table as a type of the graph."""

    view: View

    @property
    def chain(self) -> str:
        """How to get here."""
        return self.view.chain

    @property
    def round(self) -> int:
        """The first round that may read what hangs on it."""
        return self.view.frame.round + 1

    @property
    def key(self) -> str:
        """Source of its key."""
        return self.view.cell(self.view.occurrence.row_set.key)


@dataclass(frozen=True, eq=False)
class EntityPlace:
    """An entity. Its key is known beforehand (``known``: its place among the values), a cell (``sql``, ``view``), or of code."""

    entity: type
    key: str
    chain: str
    round: int
    known: int | None = None
    sql: ColumnElement[Any] | None = None
    view: View | None = None


@dataclass(frozen=True, eq=False)
class ValuePlace:
    """An object that code made: ``value`` is the source of it."""

    value: str
    chain: str
    round: int


@dataclass(frozen=True, eq=False)
class RootPlace:
    """Query or Mutation."""


Place = RowPlace | EntityPlace | ValuePlace | RootPlace


@dataclass(frozen=True, eq=False)
class Step:
    """Real code, called once per round with all its parents: ``parents`` is the source of a mapping of keys to raw rows.

    On a root there are none. ``cells`` are the places of a row's cells in the raw row, for code that takes a row.
    """

    slot: int
    round: int
    member: Member
    source: CodeSource
    response_key: str
    arguments: int
    parents: str | None = None
    reader: RowReader | None = None
    cells: Sequence[int] = ()

    @property
    def data(self) -> str:
        """The name of its results: by key, or the one of a root."""
        return f"d{self.slot}"
