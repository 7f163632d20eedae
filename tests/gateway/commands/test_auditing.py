"""``vssid audit``: whole, or what is wrong; and heads to keep elsewhere."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.audit.chain import append
from gateway.audit.entries import Entry
from gateway.database import Database
from tests.gateway.commands.clinic import NOW
from tests.gateway.commands.conftest import Command


@pytest.fixture
def entries(command: Command, environ: dict[str, str]) -> None:
    """A trail of three."""
    environ["VSSID_AUDIT_KEY"] = "a key of tests, the same each time"
    command("migrate")
    entry = Entry(
        NOW, "1", None, "hospital", "00001", None, "00-an", "00-an", "read", "x:y", "treatment", None, "done"
    )

    async def write() -> None:
        database = Database.open(environ["VSSID_DATABASE_URL"])
        async with database.write() as connection:
            await append(connection, [entry] * 3)
        await database.close()

    asyncio.run(write())


@pytest.mark.usefixtures("entries")
def test_heads_and_what_they_tell(command: Command, tmp_path: Path) -> None:
    head = command("audit", "head").output
    assert head.startswith("audit head 3 ")
    assert command("audit", "head").output == ""
    assert command("audit", "heads").output == head
    exported = tmp_path / "log"
    exported.write_text(f'{{"event": "{head.strip()}"}}\n')
    assert "whole: 3 entries, 1 heads" in command("audit", "verify", "--heads", str(exported)).output
    with closing(sqlite3.connect(tmp_path / "vssid.sqlite3")) as database:
        database.executescript(
            "DROP TRIGGER audit_entry_refuses_delete; DROP TRIGGER audit_head_refuses_delete;"
            "DELETE FROM audit_entry WHERE number > 1; DELETE FROM audit_head;"
            "UPDATE audit_end SET number = 1, hash = (SELECT hash FROM audit_entry)"
        )
    assert "whole: 1 entries" in command("audit", "verify").output
    broken = command("audit", "verify", "--heads", str(exported), status=1).output
    assert "entries from 2 to 3 are missing" in broken


@pytest.mark.usefixtures("entries")
def test_a_former_key(command: Command, environ: dict[str, str]) -> None:
    former = command("audit", "head").output.split()[-2]
    environ["VSSID_AUDIT_KEY"] = "another key of tests, as long as it has to be"
    assert "signed by no trusted key" in command("audit", "verify", status=1).output
    assert "whole" in command("audit", "verify", "--key", former).output


def test_without_a_key(command: Command) -> None:
    command("migrate")
    assert "set VSSID_AUDIT_KEY" in command("audit", "head", status=1).output
