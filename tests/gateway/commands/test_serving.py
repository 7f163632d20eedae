"""``vssid run`` and ``vssid serve``."""

from __future__ import annotations

import io
import itertools
import json
import logging
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import httpx
import pytest
from starlette.types import ASGIApp

from gateway import edge
from gateway.commands.demonstrating import SEED
from gateway.commands.serving import base_url
from gateway.demo.people import participants
from gateway.settings import CoreSettings
from gateway.telemetry import logs
from tests.gateway.commands.conftest import Command


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ASGIApp]]:
    """What was about to be served; nobody is."""
    handed: list[ASGIApp] = []

    async def serve(
        app: ASGIApp,
        core: CoreSettings,
        draining: threading.Event,
        *,
        listener: socket.socket,
        started: Callable[[], None],
    ) -> None:
        handed.append(app)
        started()

    monkeypatch.setattr(edge, "serve", serve)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield handed
    root.handlers[:] = handlers
    root.setLevel(level)


def test_run_prepares_everything_and_says_what_to_try(command: Command, served: list[ASGIApp]) -> None:
    first = command("run").stdout.splitlines()
    again = command("run").stdout.splitlines()
    applied = [line for line in first if line.startswith("Applied ")]

    assert applied[-1] == "Applied clinic_0001: visitors."
    assert [re.sub(r":\d+/", "/", line) for line in again[:3]] == [
        "GraphQL   http://127.0.0.1/graphql",
        "Explorer  http://127.0.0.1/explorer/",
        "Health    http://127.0.0.1/health/ready",
    ]
    assert "public: Anybody. There is nothing to do." in again
    assert "officer: An officer's day. Send the token." in again
    assert len([line for line in again if line.startswith("  curl -s http://127.0.0.1:")]) == 2
    assert len(first) == len(applied) + len(again)
    assert len(served) == 2


def test_without_the_explorer_its_address_is_not_printed(
    command: Command, environ: dict[str, str], tmp_path: Path, served: list[ASGIApp]
) -> None:
    environ["VSSID_EXPLORER_PATH"] = str(tmp_path)
    assert "Explorer" not in command("run").stdout


def test_serve_refuses_an_old_database(command: Command, served: list[ASGIApp]) -> None:
    refused = command("serve", status=1)
    assert refused.stdout.splitlines()[-1] == "Missing clinic_0001: visitors."
    assert "the database is not up to date; run vssid migrate first" in refused.stderr
    assert served == []

    command("migrate")
    assert command("serve").stdout == ""
    assert len(served) == 1


@pytest.mark.parametrize("name", ["run", "serve"])
def test_an_address_that_is_taken(
    command: Command, environ: dict[str, str], name: str, served: list[ASGIApp]
) -> None:
    command("migrate")
    with socket.create_server(("127.0.0.1", 0)) as other:
        environ["VSSID_PORT"] = str(other.getsockname()[1])
        refused = command(name, status=1)
    assert f"cannot listen on 127.0.0.1 port {environ['VSSID_PORT']} (" in refused.stderr
    assert "set VSSID_HOST or VSSID_PORT" in refused.stderr
    assert served == []


