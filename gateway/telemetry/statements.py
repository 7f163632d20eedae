"""Spans of the statements that SQLAlchemy executes."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from opentelemetry.trace import Span, SpanKind
from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.engine.interfaces import ExecutionContext

from gateway.telemetry.spans import Tracing, fail

LENGTH: Final = 2_000
"""Characters of a statement's text that a span holds."""


class Statements:
    """Spans of one engine's statements, children of the span that is current where one is executed."""

    def __init__(self, tracing: Tracing, system: str) -> None:
        self._tracing = tracing
        self._system = system
        self._running: WeakKeyDictionary[ExecutionContext, Span] = WeakKeyDictionary()

    def listen(self, engine: Engine) -> None:
        """Trace what this engine executes."""
        event.listen(engine, "before_cursor_execute", self._start)
        event.listen(engine, "after_cursor_execute", self._end)
        event.listen(engine, "handle_error", self._failed)

    def _start(
        self,
        _connection: object,
        _cursor: object,
        statement: str,
        _parameters: object,
        execution: ExecutionContext,
        _many: bool,
    ) -> None:
        if self._tracing.recording():
            self._running[execution] = self._tracing.tracer.start_span(
                statement.split(None, 1)[0].upper(),
                kind=SpanKind.CLIENT,
                attributes={"db.system.name": self._system, "db.query.text": statement[:LENGTH]},
            )

    def _end(
        self,
        _connection: object,
        _cursor: object,
        _statement: str,
        _parameters: object,
        execution: ExecutionContext,
        _many: bool,
    ) -> None:
        span = self._running.pop(execution, None)
        if span is not None:
            span.end()

    def _failed(self, context: ExceptionContext) -> None:
        execution = context.execution_context
        span = None if execution is None else self._running.pop(execution, None)
        if span is not None:
            fail(span, type(context.original_exception))
            span.end()
