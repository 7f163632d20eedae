"""``vssid publish`` and ``vssid plugins``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.commands.conftest import Command


def test_the_contract_is_written_once(command: Command, tmp_path: Path) -> None:
    written = command("publish").output.splitlines()
    assert str(tmp_path / "schema" / "public.graphql") in written
    assert all(Path(path).is_file() for path in written)
    assert command("publish").output == ""
    assert command("publish", "--check").output == "The published contract is up to date.\n"


def test_drift_is_an_error(command: Command, tmp_path: Path) -> None:
    command("publish")
    published = tmp_path / "schema" / "public.graphql"
    published.write_text("type Query { clinicGreeting: String gone: Int }\n", encoding="utf-8")
    refused = command("publish", "--check", status=1)
    assert "public.graphql is out of date" in refused.stdout
    assert "gone" in refused.stdout
    assert "run vssid publish and review it" in refused.stderr
    assert published.read_text(encoding="utf-8").startswith("type Query { clinicGreeting")


def test_plugins_are_listed_with_their_hooks(command: Command) -> None:
    assert command("plugins").output == (
        "clinic (not installed): settings_section, graphql_types, database_tables, demo_data, authenticators, command_line\n"
    )


def test_installed_plugins_are_listed_with_their_distribution(
    command: Command, plugins: dict[str, object]
) -> None:
    plugins["hi_card"] = plugins.pop("clinic")
    assert command("plugins").output.startswith("hi_card (vssid-gateway 0.")


def test_plugins_that_are_wrong_are_listed_all_the_same(command: Command, plugins: dict[str, object]) -> None:
    plugins["empty"] = object()
    listed = command("plugins", status=1)
    assert listed.stdout.startswith("clinic (")
    assert "empty: implements no hook" in listed.stderr


@pytest.mark.parametrize("name", ["plugins", "doctor"])
def test_wrong_settings_do_not_hide_the_plugins(
    command: Command, environ: dict[str, str], plugins: dict[str, object], name: str
) -> None:
    environ["VSSID_PORT"] = "high"
    plugins["empty"] = object()
    assert "empty: implements no hook" in command(name, status=1).output
