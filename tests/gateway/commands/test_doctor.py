"""``vssid doctor``: it finds what is wrong, says what to do, and tells no secret."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.database import Database, Timeouts, open_engine
from gateway.outbox import Channel
from gateway.settings import CoreSettings
from tests.gateway.commands.conftest import Command
from tests.gateway.outbox.carrier import Carrier, Post
from tests.stores import Store

KEY = "sEcReT-0123456789-abcdefghijklmnopq"


@pytest.fixture
def well(command: Command) -> Command:
    """The command, where everything is as it should be."""
    command("migrate")
    command("publish")
    return command


def findings(output: str) -> dict[str, str]:
    """The lines of a report by check: the verdict and the detail."""
    lines = [line.partition(": ") for line in output.splitlines()]
    return {
        head.split(None, 1)[1]: f"{head.split(None, 1)[0]} {detail}" for head, _, detail in lines if detail
    }


def test_all_is_well(well: Command, tmp_path: Path) -> None:
    assert findings(well("doctor").output) == {
        "settings": "ok development",
        "plugins": "ok clinic",
        "secret key": "ok a new one at each start, which is enough for development",
        "database": f"ok SQLite, {tmp_path}/vssid.sqlite3",
        "migrations": "ok all applied",
        "contract": f"ok {tmp_path}/schema is up to date",
        "trusted documents": "ok 0 for hospital",
        "sms": "ok nothing delivers it; see Messages in docs/deployment.md",
        "email": "ok nothing delivers it; see Messages in docs/deployment.md",
        "explorer": "ok built",
    }


def test_in_production_every_channel_is_to_be_delivered(
    command: Command, environ: dict[str, str], plugins: dict[str, object]
) -> None:
    environ |= {"VSSID_ENVIRONMENT": "production", "VSSID_SECRET_KEY": "x" * 32}
    plugins["post"] = Post(Carrier(Channel.EMAIL))
    found = findings(command("doctor", status=1).output)
    assert found["sms"] == "PROBLEM nothing delivers it; see Messages in docs/deployment.md"
    assert found["email"] == "ok is delivered"


def test_what_is_missing_is_named_with_its_cure(
    command: Command, environ: dict[str, str], tmp_path: Path
) -> None:
    environ["VSSID_EXPLORER_PATH"] = str(tmp_path)
    report = command("doctor", status=1)
    found = findings(report.stdout)
    assert re.fullmatch(r"PROBLEM (\w+, )+clinic_0001 not applied; run vssid migrate", found["migrations"])
    assert found["contract"].startswith("PROBLEM ")
    assert found["contract"].endswith(": run vssid publish and review it")
    assert found["explorer"] == "PROBLEM not built; run make explorer (needs Node 20)"
    assert f"{report.stdout.count('PROBLEM')} problems found." in report.stderr


def test_settings_that_are_wrong(command: Command, environ: dict[str, str]) -> None:
    environ |= {"VSSID_PORT": "high", "VSSID_SECRET_KEY": "short-secret"}
    report = command("doctor", status=1)
    assert "PROBLEM  settings: VSSID_PORT: " in report.stdout
    assert "PROBLEM  settings: VSSID_SECRET_KEY: must have at least 32 characters" in report.stdout
    assert "short-secret" not in report.output
    assert "2 problems found." in report.stderr


def test_plugins_that_are_wrong(command: Command, plugins: dict[str, object]) -> None:
    plugins["empty"] = object()
    report = command("doctor", status=1)
    assert "PROBLEM  plugins: empty: implements no hook" in report.stdout
    assert "1 problem found." in report.stderr


def test_a_fault_at_the_start_is_told_without_its_text(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(KEY)

    monkeypatch.setattr("gateway.commands.installation.compose", fail)
    report = command("doctor", status=1)
    assert "PROBLEM  start-up: builtins.RuntimeError < gateway/commands/test_doctor.py:" in report.stdout
    assert KEY not in report.output


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (KEY, "ok       secret key: set"),
        (
            "a" * 40,
            "PROBLEM  secret key: is easy to guess; set VSSID_SECRET_KEY to what this prints: python3",
        ),
    ],
)
def test_the_secret_key(well: Command, environ: dict[str, str], key: str, line: str) -> None:
    environ["VSSID_SECRET_KEY"] = key
    report = well("doctor", status=0 if line.startswith("ok") else 1)
    assert line in report.stdout
    assert key not in report.output


def test_production_needs_trusted_documents_and_no_explorer(
    well: Command, environ: dict[str, str], tmp_path: Path
) -> None:
    environ |= {
        "VSSID_ENVIRONMENT": "production",
        "VSSID_SECRET_KEY": KEY,
        "VSSID_EXPLORER_PATH": str(tmp_path),
    }
    report = well("doctor", status=1)
    assert "PROBLEM  trusted documents: none for public, which production admits alone" in report.stdout
    assert "explorer" not in report.stdout


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://vssid:hunter2hunter2@127.0.0.1:1/vssid",
        "postgresql://vssid@127.0.0.1:1/vssid?password=hunter2hunter2",
        "postgresql://vssid:hunter2%2Fhunter2@127.0.0.1:1/vssid",
        "postgresql://vssid:hunter2/hunter2@127.0.0.1:1/vssid",
        "postgresql://vssid:1/hunter2?x@127.0.0.1:1/vssid",
        "postgresql://vssid:x@127.0.0.1:hunter2/vssid",
    ],
)
def test_a_database_that_does_not_answer(command: Command, environ: dict[str, str], url: str) -> None:
    environ["VSSID_DATABASE_URL"] = url
    report = command("doctor", status=1)
    assert "PROBLEM" in report.stdout
    assert "hunter2" not in report.output
    assert "Traceback" not in report.output


def test_a_database_that_cannot_be_written(
    well: Command, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    environ["VSSID_DATABASE_URL"] = store.url
    well("migrate")
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[store.dialect_name]
    assert findings(well("doctor").stdout)["database"].startswith(f"ok {kind}, ")

    def open_standby(core: CoreSettings) -> Database:
        reads, writes, probe = (
            open_engine(core.database_url, 1, Timeouts(1, 1, 1), read_only=True) for _ in range(3)
        )
        opened = Database.open(core.database_url)
        return Database(reads, writes, probe, opened.rounds, opened.exchanges)

    monkeypatch.setattr("gateway.commands.doctor.open_database", open_standby)
    found = findings(well("doctor", status=1).stdout)
    assert found["database"].endswith("cannot be written; is this its primary, and its owner?")
    assert "migrations" not in found


def test_a_database_that_another_process_keeps(
    well: Command, environ: dict[str, str], tmp_path: Path
) -> None:
    environ["VSSID_DATABASE_WAIT"] = "0.05"
    with closing(sqlite3.connect(tmp_path / "vssid.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        report = well("doctor", status=1)
    assert "does not answer (another process holds the lock)" in report.stdout


def test_a_damaged_file(well: Command, tmp_path: Path) -> None:
    for left in tmp_path.glob("vssid.sqlite3*"):
        left.unlink()
    (tmp_path / "vssid.sqlite3").write_bytes(b"no database at all, but long enough to look like one" * 100)
    report = well("doctor", status=1)
    assert "PROBLEM  database: does not answer (the file is damaged" in report.stdout
    assert "migrations" not in report.stdout


def test_a_folder_that_is_gone(well: Command, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "schema")
    assert "public.graphql is not published" in well("doctor", status=1).stdout
