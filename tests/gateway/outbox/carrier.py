"""A gateway whose messages are delivered to a list, and a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from gateway.app import Application, compose
from gateway.context import Services
from gateway.database import Database
from gateway.hookspecs import hookimpl
from gateway.outbox import Channel, DeliveryAdapter, Message, post
from gateway.outbox.tables import message
from gateway.outbox.worker import Worker
from gateway.settings import Settings
from gateway.telemetry import Telemetry
from tests.stores import Store

NOW = dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC)


@dataclass
class Clock:
    """What time it is."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += dt.timedelta(**duration)


@dataclass
class Carrier:
    """Takes messages; ``trouble`` may refuse them or take its time."""

    channel: Channel = Channel.SMS
    trouble: Callable[[Message], Any] = lambda message: None
    carried: list[Message] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    async def deliver(self, message: Message, services: Services) -> None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            found = self.trouble(message)
            if asyncio.iscoroutine(found):
                await found
            self.carried.append(message)
        finally:
            self.under_way -= 1

    @property
    def times(self) -> Counter[str]:
        """How often each key was delivered."""
        return Counter(one.dedupe_key for one in self.carried)


class Post:
    """A plugin that has carriers."""

    def __init__(self, *carriers: Carrier) -> None:
        self.carriers = carriers

    @hookimpl
    def delivery_adapters(self, settings: Settings) -> Sequence[DeliveryAdapter]:
        return self.carriers


@dataclass
class Office:
    """A gateway, its clock, and who carries."""

    application: Application
    clock: Clock
    carrier: Carrier

    @property
    def database(self) -> Database:
        return self.application.services.database

    async def post(self, key: str, database: Database | None = None, **more: Any) -> None:
        """Post an SMS."""
        to = "an@example.org" if more.get("channel") is Channel.EMAIL else "+84900000001"
        given = {"channel": Channel.SMS, "to": to, "purpose": "otp", "text": f"code {key}", **more}
        async with (database or self.database).write() as work:
            await post(work, Message(dedupe_key=key, **given), self.clock())

    async def rows(self) -> dict[str, Any]:
        """Rows by key."""
        async with self.database.read() as connection:
            return {row.dedupe_key: row for row in await connection.execute(select(message))}

    @asynccontextmanager
    async def working(self, workers: int = 1) -> AsyncIterator[asyncio.Event]:
        """Workers beside the block, which are stopped after it."""
        stopping = asyncio.Event()
        tasks = [
            asyncio.create_task(Worker(self.application.services, self.application.adapters).run(stopping))
            for _ in range(workers)
        ]
        try:
            yield stopping
        finally:
            stopping.set()
            async with asyncio.timeout(20):
                await asyncio.gather(*tasks)


@asynccontextmanager
async def opened_office(
    store: Store, carrier: Carrier | None = None, telemetry: Telemetry | None = None, **settings: str
) -> AsyncIterator[Office]:
    """An office on a store; settings are of the core, as ``outbox_poll="1"``."""
    clock, carrier = Clock(), carrier or Carrier()
    environ = {
        "VSSID_DATABASE_URL": store.url,
        "VSSID_DATABASE_POOL": "4",
        "VSSID_SCHEMA_PATH": "/nonexistent",
        "VSSID_OUTBOX_POLL": "0.05",
        **{f"VSSID_{key.upper()}": value for key, value in settings.items()},
    }
    application = compose(environ, plugins={"post": Post(carrier)}, clock=clock, telemetry=telemetry)
    async with application.running():
        yield Office(application, clock, carrier)


async def until(condition: Callable[[], Any], seconds: float = 10) -> None:
    """Wait for something to become true; it may be asked of the database."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.01)
