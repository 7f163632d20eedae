"""One round: so many requests to one contender, and the processor time that it and PostgreSQL took for each."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.load import Hung, Prepared, Volley, Wrong, answers, saturate
from benchmarks.operations import Operation, Variables
from benchmarks.processes import processor_time, worked_between
from benchmarks.running import Running

CONNECTIONS: Final = 16
FEWEST: Final = 64
NANOSECONDS: Final = 1_000


class Different(Exception):
    """A contender answers something else than the gateway; it is not timed."""


@dataclass(frozen=True)
class Round:
    """What a round measured: microseconds of processor time a request, requests a second, milliseconds to wait.

    ``database`` is None where PostgreSQL is on another machine, and nothing where it has no part.
    """

    server: float
    database: float | None
    rate: float
    half: float
    slowest: float

    @property
    def together(self) -> float | None:
        """Server and database."""
        return None if self.database is None else self.server + self.database


@dataclass
class Entry:
    """A contender's requests of one operation, where it is in the list, and what its rounds measured."""

    server: Running
    operation: Operation
    prepared: Prepared
    count: int = FEWEST
    asked: int = 0
    rounds: list[Round] = field(default_factory=list)

    async def warm(self, seconds: float, of_round: float) -> None:
        """Ask for some seconds, so that caches and compilers have done their work; then settle the size of a round."""
        first = await self._ask(FEWEST)
        longer = await self._ask(max(FEWEST, int(first.rate * seconds)))
        self.count = max(FEWEST, round(longer.rate * of_round / FEWEST) * FEWEST)

    async def measure(self, postmaster: int | None) -> None:
        """One round."""
        worked, stored = self.server.worked(), _reading(postmaster)
        volley = await self._ask(self.count)
        worked_after, stored_after = self.server.worked(), _reading(postmaster)
        each = NANOSECONDS * self.count
        self.rounds.append(
            Round(
                worked_between(worked, worked_after) / each,
                None if postmaster is None else worked_between(stored, stored_after) / each,
                volley.rate,
                volley.percentile(50),
                volley.percentile(99),
            )
        )

    async def _ask(self, count: int) -> Volley:
        try:
            volley = await saturate(self.prepared, count, CONNECTIONS, self.asked)
        except (Hung, Wrong) as failure:
            raise type(failure)(f"{self.server.contender.title}, {self.operation.key}: {failure}") from None
        self.asked += count
        return volley


def _reading(postmaster: int | None) -> dict[int, int]:
    return {} if postmaster is None else dict(processor_time(postmaster))


async def interleaved(entries: Sequence[Entry], rounds: int, postmaster: int | None) -> None:
    """So many rounds of each, in turn, every other time in the opposite order."""
    for number in range(rounds):
        for entry in entries if number % 2 == 0 else reversed(entries):
            await entry.measure(postmaster)


async def proved(
    server: Running, operation: Operation, sets: Sequence[Variables], expected: Sequence[Any]
) -> Entry:
    """An entry whose every answer was compared with the gateway's. Raises :class:`Different`."""
    prepared = server.prepared(operation, sets)
    bodies = await answers(prepared)
    for number, (body, right) in enumerate(zip(bodies, expected, strict=True)):
        if (place := difference(read(body), right)) is not None:
            raise Different(f"operation {operation.key}, set {number}: {place}")
    return Entry(server, operation, dataclasses.replace(prepared, lengths=[len(body) for body in bodies]))


def read(body: bytes) -> Any:
    """The data of an answer. Raises :class:`Different` where there are errors instead."""
    answer = json.loads(body)
    if "errors" in answer or "data" not in answer:
        raise Different(f"errors instead of data: {json.dumps(answer)[:200]}")
    return answer["data"]


def difference(given: Any, right: Any, place: str = "data") -> str | None:
    """The first place where two values differ, None where they do not; the order of keys does not matter, types do."""
    if type(given) is not type(right):
        return f"{place} is a {type(given).__name__}, not a {type(right).__name__}"
    if isinstance(right, dict):
        if given.keys() != right.keys():
            return f"{place} has the keys {sorted(given)}, not {sorted(right)}"
        pairs = [(f"{place}.{key}", given[key], right[key]) for key in right]
    elif isinstance(right, list):
        if len(given) != len(right):
            return f"{place} has {len(given)} members, not {len(right)}"
        pairs = [(f"{place}[{number}]", *both) for number, both in enumerate(zip(given, right, strict=True))]
    else:
        return None if given == right else f"{place} is {given!r}, not {right!r}"
    return next((found for at, one, other in pairs if (found := difference(one, other, at))), None)


def leaves(value: Any) -> int:
    """How many scalars an answer has."""
    if isinstance(value, dict):
        return sum(leaves(member) for member in value.values())
    return sum(leaves(member) for member in value) if isinstance(value, list) else 1
