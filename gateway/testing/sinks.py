"""Everything that leaves a process for its operator: logs, spans, metrics, and what other processes write on standard error."""

from __future__ import annotations

import asyncio.subprocess
import json
import logging
import subprocess
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

from gateway.telemetry import Telemetry
from gateway.telemetry.logs import OWN, QUIET, JsonLines, Silence

LOG: Final = "log"
SPAN: Final = "span"
METRIC: Final = "metric"
STDERR: Final = "standard error"

_USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_STANDARD_ERROR: Final = 2


class Sinks:
    """Notes the texts that come to each sink, from :meth:`open` until the patches are undone."""

    def __init__(self) -> None:
        self.texts: dict[str, set[str]] = {}
        self.collecting = True
        """Whether what is made for telemetry from now on collects anything that was not asked for."""
        self._metered: list[_Metered] = []
        self._formatter = JsonLines()
        self._silence = Silence()

    def open(self, patches: pytest.MonkeyPatch) -> None:
        """Listen everywhere, at the levels that the gateway logs at."""
        patches.setattr(logging.getLogger(), "level", logging.INFO)
        for name in QUIET:
            patches.setattr(logging.getLogger(name), "level", logging.WARNING)
        self._listen_to_logs(patches)
        self._listen_to_telemetry(patches)
        self._listen_to_processes(patches)

    def note(self, sink: str, text: object) -> None:
        """A text has come to a sink."""
        self.texts.setdefault(sink, set()).add(str(text))

    def taken(self) -> dict[str, set[str]]:
        """What has come to each sink since the last time."""
        for one in self._metered:
            one.read(self.note)
        self._metered = [one for one in self._metered if one.telemetry() is not None]
        taken, self.texts = self.texts, {}
        return taken

    def _listen_to_logs(self, patches: pytest.MonkeyPatch) -> None:
        handle = logging.Logger.handle

        def heard(logger: logging.Logger, record: logging.LogRecord) -> None:
            if self._silence.filter(record):
                self._note_record(record)
            handle(logger, record)

        patches.setattr(logging.Logger, "handle", heard)

    def _note_record(self, record: logging.LogRecord) -> None:
        line = json.loads(self._formatter.format(record))
        del line["time"]
        for value in line.values():
            self.note(LOG, value)
        if record.name.partition(".")[0] in OWN:
            self.note(LOG, record.msg)
            self.note(LOG, record.args)
            for name, value in vars(record).items():
                if name not in _USUAL:
                    self.note(LOG, value)

    def _listen_to_telemetry(self, patches: pytest.MonkeyPatch) -> None:
        begin, shutdown, spans = Telemetry.__init__, Telemetry.shutdown, _Spans(self.note)

        def begun(
            telemetry: Telemetry, span_processors: Any = (), metric_readers: Any = (), **more: Any
        ) -> None:
            if not self.collecting:
                begin(telemetry, span_processors, metric_readers, **more)
                return
            metered = _Metered(weakref.ref(telemetry), InMemoryMetricReader())
            self._metered.append(metered)
            measuring: list[MetricReader] = [*metric_readers, metered.reader]
            begin(telemetry, [*span_processors, spans], measuring, **more)

        def ended(telemetry: Telemetry) -> None:
            for one in self._metered:
                if one.telemetry() is telemetry:
                    one.read(self.note)
            self._metered = [one for one in self._metered if one.telemetry() is not telemetry]
            shutdown(telemetry)

        patches.setattr(Telemetry, "__init__", begun)
        patches.setattr(Telemetry, "shutdown", ended)

    def _listen_to_processes(self, patches: pytest.MonkeyPatch) -> None:
        begin = subprocess.Popen.__init__
        receive = asyncio.subprocess.SubprocessStreamProtocol.pipe_data_received

        def begun(process: subprocess.Popen[Any], *args: Any, **options: Any) -> None:
            begin(process, *args, **options)
            if process.stderr is not None:
                process.stderr = _Heard(process.stderr, self._note_output)  # type: ignore[assignment]

        def received(protocol: Any, descriptor: int, data: bytes) -> None:
            if descriptor == _STANDARD_ERROR:
                self._note_output(data)
            receive(protocol, descriptor, data)

        patches.setattr(subprocess.Popen, "__init__", begun)
        patches.setattr(asyncio.subprocess.SubprocessStreamProtocol, "pipe_data_received", received)

    def _note_output(self, written: Any) -> None:
        self.note(STDERR, written.decode(errors="replace") if isinstance(written, bytes) else written)


@dataclass
class _Metered:
    """What measures for somebody, and what it has told already: its counts grow as long as it lives."""

    telemetry: weakref.ref[Telemetry]
    reader: InMemoryMetricReader
    told: set[str] = field(default_factory=set)

    def read(self, note: Callable[[str, object], None]) -> None:
        """Note what is new of it."""
        data = self.reader.get_metrics_data()
        for resource in [] if data is None else data.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for point in metric.data.data_points:
                        self._note(note, *_texts(dict(point.attributes or {}), metric.name))

    def _note(self, note: Callable[[str, object], None], *texts: str) -> None:
        for text in texts:
            if text not in self.told:
                self.told.add(text)
                note(METRIC, text)


class _Spans(SpanProcessor):
    def __init__(self, note: Callable[[str, object], None]) -> None:
        self._note = note

    def on_end(self, span: ReadableSpan) -> None:
        """Note what an exporter would send of it."""
        for text in _texts(dict(span.attributes or {}), span.name, span.status.description):
            self._note(SPAN, text)
        for event in span.events:
            for text in _texts(dict(event.attributes or {}), event.name):
                self._note(SPAN, text)


class _Heard:
    """A pipe; what is read from it is noted."""

    def __init__(self, pipe: Any, note: Callable[[Any], None]) -> None:
        self._pipe = pipe
        self._note = note

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipe, name)

    def __iter__(self) -> Iterator[Any]:
        for line in self._pipe:
            self._note(line)
            yield line

    def __enter__(self) -> _Heard:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()

    def read(self, *size: int) -> Any:
        return self._noted(self._pipe.read(*size))

    def readline(self, *size: int) -> Any:
        return self._noted(self._pipe.readline(*size))

    def _noted(self, read: Any) -> Any:
        self._note(read)
        return read


def _texts(attributes: dict[str, Any], *more: str | None) -> Iterator[str]:
    """Whatever in an attribute is text; numbers are measured, not written."""
    for value in [*more, *attributes, *attributes.values()]:
        for one in value if isinstance(value, tuple | list) else [value]:
            if isinstance(one, str):
                yield one
