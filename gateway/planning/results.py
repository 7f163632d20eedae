"""Rows of one statement as the assembling code reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from gateway.database.rounds import Cells
from gateway.reference.pages import PageRequest

Arranged = Callable[[list[Cells], list[Any]], Any]
"""(rows, values of the request) to what the assembling code reads."""


class Page:
    """The rows of a page in the list's order, and whether there are more on either side."""

    __slots__ = ("has_next", "has_previous", "shown")

    def __init__(self, rows: Sequence[Cells], request: PageRequest) -> None:
        """``rows`` come in reading direction, one more than the page holds where the list goes on."""
        more, positioned = len(rows) > request.size, request.position is not None
        shown = rows[: request.size] if more else rows
        self.shown = shown[::-1] if request.backward else shown
        self.has_next = positioned if request.backward else more
        self.has_previous = more if request.backward else positioned


class Pages(dict[Any, Page]):
    """Pages by their parent's key; a parent without rows has an empty one."""

    def __init__(self, rows: Sequence[Cells], request: PageRequest) -> None:
        super().__init__({key: Page(group, request) for key, group in groups(rows, []).items()})
        self._request = request

    def __missing__(self, key: Any) -> Page:
        return Page((), self._request)


class Counts(dict[Any, int]):
    """Numbers of rows by their parent's key."""

    def __missing__(self, key: Any) -> int:
        return 0


class Nothing:
    """The row of an outer join without a match: each of its cells is NULL."""

    def __getitem__(self, index: int) -> None:
        return None


NOTHING: Final = Nothing()


def first(rows: list[Cells], _: list[Any]) -> Any:
    """The one row, or nothing."""
    return rows[0] if rows else NOTHING


def listed(rows: list[Cells], _: list[Any]) -> Any:
    """All rows."""
    return rows


def groups(rows: Sequence[Cells], _: list[Any]) -> dict[Any, list[Cells]]:
    """Rows by their first cell, each group in the order of the statement."""
    found: dict[Any, list[Cells]] = {}
    for row in rows:
        group = found.get(row[0])
        if group is None:
            found[row[0]] = [row]
        else:
            group.append(row)
    return found


def by_key(rows: list[Cells], _: list[Any]) -> Any:
    """The row of each first cell."""
    return {row[0]: row for row in rows}


def counted(rows: list[Cells], _: list[Any]) -> Any:
    """The number that one row tells."""
    return rows[0][0] if rows else 0


def counts(rows: list[Cells], _: list[Any]) -> Any:
    """The number of each first cell."""
    return Counts((row[0], row[1]) for row in rows)


def page_of(request: int) -> Arranged:
    """A page as the request at this place among the values asks for it."""
    return lambda rows, values: Page(rows, values[request])


def pages_of(request: int) -> Arranged:
    """The same for each first cell."""
    return lambda rows, values: Pages(rows, values[request])
