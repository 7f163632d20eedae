"""What the executor asks of the planner, and how it runs what it gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from graphql import OperationDefinitionNode

from gateway.access import Viewer
from gateway.context import RequestContext
from gateway.database.rounds import Batch, Cells
from gateway.documents import Prepared
from gateway.planning.stepping import StepAside

Check = Callable[[Sequence[list[Cells]]], None]
"""Judges the rows of what travelled along, before anything is made of the plan's own; may raise."""

Made = bytes | StepAside
"""What a plan made of a request: its answer, or why there is none."""


class Ready(Protocol):
    """A plan with one request's values."""

    async def answer(self, context: RequestContext, along: Batch = (), check: Check | None = None) -> bytes:
        """JSON of the whole answer; ``along`` is read with the first statements, and ``check`` gets its rows before any other
        is looked at.

        Raises StepAside, the store's failures, and what ``check`` raises.
        """
        ...


class Planner(Protocol):
    """Plans of operations."""

    def ready(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
        viewer: Viewer,
    ) -> Ready:
        """The plan of a request; raise StepAside where the reference has to answer."""
        ...
