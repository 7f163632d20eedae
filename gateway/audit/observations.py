"""What the answer to one request tells of participants other than the one who asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gateway.access import Audience, Viewer
from gateway.audit.entries import DONE, REFUSED, key_of
from gateway.authoring.data_kinds import DataKind


class Observation(NamedTuple):
    """A kind of data of a participant, read or refused; ``subject`` is None where nobody was found before the refusal."""

    kind: str
    subject: str | None
    result: str


class Observations:
    """Each kind of data of each participant once; what people read of themselves is left out."""

    __slots__ = ("_found", "_own")

    def __init__(self, viewer: Viewer) -> None:
        self._own = viewer.subject if viewer.audience is Audience.PARTICIPANT else None
        self._found: dict[Observation, DataKind] = {}

    def read(self, data: DataKind, keys: Iterable[object]) -> None:
        """Note that the answer tells this of participants; a key that is None is nobody's."""
        for key in keys:
            if key is not None and key != self._own:
                self._found[Observation(data.name, key_of(str(key)), DONE)] = data

    def refuse(self, data: DataKind, key: str | None) -> None:
        """Note that a rule refused it; without a key, to look for somebody."""
        if key is None or key != self._own:
            self._found[Observation(data.name, None if key is None else key_of(key), REFUSED)] = data

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[tuple[Observation, DataKind]]:
        """In an order that does not depend on how they came about."""
        if len(self._found) == 1:
            return iter(self._found.items())
        return iter(
            sorted(
                self._found.items(),
                key=lambda found: (found[0].kind, found[0].subject or "", found[0].result),
            )
        )

    def told(self) -> frozenset[Observation]:
        """All of them."""
        return frozenset(self._found)
