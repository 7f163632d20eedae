"""The log: one safe line per record, and nothing about people in it, whoever wrote it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.telemetry import Telemetry, logs

CANARY = "Nguyễn Văn Chim Hoàng Yến 0012345678"


@pytest.fixture
def written() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Installs the log, and puts back what pytest had; call it for the lines so far."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    stream = io.StringIO()
    logs.install(stream, plugins=["household_payment"])
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


Written = Callable[[], list[dict[str, Any]]]


def formatted(name: str, message: object, *arguments: object, **extra: object) -> str:
    record = logging.LogRecord(name, logging.WARNING, "/srv/app/gateway/x.py", 7, message, arguments, None)
    vars(record).update(extra)
    return logs.JsonLines().format(record)


def test_a_line_says_when_how_bad_who_and_what(written: Written) -> None:
    logging.getLogger("gateway.execution").warning(
        "refused %s", "Query.me", extra={"request_id": "r-1", "code": "FORBIDDEN", "unheard_of": "left out"}
    )

    (line,) = written()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "WARNING",
        "logger": "gateway.execution",
        "event": "refused Query.me",
        "request_id": "r-1",
        "code": "FORBIDDEN",
    }


@given(st.text())
def test_whatever_is_logged_is_one_line_of_printable_ascii(text: str) -> None:
    line = formatted("gateway.edge", "path %s", text, request_id=text)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["event"] == f"path {text}"[: logs.LONGEST]


@pytest.mark.parametrize(
    "text",
    [
        'one\n{"level": "INFO"}',
        "one\r\ntwo",
        "\x1b[31mred",
        "\x9b31m",
        "\u202egnp.exe",
        "a\u2028b",
        "\x7f",
        "\ud800",
    ],
)
def test_line_breaks_and_control_characters_are_escaped(text: str) -> None:
    line = formatted("gateway.edge", text)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["event"] == text


def test_a_long_message_is_cut() -> None:
    assert len(json.loads(formatted("gateway.edge", "x" * 10_000))["event"]) == 1_000


def fail(depth: int) -> None:
    if depth:
        fail(depth - 1)
    raise ValueError(CANARY)


def test_exceptions_are_types_and_places(written: Written) -> None:
    try:
        try:
            fail(2)
        except ValueError as error:
            raise LookupError(CANARY) from error
    except LookupError:
        logging.getLogger("gateway.execution").exception("failed")

    (line,) = written()
    outer, inner = line["exceptions"]
    assert (outer["type"], inner["type"]) == ("builtins.LookupError", "builtins.ValueError")
    assert len(inner["frames"]) == 4
    assert inner["frames"][-1].startswith("gateway/telemetry/test_logs.py:")
    assert CANARY not in json.dumps(line, ensure_ascii=False)


def test_groups_loops_and_suppressed_causes_of_exceptions() -> None:
    group = ExceptionGroup(CANARY, [KeyError(CANARY), OSError(CANARY)])
    assert [entry["type"] for entry in logs.described(group)] == [
        "builtins.ExceptionGroup",
        "builtins.KeyError",
        "builtins.OSError",
    ]
    one, other = ValueError(), TypeError()
    one.__cause__, other.__cause__ = other, one
    assert [entry["type"] for entry in logs.described(one)] == ["builtins.ValueError", "builtins.TypeError"]
    one.__cause__ = None
    one.__context__ = other
    one.__suppress_context__ = True
    assert [entry["type"] for entry in logs.described(one)] == ["builtins.ValueError"]


@pytest.mark.parametrize(
    ("logger", "message", "arguments", "event", "own"),
    [
        ("gateway.edge", "of %s", ("a request",), "of a request", True),
        ("plugins.accounts.sessions", "of %s", ("session",), "of session", True),
        ("household_payment.plugin", "paid", (), "paid", True),
        ("httpx", "GET %s", (CANARY,), "GET %s", False),
        ("asyncio", f"Task exception was never retrieved\nfuture: {CANARY}", (), "(text withheld)", False),
        ("gateway_lookalike", CANARY, (), "(text withheld)", False),
        ("uvicorn.error", OSError(CANARY), (), "OSError", False),
    ],
)
def test_only_known_loggers_are_quoted(
    written: Written, logger: str, message: object, arguments: tuple[object, ...], event: str, own: bool
) -> None:
    logging.getLogger(logger).warning(message, *arguments)
    (line,) = written()
    assert line["event"] == event
    assert ("at" in line) is not own


async def test_what_the_event_loop_says_of_a_lost_task_names_no_value(written: Written) -> None:
    async def lost() -> None:
        raise ValueError(CANARY)

    asyncio.get_running_loop().call_exception_handler(
        {"message": f"Task of {CANARY}", "exception": ValueError(CANARY), "task": CANARY}
    )
    task = asyncio.create_task(lost())
    await asyncio.wait([task])
    del task

    lines = written()
    assert len(lines) == 2
    assert CANARY not in json.dumps(lines, ensure_ascii=False)
    assert all(line["exceptions"][0]["type"] == "builtins.ValueError" for line in lines)


@pytest.mark.parametrize("logger", ["strawberry.execution", "uvicorn.access", "uvicorn.access.more"])
def test_loggers_that_repeat_requests_are_silent(written: Written, logger: str) -> None:
    logging.getLogger(logger).critical(CANARY)
    assert written() == []


@pytest.mark.parametrize("logger", ["sqlalchemy.engine.Engine", "asyncpg", "aiosqlite", "uvicorn.error"])
def test_drivers_are_heard_from_warning_on(written: Written, logger: str) -> None:
    logging.getLogger(logger).info("[parameters: %s]", CANARY)
    logging.getLogger(logger).warning("pool of %d is full", 8)
    assert [line["event"] for line in written()] == ["pool of %d is full"]


def test_a_message_with_the_wrong_arguments_does_not_raise() -> None:
    assert json.loads(formatted("gateway.edge", "%d of %d", 1))["event"] == "%d of %d"


def test_values_that_are_no_json_are_named_by_type() -> None:
    assert json.loads(formatted("gateway.edge", "x", code=object()))["code"] == "object"


def test_a_line_within_a_sampled_trace_names_it(written: Written) -> None:
    exporter = InMemorySpanExporter()
    telemetry = Telemetry([SimpleSpanProcessor(exporter)])
    with telemetry.span("operation"):
        logging.getLogger("gateway.execution").info("inside")
    logging.getLogger("gateway.execution").info("outside")

    inside, outside = written()
    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    assert int(inside["trace_id"], 16) == span.context.trace_id
    assert "trace_id" not in outside


def test_what_was_installed_before_is_replaced(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    again = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(sys.stderr))
    logs.install(again)
    logging.getLogger("gateway").info("once")
    assert len(again.getvalue().splitlines()) == 1
    assert written() == []
    assert capsys.readouterr().err == ""
