"""Traces and metrics, through OpenTelemetry: spans and durations of operations, round trips, loader batches, statements.

Nothing is collected or sent unless ``OTEL_TRACES_EXPORTER`` or ``OTEL_METRICS_EXPORTER`` names an exporter.
Spans carry names, never values: no argument, no parameter, no error text. Whether a trace is kept is decided
at its root, before a span is made; below a root that is not kept, a span costs one look.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Final

from opentelemetry.metrics import Histogram, Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.sdk.trace.sampling import DEFAULT_ON, Sampler
from opentelemetry.trace import Span, SpanKind

from gateway.telemetry.exporters import Exporters
from gateway.telemetry.spans import NOTHING, SCOPE, Attribute, Tracing
from gateway.telemetry.statements import LENGTH, Statements

if TYPE_CHECKING:
    from gateway.access import Audience
    from gateway.database import Batch, Database

FREE: Final = "free"
"""What documents that are not trusted are called: their own names are the caller's words, and endless."""

SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
ITEMS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


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
        self._tracing = Tracing(span_processors, sampler, described) if span_processors else None
        self._metrics = MeterProvider(metric_readers, described, shutdown_on_exit=False)
        self._measuring = bool(metric_readers)
        self._system = "other_sql"
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
        return NOTHING if self._tracing is None else self._tracing.span(name, kind, attributes)

    def round(self, batch: Batch) -> AbstractContextManager[object]:
        """Trace and count one round trip to the database, a block around its statements; :data:`NOTHING` where nobody looks.

        Texts are looked at in operations that are traced only; parameters are none of ours.
        """
        around: AbstractContextManager[object] = NOTHING
        if self._tracing is not None and self._tracing.recording():
            told: dict[str, Attribute] = {
                "db.system.name": self._system,
                "db.query.text": "; ".join(read.text[:LENGTH] for read, _ in batch),
                "vssid.statements": len(batch),
            }
            around = self._tracing.child("round", SpanKind.CLIENT, told)
        return _Timed(self._round_seconds, around) if self._measuring else around

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

    def fallback(self, name: str | None, reason: str) -> None:
        """Count one operation that a plan left to the reference; ``name`` as for :meth:`operation`, ``reason`` of a fixed few."""
        if self._measuring:
            self._fallbacks.add(
                1, {"vssid.operation": FREE if name is None else name, "vssid.reason": reason}
            )

    def throttled(self, limit: str) -> None:
        """Count one attempt that a limit refused, by the limit's name."""
        if self._measuring:
            self._throttled.add(1, {"vssid.limit": limit})

    def observe(self, database: Database) -> None:
        """Trace statements, inside operations that are traced: their text, never their parameters."""
        if self._tracing is not None:
            self._system = database.dialect.name
            for engine in database.engines:
                Statements(self._tracing, engine.dialect.name).listen(engine.sync_engine)

    @property
    def meter(self) -> Meter:
        """Where further metrics are made: of names and numbers, never of people."""
        return self._metrics.get_meter(SCOPE)

    @property
    def is_measuring(self) -> bool:
        """Whether anybody reads metrics; what is dear to count need not be counted otherwise."""
        return self._measuring

    def shutdown(self) -> None:
        """Send what was collected and stop; waits for exporters as long as the ``OTEL_*`` time-outs say."""
        if self._tracing is not None:
            self._tracing.shutdown()
        self._metrics.shutdown()

    def _create_instruments(self) -> None:
        meter = self.meter
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
        self._round_seconds = meter.create_histogram(
            "vssid.round.duration",
            "s",
            "Time of one round trip to the database",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self._throttled = meter.create_counter(
            "vssid.throttle.refusals", "{attempt}", "Attempts that a limit refused"
        )
        self._fallbacks = meter.create_counter(
            "vssid.plan.fallbacks", "{operation}", "Operations that a plan left to the reference"
        )


class _Timed:
    """Counts the seconds that a block takes, whatever its end."""

    __slots__ = ("_around", "_seconds", "_started")

    def __init__(self, seconds: Histogram, around: AbstractContextManager[object]) -> None:
        self._seconds = seconds
        self._around = around

    def __enter__(self) -> None:
        self._around.__enter__()
        self._started = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seconds.record(time.perf_counter() - self._started)
        self._around.__exit__(kind, error, trace)
