"""What operators see of a request: spans and counts by name, and nothing about the person."""

from __future__ import annotations

from collections.abc import Mapping

from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.access import Audience
from gateway.demo.people import DemoParticipant
from gateway.telemetry import Telemetry
from tests.journeys.conftest import Start

Tokens = Mapping[Audience, str | None]


def counted(reader: InMemoryMetricReader, name: str) -> list[Mapping[str, object]]:
    """The attributes of each point of a metric."""
    data = reader.get_metrics_data()
    assert data is not None
    return [
        dict(point.attributes or {})
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == name
        for point in metric.data.data_points
        if isinstance(point, HistogramDataPoint)
    ]


async def test_a_request_is_seen_by_its_names_alone(
    start: Start, tokens: Tokens, people: list[DemoParticipant]
) -> None:
    spans, metrics = InMemorySpanExporter(), InMemoryMetricReader()
    async with start(Telemetry([SimpleSpanProcessor(spans)], [metrics])) as gateway:
        await gateway.application.executor.viewer(tokens[Audience.PARTICIPANT])
        (card,) = [
            one
            for one in gateway.application.documents[Audience.PARTICIPANT].all_trusted()
            if one.name == "MyCard"
        ]
        spans.clear()
        answer = await gateway.post(None, tokens[Audience.PARTICIPANT], documentId=card.hash)
        assert answer.json()["data"]["me"]["fullName"] == people[0].full_name
        await gateway.post("{ nothingOfTheKind }", tokens[Audience.PARTICIPANT])

        seen = spans.get_finished_spans()
        (operation,) = [span for span in seen if span.name == "operation"]
        assert dict(operation.attributes or {}) == {
            "vssid.operation": "MyCard",
            "graphql.operation.type": "query",
            "vssid.audience": "participant",
        }
        (trip,) = [span for span in seen if span.name == "round"]
        assert (trip.attributes or {})["vssid.statements"] == 2
        assert "accounts_session" in str((trip.attributes or {})["db.query.text"])

        outcomes = {
            (point["vssid.operation"], point["graphql.operation.type"], point["vssid.outcome"])
            for point in counted(metrics, "vssid.operation.duration")
        }
        assert outcomes == {("MyCard", "query", "OK"), ("free", "refused", "DOCUMENT_INVALID")}
        assert counted(metrics, "vssid.round.duration")

        everything = str([(span.name, dict(span.attributes or {}), span.events) for span in seen])
        person = people[0]
        for secret in (person.full_name, person.key, person.social_security_code, "nothingOfTheKind"):
            assert secret not in everything
