"""From a request to an answer: who asks, which operation, and who makes the answer, a plan or the reference."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Final

from opentelemetry.trace import SpanKind

from gateway.access import ANONYMOUS, Audience, Viewer
from gateway.assembly import AudienceSchema
from gateway.audit.observations import Observation
from gateway.context import RequestContext, Services
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.documents import DocumentRefused, Documents, Prepared
from gateway.errors import UNAUTHENTICATED, UNAVAILABLE, ClientError
from gateway.execution.answers import answered, refused, unreachable
from gateway.execution.fallbacks import Fallbacks
from gateway.execution.operations import Operation, Operations
from gateway.execution.plans import Made, Planner, Ready
from gateway.execution.recognition import Recognition, Supposition, Unsupposed
from gateway.execution.reference import Reference
from gateway.execution.requests import Answer, Caller, GraphQLRequest, Sender
from gateway.planning.stepping import StepAside

NONE: Final[frozenset[Observation]] = frozenset()

REFUTED: Final = "vssid.refuted"
"""Marks the span of what was thrown away, since the token meant another viewer than supposed."""


class _Run:
    """One request on its way: what it selected, for whom it runs, and since when."""

    __slots__ = ("context", "operation", "prepared", "request", "started")

    def __init__(
        self,
        request: GraphQLRequest,
        context: RequestContext,
        selected: tuple[Prepared, Operation],
        started: float,
    ) -> None:
        self.request = request
        self.context = context
        self.prepared, self.operation = selected
        self.started = started


class Executor:
    """Answers requests of every audience. Without ``planner`` the reference answers them all."""

    def __init__(
        self,
        services: Services,
        schemas: Mapping[Audience, AudienceSchema],
        documents: Mapping[Audience, Documents],
        recognition: Recognition,
        planner: Planner | None = None,
    ) -> None:
        core = services.settings.core
        self._services = services
        self._telemetry = services.telemetry
        self._measuring = services.telemetry.is_measuring
        self._operations = Operations(documents, production=core.production)
        self._recognition = recognition
        self._planner = planner
        self._reference = Reference(schemas, core.limit_errors)
        self._fallbacks = Fallbacks(services.telemetry)

    async def answer(self, request: GraphQLRequest, token: str | None, sender: Sender) -> Answer:
        """Answer a request of the bearer of ``token``.

        Raises :class:`ClientError` where nobody knows the token, whatever else is wrong, and the store's failures; any other
        mistake of the caller is an answer.
        """
        if token is None:
            return await self._execute(request, ANONYMOUS, sender)
        if self._planner is not None:
            supposition = self._recognition.supposed(token, self._services.clock())
            if supposition is not None and _may_come_so(supposition.viewer, by_cookie=sender.by_cookie):
                answer = await self._suppose(self._planner, request, supposition, sender)
                if answer is not None:
                    return answer
        return await self._execute(request, await self.viewer(token, by_cookie=sender.by_cookie), sender)

    async def viewer(self, token: str | None, *, by_cookie: bool = False) -> Viewer:
        """The viewer of a token, anonymous without one; raise :class:`ClientError` for a token that nobody knows, or that
        has no business in a cookie.
        """
        if token is None:
            return ANONYMOUS
        viewer = await self._recognition.viewer(token)
        if not _may_come_so(viewer, by_cookie=by_cookie):
            raise ClientError(UNAUTHENTICATED)
        return viewer

    async def execute(self, request: GraphQLRequest, caller: Caller) -> Answer:
        """Answer a request of a known viewer; a caller's mistake is an answer, an unreachable store an exception."""
        return await self._execute(request, caller.viewer, caller.sender)

    async def _suppose(
        self, planner: Planner, request: GraphQLRequest, supposition: Supposition, sender: Sender
    ) -> Answer | None:
        """The answer to a query, where the supposition holds; None where the viewer has to be known first."""
        started = time.perf_counter()
        context = self._context(supposition.viewer, supposition.now, sender)
        try:
            selected = prepared, operation = self._operations.selected(
                request, context.viewer.audience, sender
            )
            if operation.changes:
                return None
            ready = planner.ready(prepared, operation.node, request.variables, context.viewer)
        except (DocumentRefused, ClientError, StepAside):
            return None  # nobody is told of it before we know who it is
        run = _Run(request, context, selected, started)
        with self._telemetry.span("operation", SpanKind.SERVER, **operation.attributes) as span:
            try:
                found = await self._made(run, ready, supposition)
            except Unsupposed:  # statements have run; the operation begins again with a span of its own
                span.set_attribute(REFUTED, True)
                return None
            if not supposition.confirmed:
                span.set_attribute(REFUTED, True)
                return None
            answer = await self._complete(run, found)
        await supposition.note(self._services)
        return answer

    async def _execute(self, request: GraphQLRequest, viewer: Viewer, sender: Sender) -> Answer:
        started = time.perf_counter()
        context = self._context(viewer, self._services.clock(), sender)
        try:
            run = _Run(request, context, self._operations.selected(request, viewer.audience, sender), started)
            ready = self._ready(run)
            if ready is None or isinstance(ready, StepAside):
                self._reference.check_variables(run.operation, request.variables, viewer.audience)
        except (DocumentRefused, ClientError) as refusal:
            answer = refused(refusal, sender.language)
            spent = time.perf_counter() - started
            self._telemetry.operation(None, "refused", viewer.audience, answer.outcome, spent)
            return answer
        with self._telemetry.span("operation", SpanKind.SERVER, **run.operation.attributes):
            if ready is None or isinstance(ready, StepAside):
                return await self._complete(run, ready)
            return await self._complete(run, await self._made(run, ready))

    def _context(self, viewer: Viewer, now: dt.datetime, sender: Sender) -> RequestContext:
        return RequestContext(
            self._services, viewer, now, sender.language, sender.request_id, sender.client_address
        )

    def _ready(self, run: _Run) -> Ready | StepAside | None:
        if self._planner is None:
            return None
        try:
            return self._planner.ready(
                run.prepared, run.operation.node, run.request.variables, run.context.viewer
            )
        except StepAside as aside:
            return aside

    async def _made(self, run: _Run, ready: Ready, supposition: Supposition | None = None) -> Made:
        """The answer of a plan, or why there is none; raise what else it raises, with nothing left running."""
        context = run.context
        try:
            if supposition is None:
                return await ready.answer(context)
            return await ready.answer(context, supposition.along, supposition.check)
        except StepAside as aside:
            return aside
        except (DatabaseBusy, DatabaseUnavailable):
            if context.changes:
                return StepAside("store after a change")  # what is committed is answered, by the reference
            await context.abandon()
            self._count(run, UNAVAILABLE.name)
            raise
        except BaseException:
            await context.abandon()
            raise

    async def _complete(self, run: _Run, found: Made | None) -> Answer:
        """The plan's answer, or the reference's where there is none (None: nor was there to be one)."""
        if isinstance(found, bytes):
            reads = NONE
            if run.context.has_observed:
                await self._record(run)
                reads = run.context.observed.told()
            self._fallbacks.count(run.operation)
            self._count(run, "OK")
            return Answer(200, found, planned=True, cookie=run.context.cookie, reads=reads)
        result = await self._reference.run(run.prepared, run.request, run.context)
        await self._record(run)
        answer = answered(result, run.context)
        if found is not None:
            self._fallbacks.count(run.operation, found.reason, needless=not result.errors)
        self._count(run, answer.outcome)
        failure = unreachable(result, changed=run.operation.changes)
        if failure is not None:
            raise failure
        return answer

    async def _record(self, run: _Run) -> None:
        """Let nothing leave about anybody else that is not in the audit trail."""
        try:
            await self._services.trail.record(run.context)
        except (DatabaseBusy, DatabaseUnavailable):
            self._count(run, UNAVAILABLE.name)
            raise

    def _count(self, run: _Run, outcome: str) -> None:
        if not self._measuring:
            return
        operation, audience = run.operation, run.context.viewer.audience
        spent = time.perf_counter() - run.started
        self._telemetry.operation(operation.name, operation.kind, audience, outcome, spent)


def _may_come_so(viewer: Viewer, *, by_cookie: bool) -> bool:
    """Cookies are the officers' console's: anybody else's token in one was put there by somebody else."""
    return not by_cookie or viewer.audience is Audience.OFFICER
