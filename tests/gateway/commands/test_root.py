"""``vssid`` as a whole: what it offers, and how it fails."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from gateway.hookspecs import hookimpl
from tests.gateway.commands.conftest import Command


class Quarrelsome:
    """Fails where it is asked for commands."""

    @hookimpl
    def command_line(self, group: click.Group) -> None:
        raise RuntimeError("no commands today")


class Mistyped:
    """Has a hook that does not exist."""

    @hookimpl
    def graphql_type(self) -> None: ...


def test_plugins_add_commands_below_their_name(command: Command, environ: dict[str, str]) -> None:
    assert "clinic" in command("--help").output
    assert "beds" in command("clinic", "--help").output
    environ["VSSID_CLINIC_BEDS"] = "12"
    assert command("clinic", "beds").output == "12\n"


def test_a_broken_plugin_takes_no_other_command_away(command: Command, plugins: dict[str, object]) -> None:
    plugins["quarrelsome"] = Quarrelsome()
    assert "doctor" in command("--help").output
    assert command("clinic", "beds").output == "10\n"
    refused = command("quarrelsome", "anything", status=2)
    assert "quarrelsome: command_line: raised RuntimeError: no commands today" in refused.stderr


def test_an_unknown_command(command: Command) -> None:
    assert "No such command 'bedz'" in command("bedz", status=2).stderr


def test_every_wrong_setting_is_printed_at_once(command: Command, environ: dict[str, str]) -> None:
    environ |= {"VSSID_PORT": "high", "VSSID_CLINIC_BEDS": "many", "VSSID_PROT": "1"}
    refused = command("migrate", status=2)
    assert [line.split(":")[0].strip() for line in refused.stderr.splitlines()] == [
        "Settings are wrong",
        "VSSID_PORT",
        "VSSID_CLINIC_BEDS",
        "VSSID_PROT",
    ]
    assert refused.stdout == ""


@pytest.mark.parametrize("name", ["migrate", "serve", "run", "demo", "publish"])
def test_a_refused_start_is_printed_in_full(command: Command, plugins: dict[str, object], name: str) -> None:
    plugins["mistyped"] = Mistyped()
    plugins["empty"] = object()
    refused = command(name, status=2).stderr
    assert "mistyped: graphql_type: no such hook; did you mean graphql_types?" in refused
    assert "empty: implements no hook" in refused
    assert "Traceback" not in refused


def test_telemetry_that_is_not_installed_is_a_setting_too(command: Command, environ: dict[str, str]) -> None:
    environ["OTEL_TRACES_EXPORTER"] = "zipkin"
    assert "OTEL_TRACES_EXPORTER: selects what is not installed" in command("migrate", status=2).stderr


def test_a_database_that_does_not_answer(command: Command, environ: dict[str, str]) -> None:
    environ["VSSID_DATABASE_URL"] = "postgresql://vssid:hunter2hunter2@127.0.0.1:1/vssid"
    refused = command("migrate", status=1)
    assert "Error: the database: cannot connect" in refused.stderr
    assert "hunter2" not in refused.output


@pytest.mark.parametrize(
    "arguments", [["-m", "gateway"], ["-c", "from gateway.__main__ import main; main()"]]
)
def test_the_installed_command(arguments: list[str]) -> None:
    called = [sys.executable, *arguments, "--version"]
    assert subprocess.run(called, check=True, capture_output=True, text=True).stdout.startswith(
        "vssid, version"
    )
