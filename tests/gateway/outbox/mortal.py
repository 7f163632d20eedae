"""Processes to kill: each makes changes, posts a message with every one, and delivers what it finds.

``python -m tests.gateway.outbox.mortal URL FOLDER`` reads a line a process, ``SECONDS`` by which its clock is ahead, with
``drain`` behind it for one that changes nothing and ends when nothing waits. It writes the process's id, and then its status.
Keys of changes are appended to ``FOLDER/acknowledged`` once they are committed, those of deliveries to ``FOLDER/sent``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import sys
from pathlib import Path

from sqlalchemy import text

from gateway.app import Application, compose
from gateway.context import Services
from gateway.outbox import Channel, Message, post, queue
from gateway.outbox.worker import Worker
from tests.gateway.outbox.carrier import Carrier, Post


def append(path: Path, line: str) -> None:
    """Write a line at once; it survives the process."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


class Sink(Carrier):
    """Notes what was delivered in a file, after a moment of being about to."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._path = folder / "sent"

    async def deliver(self, message: Message, services: Services) -> None:
        await asyncio.sleep(random.uniform(0, 0.01))
        append(self._path, message.dedupe_key)
        await asyncio.sleep(random.uniform(0, 0.01))


async def live(url: str, folder: Path, ahead: dt.timedelta, *, drain: bool) -> None:
    """Until killed; or where it drains until nothing waits."""
    application = compose(
        {
            "VSSID_DATABASE_URL": url,
            "VSSID_DATABASE_POOL": "4",
            "VSSID_SCHEMA_PATH": "/nonexistent",
            "VSSID_OUTBOX_POLL": "0.05",
        },
        plugins={"post": Post(Sink(folder))},
        clock=lambda: dt.datetime.now(dt.UTC) + ahead,
    )
    async with application.running():
        stopping = asyncio.Event()
        worker = asyncio.create_task(Worker(application.services, application.adapters).run(stopping))
        await (drained(application) if drain else change(application, folder))
        stopping.set()
        await worker


async def change(application: Application, folder: Path) -> None:
    """Change after change, each with its message."""
    services = application.services
    number = 0
    while True:
        key = f"{os.getpid()}:{number}"
        async with services.database.write() as work:
            await work.execute(text("INSERT INTO changes (key) VALUES (:key)"), {"key": key})
            told = Message(channel=Channel.SMS, to="+84900000001", purpose="otp", text="1", dedupe_key=key)
            await post(work, told, services.clock())
        append(folder / "acknowledged", key)
        number += 1
        await asyncio.sleep(random.uniform(0, 0.005))


async def drained(application: Application) -> None:
    """Wait until no message waits."""
    while True:
        async with application.services.database.read() as connection:
            if await queue.next_due(connection, Channel.SMS) is None:
                return
        await asyncio.sleep(0.02)


def main(url: str, folder: Path) -> None:
    """Fork a process for each line: what they need has been imported once."""
    for line in sys.stdin:
        seconds, *rest = line.split()
        child = os.fork()
        if child == 0:
            asyncio.run(live(url, folder, dt.timedelta(seconds=float(seconds)), drain=bool(rest)))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