def test_the_log_is_installed_with_the_plugins_packages(command: Command, served: list[ASGIApp]) -> None:
    command("migrate")
    command("serve")
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    assert isinstance(handler.formatter, logs.JsonLines)
    handler.setStream(io.StringIO())
    logging.getLogger("tests.gateway").warning("of the clinic")
    logging.getLogger("elsewhere").warning("of a stranger")
    written = handler.stream.getvalue()
    assert "of the clinic" in written
    assert "of a stranger" not in written


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104
        ("::", "http://[::1]:"),
        ("vssid.example", "http://vssid.example:"),
    ],
)
def test_addresses_are_what_a_browser_takes(host: str, address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert base_url(host, listener) == f"{address}{listener.getsockname()[1]}"


PROGRAM = """
import os, sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from tests.gateway.commands.clinic import Clinic
vssid()(["run"], obj=Installation(os.environ, {"clinic": Clinic(Path(sys.argv[1]))}))
"""


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(environ: dict[str, str], migrations: Path) -> Iterator[Start]:
    """Starts ``vssid run`` in a process of its own, with more environment variables."""
    with ExitStack() as stack:

        def start(**more: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(migrations)],
                env=os.environ | environ | {"PYTHONUNBUFFERED": "1"} | more,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def pasted(line: str) -> httpx.Response:
    """The answer to a printed command."""
    arguments = shlex.split(line)
    assert arguments[:2] == ["curl", "-s"]
    headers = [arguments[at + 1] for at, argument in enumerate(arguments) if argument == "-H"]
    return httpx.post(
        arguments[2],
        headers=dict(header.split(": ", 1) for header in headers),
        content=arguments[arguments.index("-d") + 1].encode(),
    )


def paragraph(stream: IO[str]) -> list[str]:
    """The lines up to an empty one."""
    return [line.rstrip() for line in itertools.takewhile(lambda line: line != "\n", stream)]


def test_what_is_printed_works_until_it_is_stopped(start: Start) -> None:
    running = start()
    assert running.stdout is not None
    assert running.stderr is not None
    addresses, public, officer = (paragraph(running.stdout) for _ in range(3))

    assert httpx.get(addresses[-1].split()[-1]).json() == {"status": "ready"}
    assert httpx.get(addresses[-2].split()[-1]).status_code == 200
    assert [pasted(lines[-1]).json() for lines in (public, officer)] == [
        {"data": {"clinicGreeting": "Xin chào O'Brien Nguyễn"}},
        {"data": {"clinicGreeting": "Xin chào you"}},
    ]

    running.send_signal(signal.SIGTERM)
    log = [json.loads(line) for line in running.stderr]
    assert running.wait(10) == 0
    assert [line["event"].partition(" on ")[0] for line in log] == ["serving", "stopped"]


def test_nothing_that_is_written_anywhere_is_about_people(start: Start) -> None:
    running = start(OTEL_TRACES_EXPORTER="console", OTEL_METRICS_EXPORTER="console")
    assert running.stdout is not None
    endpoint = next(line for line in paragraph(running.stdout) if line.startswith("GraphQL")).split()[-1]
    (visitor,) = participants(1, SEED)
    secrets = {visitor.full_name, visitor.key, visitor.social_security_code}
    visit = "query Visit($name: String!) { clinicVisit(name: $name) }"
    with httpx.Client(headers={"Content-Type": "application/json"}) as client:
        for query, variables in (
            (visit, {"name": visitor.full_name}),
            (f'{{ clinicVisit(name: "{visitor.full_name}") }}', {}),
            (visit, {"name": [visitor.full_name]}),
            (f'{{ clinicVisit(name: "{visitor.full_name}" }}', {}),
            (f'{{ clinicVisits(name: "{visitor.full_name}") }}', {}),
            (f'query V{visitor.key} {{ clinicVisit(name: "{visitor.full_name}") }}', {}),
        ):
            answer = client.post(endpoint, json={"query": query, "variables": variables})
            assert "errors" in answer.json()
            assert visitor.key not in answer.text
        client.get(f"{endpoint}/{visitor.social_security_code}", params={"name": visitor.full_name})
        token = {"Authorization": f"Bearer {visitor.social_security_code}"}
        assert client.post(endpoint, json={"query": visit}, headers=token).status_code == 401

    running.send_signal(signal.SIGTERM)
    spans, log = running.communicate(timeout=20)
    assert '"db.query.text": "SELECT clinic_visitor.' in spans
    assert '"name": "vssid.operation.duration"' in spans
    assert "builtins.ValueError" in log
    for secret in secrets:
        for spelling in (secret, json.dumps(secret)[1:-1]):
            assert spelling not in spans
            assert spelling not in log
