"""What a trace shows of a supposition that did not hold."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.execution.executor import REFUTED
from gateway.telemetry import Telemetry
from gateway.testing import NOW
from tests.gateway.execution.desk import Desk
from tests.gateway.execution.passes import change, issue


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def telemetry(exporter: InMemorySpanExporter) -> Telemetry:
    return Telemetry([SimpleSpanProcessor(exporter)])


@pytest.mark.parametrize(
    ("values", "spans"),
    [({}, [False]), ({"agency": "00102"}, [True, False]), ({"ended_at": NOW}, [True])],
    ids=["holds", "somebody else", "nobody"],
)
async def test_the_attempt_is_told_from_the_answer(
    desk: Desk, exporter: InMemorySpanExporter, values: dict[str, object], spans: list[bool]
) -> None:
    await issue(desk.database, "p1")
    await desk.told("p1")
    if values:
        await change(desk.database, "p1", **values)
    exporter.clear()
    await desk.told("p1")
    operations = [span for span in exporter.get_finished_spans() if span.name == "operation"]
    assert [REFUTED in (span.attributes or {}) for span in operations] == spans
