"""Plans as they run: rounds of statements and code, then one function that puts the answer together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Final

import orjson

from gateway.authoring import DataKind
from gateway.context import RequestContext
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.database.rounds import Batch, Cells, Read, Rounds, Snapshot
from gateway.planning.build import Bound
from gateway.planning.calls import Call, together
from gateway.planning.results import Arranged
from gateway.planning.script import Binding, Function
from gateway.planning.stepping import StepAside, aside_of
from gateway.telemetry import NOTHING

Check = Callable[[Sequence[list[Cells]]], None]
"""Judges the rows of what travelled along, before anything is made of the plan's own; may raise."""

KEYS: Final = -1
"""Stands for the parents' keys among the places of a statement's parameters."""


@dataclass(frozen=True, eq=False)
class Statement:
    """A SELECT of a plan: where its parameters are among the values, and what becomes of its rows."""

    slot: int
    read: Read
    places: tuple[int, ...]
    keys: Function | None
    needs: int | None
    arranged: Arranged
    convert: Callable[[Any], Any] | None

    @cached_property
    def _pick(self) -> Callable[[list[Any]], Sequence[Any]]:
        """From the values to those at the places, without a frame of Python where there are several."""
        if len(self.places) > 1:
            return itemgetter(*self.places)
        return lambda values: [values[place] for place in self.places]

    def parameters(self, bound: Bound, data: list[Any]) -> Sequence[Any] | None:
        """The values to bind; None where there is nothing to read for."""
        values = bound.values
        if self.needs is not None and values[self.needs] is None:
            return None
        if self.keys is None:
            return self._pick(values)
        keys = list(self.keys(values, data, bound.viewer))
        if not keys:
            return None
        if self.convert is not None:
            keys = [self.convert(key) for key in keys]
        return [keys if place == KEYS else values[place] for place in self.places]


@dataclass(frozen=True, eq=False)
class Round:
    """Statements that travel together, then code that needs nothing of each other."""

    statements: tuple[Statement, ...]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Plan:
    """How requests of one shape are answered. ``source`` and ``rules`` are for people to read.

    ``observe`` gives, for each of ``observed``, the participants whom the answer tells of; None where it tells of nobody else.
    """

    values: Binding
    changes: tuple[Call, ...]
    rounds: tuple[Round, ...]
    slots: int
    assemble: Function
    source: str
    rules: tuple[str, ...]
    observed: tuple[DataKind, ...] = ()
    observe: Function | None = None

    @cached_property
    def trips(self) -> int:
        """How many rounds go to the store."""
        return sum(1 for one in self.rounds if one.statements)

    @cached_property
    def runs_code(self) -> bool:
        """Whether anything but statements is run: without, nothing is ever left running either."""
        return bool(self.changes) or any(one.calls for one in self.rounds)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Those of all rounds."""
        return tuple(statement for one in self.rounds for statement in one.statements)


class Ready:
    """A plan with one request's values. It answers once."""

    __slots__ = ("_bound", "_data", "_foreign", "_rounds", "plan")

    def __init__(self, plan: Plan, bound: Bound, rounds: Rounds) -> None:
        self.plan = plan
        self._bound = bound
        self._rounds = rounds
        self._data: list[Any] = [None] * plan.slots
        self._foreign = False

    async def answer(self, context: RequestContext, along: Batch = (), check: Check | None = None) -> bytes:
        """JSON of the whole answer. ``along`` is read together with the plan's first statements and judged by ``check``.

        Raises :class:`StepAside` where the reference has to answer, the store's failures, and what ``check`` raises.
        """
        plan = self.plan
        try:
            if plan.changes and along:  # nothing is changed for somebody whom the check refuses
                await self._fetch(self._rounds, (), context, along, check)
                along, check = (), None
            for change in plan.changes:
                self._data[change.slot] = await change.changed(context, self._bound)
            if plan.trips > 1:
                async with self._rounds.snapshot() as snapshot:
                    await self._read(snapshot, context, along, check)
            elif plan.runs_code:
                await self._read(self._rounds, context, along, check)
            else:
                await self._fetch(self._rounds, plan.statements, context, along, check)
            if plan.runs_code:
                await context.finish()
            answer = {"data": plan.assemble(self._bound.values, self._data, self._bound.viewer)}
            body = orjson.dumps(answer)
            if plan.observe is not None:
                self._observe(plan.observe, context)
            return body
        except (StepAside, DatabaseBusy, DatabaseUnavailable):
            raise
        except Exception as fault:
            if self._foreign:
                raise
            raise aside_of(fault) from fault

    def _observe(self, observe: Function, context: RequestContext) -> None:
        """Note whom the answer tells of, once nothing more can come in its way."""
        found = observe(self._bound.values, self._data, self._bound.viewer)
        for data, keys in zip(self.plan.observed, found, strict=True):
            context.observed.read(data, keys)

    async def _read(
        self, store: Rounds | Snapshot, context: RequestContext, along: Batch, check: Check | None
    ) -> None:
        for one in self.plan.rounds:
            await self._fetch(store, one.statements, context, along, check)
            along, check = (), None
            if one.calls:
                await self._call(one.calls, context)
        if along:
            await self._fetch(store, (), context, along, check)

    async def _fetch(
        self,
        store: Rounds | Snapshot,
        statements: Sequence[Statement],
        context: RequestContext,
        along: Batch,
        check: Check | None,
    ) -> None:
        bound, data = self._bound, self._data
        batch = list(along)
        asked: list[Statement] = []
        for statement in statements:
            parameters = statement.parameters(bound, data)
            if parameters is None:
                data[statement.slot] = statement.arranged([], bound.values)
            else:
                batch.append((statement.read, parameters))
                asked.append(statement)
        if not batch:
            return
        around = context.services.telemetry.round(batch)
        if around is NOTHING:  # entering it would be two calls
            found = await store.fetch(batch)
        else:
            with around:
                found = await store.fetch(batch)
        if check is not None:
            self._foreign = True
            check(found[: len(along)])
            self._foreign = False
        for statement, rows in zip(asked, found[len(along) :], strict=True):
            data[statement.slot] = statement.arranged(rows, bound.values)

    async def _call(self, calls: Sequence[Call], context: RequestContext) -> None:
        bound, data = self._bound, self._data
        found = await together([call.results(context, bound, data) for call in calls])
        for call, results in zip(calls, found, strict=True):
            data[call.slot] = results
