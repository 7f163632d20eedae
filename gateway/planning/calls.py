"""Real code in plans: called once per round for all its parents, at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.access import Rule
from gateway.authoring.sources import CodeSource
from gateway.context import Change, RequestContext
from gateway.planning.build import Bound
from gateway.planning.script import Function
from gateway.planning.stepping import StepAside
from gateway.reference.rows import Row, RowReader


@dataclass(frozen=True, eq=False)
class Call:
    """A step of a plan. ``rule`` is checked for each parent before its code runs; ``entity`` makes parents of keys."""

    slot: int
    coordinate: str
    source: CodeSource
    response_key: str
    arguments: int
    context_name: str | None
    parents: Function | None = None
    entity: type | None = None
    rule: Rule | None = None
    reader: RowReader | None = None
    cells: Sequence[int] = ()

    async def results(self, context: RequestContext, bound: Bound, data: list[Any]) -> Any:
        """The result of a root field, or results by their parents' keys."""
        given = self._given(context, bound)
        if self.parents is None:
            return await self.source.function(**given)
        parents = self.parents(bound.values, data, bound.viewer)
        if self.rule is not None and any(self.rule.admits(bound.viewer, key) is not True for key in parents):
            raise StepAside(f"rule of {self.coordinate}")
        calls = [_called(self.source, self._parent(key, row), given) for key, row in parents.items()]
        return dict(zip(parents, await together(calls), strict=True))

    async def changed(self, context: RequestContext, bound: Bound) -> Any:
        """The result of a mutation, which runs in its unit of work; kept, since it can run only once."""
        try:
            async with context.unit_of_work():
                result = await self.source.function(**self._given(context, bound))
        except Exception as failure:
            context.changes.append(Change(None, failure))
            raise StepAside("a change failed") from failure
        context.changes.append(Change(result))
        return result

    def _given(self, context: RequestContext, bound: Bound) -> dict[str, Any]:
        given: dict[str, Any] = bound.values[self.arguments]
        return given if self.context_name is None else {**given, self.context_name: context}

    def _parent(self, key: Any, row: Any) -> Any:
        if self.reader is None:
            assert self.entity is not None
            return self.entity(id=key)
        return Row(self.reader, (key, *(row[cell] for cell in self.cells)))


async def together(calls: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """What they give, run at the same time; the first failure cancels the others and is raised as it is."""
    if len(calls) == 1:
        return [await calls[0]]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def _called(source: CodeSource, parent: Any, given: dict[str, Any]) -> Any:
    return await source.function(parent, **given)
