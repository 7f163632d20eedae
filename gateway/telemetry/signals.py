"""Traces and metrics, through OpenTelemetry: spans and durations of operations, loader batches, statements.

Nothing is collected or sent unless ``OTEL_TRACES_EXPORTER`` or ``OTEL_METRICS_EXPORTER`` names an exporter.
Spans carry names, never values: no argument, no parameter, no error text. Whether a trace is kept is decided
at its root; below a root that is not kept, a span costs one look at the current context.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from opentelemetry import context as context_api
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import DEFAULT_ON, Sampler
from opentelemetry.trace import (
    INVALID_SPAN,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)
from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.engine.interfaces import ExecutionContext

from gateway.telemetry.exporters import Exporters

if TYPE_CHECKING:
    from gateway.access import Audience
    from gateway.database import Database

Attribute = str | bool | int | float

SCOPE: Final = "gateway"
FREE: Final = "free"
"""What documents that are not trusted are called: their own names are the caller's words, and endless."""

SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
ITEMS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
STATEMENT_LENGTH: Final = 2_000


class Telemetry:
    """The process's traces and metrics: none without processors, and without readers."""

    def __init__(
        self,
        span_processors: Sequence[SpanProcessor] = (),
        metric_readers: Sequence[MetricReader] = (),
        *,
        sampler: Sampler = DEFAULT_ON,
        resource: Resource | None = None,
    ) -> None:
        described = resource if resource is not None else Resource.get_empty()
        self._traces = TracerProvider(sampler=sampler, resource=described, shutdown_on_exit=False)
        for processor in span_processors:
            self._traces.add_span_processor(processor)
        self._metrics = MeterProvider(metric_readers, described, shutdown_on_exit=False)
        self._tracing = bool(span_processors)
        self._measuring = bool(metric_readers)
        self._tracer = self._traces.get_tracer(SCOPE)
        self._nothing: AbstractContextManager[Span] = contextlib.nullcontext(INVALID_SPAN)
        self._create_instruments()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Telemetry:
        """What the ``OTEL_*`` variables ask for.

        Raises :class:`gateway.settings.SettingsRefused` where they name what is not installed.
        """
        chosen = Exporters.from_environment(environ)
        return cls(
            chosen.span_processors, chosen.metric_readers, sampler=chosen.sampler, resource=chosen.resource
        )

    def span(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, /, **attributes: Attribute
    ) -> AbstractContextManager[Span]:
        """A span around a block: ``with telemetry.span("load", **{"vssid.plugin": plugin}):``.

        An exception that leaves the block marks the span as failed, by the name of its class, never its text.
        """
        if not self._tracing:
            return self._nothing
        parent = get_current_span()
        if parent is not INVALID_SPAN and not parent.is_recording():
            return self._nothing
        return _Current(self._tracer, name, kind, attributes)

    def operation(
        self, name: str | None, kind: str, audience: Audience, outcome: str, seconds: float
    ) -> None:
        """Count one operation, of a kind as ``query``.

        ``name`` is a trusted document's name or hash, None for a free document; ``outcome`` is the name of
        the answer's first error code, or ``OK``.
        """
        if self._measuring:
            labels = {
                "vssid.operation": FREE if name is None else name,
                "graphql.operation.type": kind,
                "vssid.audience": audience.value,
                "vssid.outcome": outcome,
            }
            self._operation_seconds.record(seconds, labels)

    def batch(self, plugin: str, coordinate: str, size: int, seconds: float, *, failed: bool) -> None:
        """Count one loader batch of ``size`` keys for a field, as ``Participant.healthInsuranceCard``."""
        if self._measuring:
            field: dict[str, Attribute] = {"vssid.plugin": plugin, "vssid.coordinate": coordinate}
            self._batch_seconds.record(seconds, {**field, "vssid.failed": failed})
            self._batch_keys.record(size, field)

    def observe(self, database: Database) -> None:
        """Trace statements, inside operations that are traced: their text, never their parameters."""
        if self._tracing:
            for engine in database.engines:
                _Statements(self._tracer, engine.dialect.name).listen(engine.sync_engine)

    def shutdown(self) -> None:
        """Send what was collected and stop; waits for exporters as long as the ``OTEL_*`` time-outs say."""
        self._traces.shutdown()
        self._metrics.shutdown()

    def _create_instruments(self) -> None:
        meter = self._metrics.get_meter(SCOPE)
        self._operation_seconds = meter.create_histogram(
            "vssid.operation.duration",
            "s",
            "Time from a request's document to its answer",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self._batch_seconds = meter.create_histogram(
            "vssid.batch.duration",
            "s",
            "Time of one loader batch",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self._batch_keys = meter.create_histogram(
            "vssid.batch.size",
            "{key}",
            "Keys in one loader batch",
            explicit_bucket_boundaries_advisory=ITEMS,
        )


class _Current:
    """A span that is the current one inside a block; the SDK's own would record exceptions' texts."""

    def __init__(
        self, tracer: Tracer, name: str, kind: SpanKind, attributes: Mapping[str, Attribute]
    ) -> None:
        self._span = tracer.start_span(name, kind=kind, attributes=attributes)

    def __enter__(self) -> Span:
        self._token = context_api.attach(set_span_in_context(self._span))
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        context_api.detach(self._token)
        if kind is not None:
            _fail(self._span, kind)
        self._span.end()


def _fail(span: Span, error: type[BaseException]) -> None:
    span.set_attribute("error.type", error.__qualname__)
    span.set_status(Status(StatusCode.ERROR))


class _Statements:
    """Spans of one engine's statements, children of the span that is current where one is executed."""

    def __init__(self, tracer: Tracer, system: str) -> None:
        self._tracer = tracer
        self._system = system
        self._running: WeakKeyDictionary[ExecutionContext, Span] = WeakKeyDictionary()

    def listen(self, engine: Engine) -> None:
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
        if get_current_span().is_recording():
            self._running[execution] = self._tracer.start_span(
                statement.split(None, 1)[0].upper(),
                kind=SpanKind.CLIENT,
                attributes={"db.system.name": self._system, "db.query.text": statement[:STATEMENT_LENGTH]},
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
            _fail(span, type(context.original_exception))
            span.end()
