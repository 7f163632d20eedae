"""Spans: blocks of time with a name, in traces of which few may be kept."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from types import TracebackType
from typing import Final

from opentelemetry import context as context_api
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import Sampler
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

from gateway.telemetry.sampling import TraceIds

Attribute = str | bool | int | float

SCOPE: Final = "gateway"

NOTHING: Final[AbstractContextManager[Span]] = contextlib.nullcontext(INVALID_SPAN)
"""The span of what is not traced; it can be entered again and again."""

_DROPPED: Final[ContextVar[bool]] = ContextVar("gateway.telemetry.dropped", default=False)
"""Whether we are inside a trace that is not kept."""


class Tracing:
    """The traces of a process that has at least one processor for them."""

    def __init__(self, processors: Sequence[SpanProcessor], sampler: Sampler, resource: Resource) -> None:
        self._ids = TraceIds(sampler)
        self._provider = TracerProvider(
            sampler=sampler, resource=resource, shutdown_on_exit=False, id_generator=self._ids
        )
        for processor in processors:
            self._provider.add_span_processor(processor)
        self.tracer: Tracer = self._provider.get_tracer(SCOPE)

    def span(
        self, name: str, kind: SpanKind, attributes: Mapping[str, Attribute]
    ) -> AbstractContextManager[Span]:
        """A span around a block; without one around itself it begins a trace."""
        if _DROPPED.get():
            return NOTHING
        # Nothing is around us where the context is empty, which is quicker to see than that there is no span in it.
        parent = get_current_span() if context_api.get_current() else INVALID_SPAN
        if parent is not INVALID_SPAN:
            return _Current(self._started(name, kind, attributes)) if parent.is_recording() else NOTHING
        if self._ids.draw():
            span = self._started(name, kind, attributes)
            if span.is_recording():
                return _Current(span)
        return _Dropped()

    def recording(self) -> bool:
        """Whether we are inside a span that is kept."""
        return not _DROPPED.get() and get_current_span().is_recording()

    def child(
        self, name: str, kind: SpanKind, attributes: Mapping[str, Attribute]
    ) -> AbstractContextManager[Span]:
        """A span around a block, where we are :meth:`recording`."""
        return _Current(self._started(name, kind, attributes))

    def shutdown(self) -> None:
        """Send what was collected and stop."""
        self._provider.shutdown()

    def _started(self, name: str, kind: SpanKind, attributes: Mapping[str, Attribute]) -> Span:
        return self.tracer.start_span(name, kind=kind, attributes=attributes)


class _Current:
    """A span that is the current one inside a block; the SDK's own would record exceptions' texts."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        self._token = context_api.attach(set_span_in_context(self._span))
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        context_api.detach(self._token)
        if kind is not None:
            fail(self._span, kind)
        self._span.end()


class _Dropped:
    """The outermost block of a trace that is not kept: no block in it has a span, or begins another trace."""

    __slots__ = ("_token",)

    def __enter__(self) -> Span:
        self._token = _DROPPED.set(True)
        return INVALID_SPAN

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _DROPPED.reset(self._token)


def fail(span: Span, error: type[BaseException]) -> None:
    """Mark a span as failed, by the name of the exception's class."""
    span.set_attribute("error.type", error.__qualname__)
    span.set_status(Status(StatusCode.ERROR))
