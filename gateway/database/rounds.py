"""Rounds: several SELECTs sent to the store at once, past SQLAlchemy's execution, for plans that know their SQL beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Select
from sqlalchemy.types import TypeEngine

Cells = tuple[Any, ...]
"""A row as the driver gives it: text, integers, None; dates and instants as ISO text; booleans as the store has them."""


@dataclass(frozen=True, eq=False)
class Read:
    """A statement in the store's own words: names of parameters by place, and how values are spelled (None: as they are)."""

    text: str
    names: tuple[str, ...]
    encoders: tuple[Callable[[Any], Any] | None, ...]


Batch = Sequence[tuple[Read, Sequence[Any]]]
"""Statements with the values of their parameters by place, not yet encoded."""


class Snapshot(Protocol):
    """A state of the store that several rounds see alike."""

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement, in order."""
        ...


class Rounds(Protocol):
    """Reads of a store, in as few round trips as its driver allows.

    Raises :class:`DatabaseBusy` and :class:`DatabaseUnavailable`; a cancelled call leaves nothing running in the store.
    """

    def compile(self, statement: Select[*tuple[Any, ...]]) -> Read:
        """The statement for this store; the names are those of its bind parameters."""
        ...

    def converter(self, type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
        """From a raw cell that is not NULL to the value that SQLAlchemy gives for the type; None where they are the same."""
        ...

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement, in order; all of them see one state of the store."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """For more than one round."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
