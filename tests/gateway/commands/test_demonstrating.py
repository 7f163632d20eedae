"""``vssid demo``, and what can be pasted to try it."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from graphql import build_schema, parse

from gateway.access import Audience
from gateway.commands.demonstrating import first_of_each_audience, identities_of, paste
from gateway.demo import Demo, DemoData, DemoIdentity
from gateway.demo.people import participants
from gateway.documents import Documents
from gateway.documents.limits import Limits
from tests.gateway.commands.clinic import NOW, ClinicDemo
from tests.gateway.commands.conftest import Command

DEMO = Demo(10, 1, NOW.date())


def visitors(tmp_path: Path) -> list[str]:
    with closing(sqlite3.connect(tmp_path / "vssid.sqlite3")) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM clinic_visitor ORDER BY key")]


def test_the_demo_is_written(command: Command, tmp_path: Path) -> None:
    command("migrate")
    written = command("demo", "--participants", "50", "--seed", "3")
    assert written.output == "The demo's 50 people are there.\n"
    assert visitors(tmp_path) == [
        person.full_name for person in sorted(participants(50, 3), key=lambda person: person.key)
    ]

    command("demo", "--participants", "60", "--seed", "3")
    assert len(visitors(tmp_path)) == 60


def test_the_default_is_a_small_town(command: Command, tmp_path: Path) -> None:
    command("migrate")
    command("demo")
    assert len(visitors(tmp_path)) == 2_000


def test_a_demo_needs_tables(command: Command) -> None:
    refused = command("demo", status=1)
    assert "the database is not up to date; run vssid migrate first" in refused.stderr


@pytest.mark.parametrize("name", ["demo", "run"])
def test_there_is_no_demo_in_production(command: Command, environ: dict[str, str], name: str) -> None:
    command("migrate")
    environ |= {"VSSID_ENVIRONMENT": "production", "VSSID_SECRET_KEY": "0123456789abcdef" * 2}
    assert "demo data do not belong into production" in command(name, status=1).stderr


@pytest.mark.parametrize("arguments", [["--participants", "0"], ["--participants", "many"], ["--seed", "x"]])
def test_wrong_arguments(command: Command, arguments: list[str]) -> None:
    assert "Invalid value" in command("demo", *arguments, status=2).stderr


class Elsewhere(DemoData):
    """Somebody who tries a trusted document, and somebody whose document nobody trusts."""

    def identities(self, demo: Demo) -> Sequence[DemoIdentity]:
        return [DemoIdentity(Audience.PUBLIC, name, "Ask.", name) for name in ("Known", "Unknown")]


def test_a_trusted_document_is_tried_by_its_name() -> None:
    schema = build_schema("type Query { greeting: String }")
    documents = Documents(schema, Limits(), introspection=False, capacity=1)
    documents.trust("Known", "{ greeting }")
    offered = identities_of({"elsewhere": Elsewhere()}, DEMO, {Audience.PUBLIC: documents})
    assert [(one.title, one.query) for one in offered] == [("Known", "{ greeting }")]


def test_there_is_one_identity_for_each_audience() -> None:
    plugins = {"clinic": ClinicDemo(), "other": ClinicDemo()}
    kept = Documents(build_schema("type Query { a: Int }"), Limits(), introspection=False, capacity=1)
    offered = identities_of(plugins, DEMO, dict.fromkeys(Audience, kept))
    assert [one.audience.value for one in offered] == ["public"] * 4 + ["officer"] * 2
    assert [one.title for one in first_of_each_audience(offered)] == ["Anybody", "An officer's day"]
    assert identities_of(plugins, DEMO, {Audience.HOSPITAL: kept}) == []


def test_a_query_can_be_pasted_into_a_shell() -> None:
    officer, anybody, _ = ClinicDemo().identities(DEMO)

    *command, data = shlex.split(paste(anybody, "http://[::1]:8000/graphql"))
    assert command == [
        "curl",
        "-s",
        "http://[::1]:8000/graphql",
        "-H",
        "Content-Type: application/json",
        "-d",
    ]
    body = json.loads(data)
    assert body["variables"] == {"name": "O'Brien Nguyễn"}
    assert parse(body["query"], no_location=True) == parse(anybody.query, no_location=True)

    assert "Authorization: Bearer vss_officer" in shlex.split(paste(officer, "http://x/graphql"))
