"""``vssid migrate`` and ``vssid revise``."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import contributions
from gateway.foundations import FOUNDATIONS
from tests.gateway.commands.clinic import Clinic
from tests.gateway.commands.conftest import Command


def tables(tmp_path: Path) -> set[str]:
    with closing(sqlite3.connect(tmp_path / "vssid.sqlite3")) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def of_clinic(output: str) -> list[str]:
    """Lines about the plugin, without those about the core's own tables."""
    return [line for line in output.splitlines() if "clinic" in line]


def test_tables_are_made_once(command: Command, tmp_path: Path) -> None:
    assert of_clinic(command("migrate", "--dry-run").output) == ["Would apply clinic_0001: visitors."]
    assert command("migrate").output.splitlines()[-1] == "Applied clinic_0001: visitors."
    assert {"clinic_visitor", "outbox_message", "throttles_counter"} <= tables(tmp_path)
    assert command("migrate").output == "The database is up to date.\n"
    assert command("migrate", "--dry-run").output == "The database is up to date.\n"


def test_a_dry_run_makes_nothing(command: Command, tmp_path: Path) -> None:
    command("migrate", "--dry-run")
    assert tables(tmp_path) == set()


def test_a_revision_is_written(command: Command, plugins: dict[str, object], tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    plugins["clinic"] = Clinic(folder)
    written = Path(command("revise", "clinic", "who came").output.splitlines()[-1])
    assert written == folder / "0001_who_came.py"
    assert "clinic_visitor" in written.read_text(encoding="utf-8")
    assert of_clinic(command("migrate").output) == ["Applied clinic_0001: who came."]


def test_a_revision_of_an_unknown_plugin(command: Command) -> None:
    refused = command("revise", "klinik", "x", status=2)
    assert "nothing of this name has tables; there are: " in refused.stderr
    assert {"clinic", "throttles"} <= set(re.findall(r"\w+", refused.stderr))


def test_the_cores_tables_are_revised_as_plugins_are(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "throttles"
    shutil.copytree(FOUNDATIONS["throttles"].migrations, folder)
    moved = {**FOUNDATIONS, "throttles": replace(FOUNDATIONS["throttles"], migrations=folder)}
    monkeypatch.setattr(contributions, "FOUNDATIONS", moved)
    written = Path(command("revise", "throttles", "nothing new").output.splitlines()[-1])
    assert written == folder / "0002_nothing_new.py"
    assert "down_revision = 'throttles_0001'" in written.read_text(encoding="utf-8")


def test_migrations_that_do_not_fit_are_printed_in_full(
    command: Command, plugins: dict[str, object], tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_broken.py").write_text("raise OSError('no such thing')\n", encoding="utf-8")
    plugins["clinic"] = Clinic(folder)
    refused = command("migrate", status=2)
    assert "The migrations do not fit together:\nclinic: " in refused.stderr
    assert "OSError: no such thing" in refused.stderr
