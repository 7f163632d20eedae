"""Which requests a planner answers, and why not the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graphql import OperationDefinitionNode

from gateway.access import Viewer
from gateway.app import Application
from gateway.context import RequestContext
from gateway.database.rounds import Batch
from gateway.documents import Prepared
from gateway.execution import Executor, Recognition
from gateway.execution.plans import Check, Planner, Ready
from gateway.planning.stepping import StepAside

PLANNED: Final = "planned"
"""What became of a request that a plan has answered."""


class Watched:
    """A planner that notes what became of the last request: :data:`PLANNED`, or the reason why its plan stepped aside."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._outcome: str | None = None

    def executor(self, application: Application) -> Executor:
        """Answers an application's requests of known viewers by this planner."""
        schemas, documents = application.assembly.schemas, application.documents
        recognition = Recognition(application.services, ())
        return Executor(application.services, schemas, documents, recognition, self)

    def ready(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
        viewer: Viewer,
    ) -> WatchedReady:
        """As a planner's; raise StepAside as it does."""
        try:
            return WatchedReady(self._planner.ready(prepared, operation, variables, viewer), self)
        except StepAside as aside:
            self.note(aside.reason)
            raise

    def note(self, outcome: str) -> None:
        """Remember what became of a request."""
        self._outcome = outcome

    def taken(self) -> str | None:
        """What became of the last request, told once; None where no plan was asked for."""
        outcome, self._outcome = self._outcome, None
        return outcome


class WatchedReady:
    """A plan with its values whose answer is noted."""

    def __init__(self, ready: Ready, watched: Watched) -> None:
        self._ready = ready
        self._watched = watched

    async def answer(self, context: RequestContext, along: Batch = (), check: Check | None = None) -> bytes:
        """As the plan's."""
        try:
            body = await self._ready.answer(context, along, check)
        except StepAside as aside:
            self._watched.note(aside.reason)
            raise
        self._watched.note(PLANNED)
        return body
