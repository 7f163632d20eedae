"""Rows and pages as the reference executor hands them to strawberry: cells are converted one by one, when asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Dialect

from gateway import cursors
from gateway.audit.observations import Observations
from gateway.database.processing import processor
from gateway.model import RowSet
from gateway.reference.pages import PageRequest

Processor = Callable[[Any], Any] | None


class RowReader:
    """Makes rows of one row set as one database driver delivers them; a processor converts the cell of its place."""

    def __init__(self, row_set: RowSet, processors: Sequence[Processor]) -> None:
        self.row_set = row_set
        self.processors = processors

    @classmethod
    def of(cls, row_set: RowSet, dialect: Dialect) -> RowReader:
        """For rows that SQLAlchemy reads."""
        return cls(row_set, [processor(cell.type, dialect) for cell in row_set.cells])

    def read(self, raw: Sequence[Any]) -> Row:
        """A row from the driver's (key, cells...)."""
        return Row(self, raw)


class Row:
    """One row: ``cell(index)`` for the core, attributes by the type's own field names for plugin code."""

    __slots__ = ("_raw", "_reader")

    def __init__(self, reader: RowReader, raw: Sequence[Any]) -> None:
        self._reader = reader
        self._raw = raw

    def cell(self, index: int) -> Any:
        """A converted cell."""
        value = self._raw[index + 1]
        process = self._reader.processors[index]
        return value if process is None or value is None else process(value)

    @property
    def key(self) -> Any:
        """The primary key's value; it is always the first cell."""
        return self.cell(0)

    def node(self) -> Any:
        """What a list or look-up gives for it: itself, or the entity that it is about."""
        row_set = self._reader.row_set
        if row_set.entity is None or row_set.entity_key is None:
            return self
        return row_set.entity(id=self.cell(row_set.at(row_set.entity_key)))

    def observe(self, observed: Observations) -> None:
        """Note whom it is about."""
        row_set = self._reader.row_set
        if row_set.about is not None and row_set.data is not None:
            observed.read(row_set.data, (self.cell(row_set.at(row_set.about)),))

    def kind(self) -> str:
        """GraphQL name of the kind that this row of an interface is."""
        row_set = self._reader.row_set
        assert row_set.by is not None
        return row_set.kinds[self.cell(row_set.at(row_set.by))]

    def __getattr__(self, name: str) -> Any:
        index = self._reader.row_set.names.get(name)
        if index is None:
            raise AttributeError(name)
        return self.cell(index)


class PlacedRow:
    """An edge: a row in its list; the cursor is made when selected."""

    __slots__ = ("_page", "_row")

    def __init__(self, page: RowPage, row: Row) -> None:
        self._page = page
        self._row = row

    @property
    def node(self) -> Any:
        """The row as its type."""
        return self._row.node()

    @property
    def cursor(self) -> str:
        """Opaque place of the row."""
        page = self._page
        return cursors.encode(page.secret, page.place, [self._row.cell(index) for index in page.order])


class RowPage:
    """A page and, at the same time, its ``pageInfo``: flags are known, cursors are made when selected.

    Whoever asks for either has seen the rows.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        request: PageRequest,
        *,
        place: str,
        order: Sequence[int],
        secret: bytes,
        count: Callable[[], Awaitable[int]],
        observed: Observations,
    ) -> None:
        """``rows`` are in reading direction, with one more than the page holds where the list goes on."""
        self.place, self.order, self.secret, self.count = place, order, secret, count
        self._rows, self._observed = rows[: request.size], observed
        shown = reversed(self._rows) if request.backward else self._rows
        self._edges = [PlacedRow(self, row) for row in shown]
        more, positioned = len(rows) > request.size, request.position is not None
        self.has_next_page = positioned if request.backward else more
        self.has_previous_page = more if request.backward else positioned

    @property
    def edges(self) -> list[PlacedRow]:
        """The rows in the list's order."""
        self._observe()
        return self._edges

    @property
    def page_info(self) -> RowPage:
        """The same object seen as PageInfo."""
        self._observe()
        return self

    def _observe(self) -> None:
        for row in self._rows:
            row.observe(self._observed)

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first row."""
        return self._edges[0].cursor if self._edges else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last row."""
        return self._edges[-1].cursor if self._edges else None
