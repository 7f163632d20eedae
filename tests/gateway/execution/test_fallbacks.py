"""Plans that step aside are counted, and told to operators where it happens often and for nothing."""

from __future__ import annotations

import logging

import pytest
from graphql import OperationDefinitionNode, parse
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint

from gateway.access import Audience
from gateway.documents import Prepared
from gateway.execution.fallbacks import TOLERATED, WINDOW, Fallbacks
from gateway.execution.operations import Operation
from gateway.telemetry import Telemetry


@pytest.fixture
def metrics() -> InMemoryMetricReader:
    """What is counted."""
    return InMemoryMetricReader()


@pytest.fixture
def fallbacks(metrics: InMemoryMetricReader) -> Fallbacks:
    """The counts of one process."""
    return Fallbacks(Telemetry(metric_readers=[metrics]))


def operation(name: str | None = "MyCard") -> Operation:
    """An operation of a trusted document, or of a free one."""
    document = parse("query MyCard { me { id } }")
    (node,) = document.definitions
    assert isinstance(node, OperationDefinitionNode)
    prepared = Prepared("0123456789abcdef" * 4, name, "", document, {"MyCard": node}, 1)
    return Operation(prepared, node, Audience.PARTICIPANT)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What operators were told."""
    assert all(record.levelno == logging.WARNING for record in caplog.records)
    return [record.getMessage() for record in caplog.records]


def run(fallbacks: Fallbacks, ran: Operation, *, planned: int = 0, needless: int = 0) -> None:
    """Executions that were planned, then some that were not."""
    for _ in range(planned):
        fallbacks.count(ran)
    for _ in range(needless):
        fallbacks.count(ran, "Card.holder", needless=True)


def test_a_few_are_nobodys_business(fallbacks: Fallbacks, caplog: pytest.LogCaptureFixture) -> None:
    ran = operation()
    for _ in range(3):
        run(fallbacks, ran, planned=WINDOW - TOLERATED, needless=TOLERATED)
    assert warnings(caplog) == []


def test_more_than_one_in_a_hundred_are_told_once_a_window(
    fallbacks: Fallbacks, caplog: pytest.LogCaptureFixture
) -> None:
    ran = operation()
    run(fallbacks, ran, planned=100, needless=TOLERATED + 1)
    told = "query MyCard of participant was answered by the reference 11 times in 111, needlessly: Card.holder (11)"
    assert warnings(caplog) == [told]
    run(fallbacks, ran, needless=WINDOW - 111)
    assert warnings(caplog) == [told]
    run(fallbacks, ran, needless=TOLERATED)
    assert warnings(caplog) == [told]
    run(fallbacks, ran, needless=1)
    assert len(warnings(caplog)) == 2


def test_a_free_document_is_told_by_its_hash(fallbacks: Fallbacks, caplog: pytest.LogCaptureFixture) -> None:
    run(fallbacks, operation(None), needless=TOLERATED + 1)
    (told,) = warnings(caplog)
    assert told.startswith("query 0123456789ab of participant")


def test_fallbacks_with_errors_are_needed(fallbacks: Fallbacks, caplog: pytest.LogCaptureFixture) -> None:
    ran = operation()
    for _ in range(WINDOW):
        fallbacks.count(ran, "rule of Card.holder", needless=False)
    assert warnings(caplog) == []


def test_operations_are_counted_apart(fallbacks: Fallbacks, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        run(fallbacks, operation(), needless=TOLERATED)
    assert warnings(caplog) == []


def test_all_are_counted_by_document_and_reason(fallbacks: Fallbacks, metrics: InMemoryMetricReader) -> None:
    ran = operation()
    run(fallbacks, ran, planned=5, needless=2)
    fallbacks.count(ran, "FORBIDDEN", needless=False)
    data = metrics.get_metrics_data()
    assert data is not None
    counted = {
        ((point.attributes or {})["vssid.operation"], (point.attributes or {})["vssid.reason"]): point.value
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == "vssid.plan.fallbacks"
        for point in metric.data.data_points
        if isinstance(point, NumberDataPoint)
    }
    assert counted == {("MyCard", "Card.holder"): 2, ("MyCard", "FORBIDDEN"): 1}
