"""``vssid worker`` and ``vssid outbox``, and that ``vssid serve`` works beside serving."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.database import Database
from gateway.outbox import Channel, Message, post
from tests.gateway.commands.conftest import Command

PROGRAM = """
import os, sys
from pathlib import Path
from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from tests.gateway.commands.clinic import Clinic
from tests.gateway.outbox.mortal import Sink
from tests.gateway.outbox.carrier import Post
plugins = {"clinic": Clinic(Path(sys.argv[2])), "post": Post(Sink(Path(sys.argv[3])))}
vssid()([sys.argv[1]], obj=Installation(os.environ, plugins))
"""


def posted(url: str, *keys: str, secret: bool = False) -> None:
    """Post from another process than the one that delivers."""

    async def change() -> None:
        database = Database.open(url)
        async with database.write() as work:
            for key in keys:
                told = Message(
                    channel=Channel.SMS,
                    to="+84900000001",
                    purpose="otp",
                    text="1",
                    dedupe_key=key,
                    secret=secret,
                    expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5),
                )
                await post(work, told, dt.datetime.now(dt.UTC))
        await database.close()

    asyncio.run(change())


@pytest.mark.parametrize(
    ("name", "worker", "works"), [("worker", "on", True), ("serve", "on", True), ("serve", "off", False)]
)
def test_messages_leave(
    command: Command,
    environ: Mapping[str, str],
    migrations: Path,
    tmp_path: Path,
    name: str,
    worker: str,
    works: bool,
) -> None:
    command("migrate")
    posted(environ["VSSID_DATABASE_URL"], "1", "2")
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, name, str(migrations), str(tmp_path)],
        env=os.environ | environ | {"VSSID_WORKER": worker},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if json.loads(line)["event"].startswith(("serving on", "working")):
                break
        end = time.monotonic() + (10 if works else 1)
        sink = tmp_path / "sent"
        while time.monotonic() < end and not (sink.exists() and len(sink.read_text().split()) == 2):
            time.sleep(0.05)
        assert sink.exists() is works
        process.send_signal(signal.SIGTERM)
        assert json.loads(process.stderr.read().splitlines()[-1])["event"] == "stopped"
        assert process.wait(10) == 0


def test_worker_refuses_an_old_database(command: Command) -> None:
    refused = command("worker", status=1)
    assert "the database is not up to date; run vssid migrate first" in refused.stderr


def test_what_waits_is_counted(command: Command, environ: Mapping[str, str]) -> None:
    command("migrate")
    assert command("outbox", "show").output == ""
    posted(environ["VSSID_DATABASE_URL"], "1", "2")
    assert command("outbox", "show").output.startswith("sms otp waiting: 2, the oldest of ")
    assert command("outbox", "release", "--channel", Channel.SMS.name).output == "0 messages wait again.\n"
