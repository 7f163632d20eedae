"""What is seen of a plan: its round trips, and why there was none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    InMemoryMetricReader,
    NumberDataPoint,
)
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode

from gateway.database import Batch, Database, Read
from gateway.telemetry import Telemetry


def batch(*texts: str) -> Batch:
    """Statements of these texts."""
    return [(Read(text, (), ()), ()) for text in texts]


STATEMENTS = batch("SELECT name FROM people WHERE code = ?", "SELECT 1")


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def reader() -> InMemoryMetricReader:
    return InMemoryMetricReader()


@pytest.fixture
def telemetry(exporter: InMemorySpanExporter, reader: InMemoryMetricReader) -> Iterator[Telemetry]:
    made = Telemetry([SimpleSpanProcessor(exporter)], [reader])
    yield made
    made.shutdown()


def points(reader: InMemoryMetricReader, name: str) -> Sequence[object]:
    """The points of one metric."""
    data = reader.get_metrics_data()
    found = [] if data is None else data.resource_metrics
    return [
        point
        for resource in found
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == name
        for point in metric.data.data_points
    ]


class Untold(list[Any]):
    """A batch whose texts nobody may ask for."""

    def __iter__(self) -> Iterator[Any]:
        pytest.fail("the texts were looked at")


async def test_a_round_is_traced_by_its_statements(
    telemetry: Telemetry, exporter: InMemorySpanExporter, tmp_path: Path
) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/rounds.sqlite3")
    telemetry.observe(database)
    await database.close()
    with telemetry.span("operation"), telemetry.round(STATEMENTS):
        pass

    span, root = exporter.get_finished_spans()
    assert (span.name, span.kind) == ("round", SpanKind.CLIENT)
    assert span.parent == root.context
    assert span.attributes == {
        "db.system.name": "sqlite",
        "db.query.text": "SELECT name FROM people WHERE code = ?; SELECT 1",
        "vssid.statements": 2,
    }


def test_each_statement_of_a_round_is_cut(telemetry: Telemetry, exporter: InMemorySpanExporter) -> None:
    with telemetry.span("operation"), telemetry.round(batch("a" * 3_000, "b" * 3_000)):
        pass
    span, _ = exporter.get_finished_spans()
    assert (span.attributes or {})["db.query.text"] == "a" * 2_000 + "; " + "b" * 2_000


def test_a_failed_round_tells_the_type_and_is_counted(
    telemetry: Telemetry, exporter: InMemorySpanExporter, reader: InMemoryMetricReader
) -> None:
    with pytest.raises(KeyError), telemetry.span("operation"), telemetry.round(STATEMENTS[:1]):
        raise KeyError("0012345678")
    span, _ = exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "KeyError"
    assert "0012345678" not in span.to_json()
    (point,) = points(reader, "vssid.round.duration")
    assert isinstance(point, HistogramDataPoint)
    assert point.count == 1


def test_a_round_outside_a_kept_operation_is_only_counted(
    exporter: InMemorySpanExporter, reader: InMemoryMetricReader
) -> None:
    telemetry = Telemetry([SimpleSpanProcessor(exporter)], [reader])
    with telemetry.round(Untold()):
        pass
    dropping = Telemetry([SimpleSpanProcessor(exporter)], [], sampler=ALWAYS_OFF)
    with dropping.span("operation"), dropping.round(Untold()):
        pass
    with Telemetry().round(Untold()):
        pass
    assert exporter.get_finished_spans() == ()
    (point,) = points(reader, "vssid.round.duration")
    assert isinstance(point, HistogramDataPoint)
    assert (point.count, dict(point.attributes or {})) == (1, {})
    assert 0 <= point.sum < 1


def test_fallbacks_are_counted_by_operation_and_reason(
    telemetry: Telemetry, reader: InMemoryMetricReader
) -> None:
    for name, reason in (("Me", "Query.me"), ("Me", "Query.me"), ("Me", "directive"), (None, "variables")):
        telemetry.fallback(name, reason)
    Telemetry().fallback("Me", "directive")
    counted = {}
    for point in points(reader, "vssid.plan.fallbacks"):
        assert isinstance(point, NumberDataPoint)
        counted[tuple((point.attributes or {}).values())] = point.value
    assert counted == {("Me", "Query.me"): 2, ("Me", "directive"): 1, ("free", "variables"): 1}
    ((first, *_),) = [points(reader, "vssid.plan.fallbacks")]
    assert isinstance(first, NumberDataPoint)
    assert set(first.attributes or {}) == {"vssid.operation", "vssid.reason"}
