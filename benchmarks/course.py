"""The course of a run: databases are filled, contenders started and proved, then timed in turn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.databases import Server
from benchmarks.figures import Figure
from benchmarks.filling import copy_to_sqlite, fill
from benchmarks.lineup import Contender, Role, Surroundings, gateway, lineup
from benchmarks.load import Hung, Volley, Wrong, answers, pace
from benchmarks.measuring import CONNECTIONS, Different, Entry, interleaved, proved, read
from benchmarks.operations import HOME_SCREEN, OPERATIONS, Variables, variable_sets
from benchmarks.running import Cores, DidNotStart, Running, running

STARTS: Final = 3
"""How often the gateway is started to say how long that takes."""
VOLLEYS: Final = 3
"""How often half the load is put on each contender."""


@dataclass(frozen=True)
class Extent:
    """How thorough a run is. Seconds are of a round, and of what comes before the first."""

    name: str
    participants: int
    rounds: int
    seconds: float
    warm: float
    sizes: Sequence[int]
    documents: Sequence[int]


SMOKE: Final = Extent("smoke", 2_000, 2, 0.1, 0.1, (1_000, 2_000), (10, 40))
QUICK: Final = Extent("quick", 100_000, 4, 0.5, 0.6, (10_000, 100_000), (10, 2_000))
FULL: Final = Extent("full", 100_000, 8, 1.5, 2.0, (10_000, 100_000, 1_000_000), (10, 2_000))


@dataclass
class Standing:
    """What was measured of one contender; ``half_load`` is of operation B alone."""

    contender: Contender
    start: float
    memory: float = 0.0
    entries: dict[str, Entry] = field(default_factory=dict)
    half_load: list[Volley] = field(default_factory=list)


@dataclass
class Outcome:
    """What a run measured. ``left_out`` tells why a contender was not timed; ``expected`` has the gateway's answers."""

    extent: Extent
    standings: dict[str, Standing] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    expected: dict[str, list[Any]] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)
    by_participants: dict[int, Standing] = field(default_factory=dict)
    by_documents: dict[int, Standing] = field(default_factory=dict)

    @property
    def ours(self) -> Standing:
        """The gateway's."""
        return self.standings["gateway"]

    def of_role(self, role: Role) -> list[Standing]:
        """Those that stand for the same."""
        return [one for one in self.standings.values() if one.contender.role is role]


class Course:
    """One run on one server; ``only`` names the contenders beside the gateway, None means all."""

    def __init__(
        self, extent: Extent, server: Server, cores: Cores, folder: Path, only: Sequence[str] | None
    ) -> None:
        self._extent = extent
        self._server = server
        self._cores = cores
        self._folder = folder
        self._only = only
        self._sets: Mapping[str, Sequence[Variables]] = {}
        self.outcome = Outcome(extent)
        self.url = ""

    async def run(self) -> Outcome:
        """Everything but the scaling measurements. Raises :class:`DidNotStart` where the gateway itself does not start."""
        participants = self._extent.participants
        tell(f"filling a database with {participants:,} participants")
        self.url = await self._server.create(participants)
        await fill(self.url, participants)
        self._sets = {one.key: variable_sets(one, participants) for one in OPERATIONS}
        async with AsyncExitStack() as stack:
            surroundings = Surroundings(
                self.url, self._folder / "bench.sqlite3", self._folder / "answers.json"
            )
            await self._start_the_gateway(stack, gateway(surroundings), surroundings)
            for contender in lineup(surroundings)[1:]:
                if self._only is None or contender.name in self._only:
                    await self._admit(stack, contender)
            await self._time()
        return self.outcome

    async def _start_the_gateway(
        self, stack: AsyncExitStack, contender: Contender, surroundings: Surroundings
    ) -> None:
        for _ in range(STARTS - 1):
            async with self._running(contender) as server:
                self.outcome.starts.append(server.start)
        server = await stack.enter_async_context(self._running(contender))
        self.outcome.starts.append(server.start)
        for operation in OPERATIONS:
            bodies = await answers(server.prepared(operation, self._sets[operation.key]))
            self.outcome.expected[operation.key] = [read(body) for body in bodies]
        assert surroundings.answers is not None
        surroundings.answers.write_text(json.dumps(self._written(surroundings)), encoding="utf-8")
        if self._only is None or "sqlite" in self._only:
            assert surroundings.sqlite is not None
            tell("copying it to SQLite")
            await copy_to_sqlite(self.url, surroundings.sqlite)
        await self._prove(server)

    def _written(self, surroundings: Surroundings) -> Mapping[str, str]:
        """The answers by the request bodies of whoever only repeats them."""
        repeats = next(one for one in lineup(surroundings) if one.role is Role.FLOOR)
        return {
            repeats.body(key, variables).decode(): json.dumps(
                {"data": data}, ensure_ascii=False, separators=(",", ":")
            )
            for key, sets in self._sets.items()
            for variables, data in zip(sets, self.outcome.expected[key], strict=True)
        }

    async def _admit(self, stack: AsyncExitStack, contender: Contender) -> None:
        """Start a contender and prove its answers, or leave it out."""
        async with AsyncExitStack() as attempt:
            try:
                await self._prove(await attempt.enter_async_context(self._running(contender)))
            except (DidNotStart, Different, Hung, Wrong) as failure:
                self.outcome.standings.pop(contender.name, None)
                self.outcome.left_out[contender.name] = str(failure)
                tell(f"{contender.title} is left out: {failure}")
            else:
                stack.push_async_exit(attempt.pop_all())

    def _running(self, contender: Contender) -> Any:
        first = OPERATIONS[0]
        return running(contender, self._cores.server, self.url, (first, self._sets[first.key][0]))

    async def _prove(self, server: Running) -> None:
        tell(f"proving {server.contender.title}")
        standing = Standing(server.contender, server.start)
        for operation in OPERATIONS:
            sets, expected = self._sets[operation.key], self.outcome.expected[operation.key]
            standing.entries[operation.key] = await proved(server, operation, sets, expected)
        self.outcome.standings[server.contender.name] = standing

    async def _time(self) -> None:
        for operation in OPERATIONS:
            tell(f"timing operation {operation.key}, {operation.title}")
            entries = [one.entries[operation.key] for one in self.outcome.standings.values()]
            await timed(entries, self._extent, self._server.postmaster)
        for standing in self.outcome.standings.values():
            entry = standing.entries[HOME_SCREEN.key]
            standing.half_load = [await half_load(entry, self._extent.seconds) for _ in range(VOLLEYS)]
            standing.memory = entry.server.memory


async def timed(entries: Sequence[Entry], extent: Extent, postmaster: int | None) -> None:
    """Warm all, then time them in turn."""
    for entry in entries:
        await entry.warm(extent.warm, extent.seconds)
    await interleaved(entries, extent.rounds, postmaster)


async def half_load(entry: Entry, seconds: float) -> Volley:
    """Half as many requests a second as the contender answers at most."""
    rate = Figure.of([one.rate for one in entry.rounds]).median / 2
    volley = await pace(entry.prepared, rate, seconds, CONNECTIONS, entry.asked)
    entry.asked += len(volley.times)
    return volley


def tell(text: str) -> None:
    """Say what is going on."""
    print(text, flush=True)
