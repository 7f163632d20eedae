"""What tokens meant when they were last seen in this process: rows by the tokens' hashes, the least recently used given up."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from gateway.database.rounds import Cells
from gateway.execution.lookups import RoundLookup
from gateway.hookspecs import Bearer


@dataclass(frozen=True, slots=True)
class Remembered:
    """A token's row as it was read, and what it meant."""

    lookup: RoundLookup
    cells: Cells
    bearer: Bearer


class Memory:
    """At most ``capacity`` tokens."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[bytes, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def recall(self, key: bytes) -> Remembered | None:
        """What is remembered."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: bytes, seen: Remembered) -> None:
        """Remember a token; another may have to go."""
        self._kept[key] = seen
        self._kept.move_to_end(key)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def renew(self, key: bytes, before: Remembered, cells: Cells, bearer: Bearer) -> None:
        """Put another row in the place of ``before``, unless that has gone meanwhile."""
        if self._kept.get(key) is before:
            self._kept[key] = Remembered(before.lookup, cells, bearer)

    def forget(self, key: bytes) -> None:
        """Forget a token."""
        self._kept.pop(key, None)
