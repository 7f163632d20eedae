"""From the transaction to the SMS gateway: whatever the gateway does, each message is sent once in the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.app import Application, compose
from gateway.contributions import contributions_of
from gateway.migrations import MigrationBranch
from gateway.outbox import Channel, Message, post
from gateway.outbox.tables import State, message
from gateway.outbox.worker import Worker
from gateway.registry import register
from plugins.sms_gateway import plugin
from tests.gateway.outbox.carrier import Clock, until
from tests.plugins.sms_gateway.gateway_server import SmsServer, serving
from tests.stores import Store

SECRET = "a secret that the gateway knows as well"
MESSAGES = 20


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    tables = contributions_of(register({"sms_gateway": plugin})).tables
    return [MigrationBranch(name, given.migrations, given.metadata) for name, given in tables.items()]


@asynccontextmanager
async def working(store: Store, url: str, clock: Clock) -> AsyncIterator[Application]:
    """A gateway whose worker hands SMS over at a URL."""
    environ = {
        "VSSID_DATABASE_URL": store.url,
        "VSSID_DATABASE_POOL": "4",
        "VSSID_SCHEMA_PATH": "/nonexistent",
        "VSSID_OUTBOX_POLL": "0.05",
        "VSSID_SMS_GATEWAY_URL": url,
        "VSSID_SMS_GATEWAY_SECRET": SECRET,
        "VSSID_SMS_GATEWAY_TIMEOUT": "0.3",
    }
    application = compose(environ, plugins={"sms_gateway": plugin}, clock=clock)
    async with application.running():
        stopping = asyncio.Event()
        worker = asyncio.create_task(Worker(application.services, application.adapters).run(stopping))
        yield application
        stopping.set()
        await worker


async def change(application: Application, key: int) -> float:
    """A change with a message; how many seconds it took."""
    told = Message(
        channel=Channel.SMS, to="+84900000001", purpose="otp", text="1", dedupe_key=f"otp:{key}", secret=True
    )
    started = time.monotonic()
    async with application.services.database.write() as work:
        await post(work, told, application.services.clock())
    return time.monotonic() - started


async def count(application: Application, *conditions: Any) -> int:
    """How many messages there are."""
    async with application.services.database.read() as connection:
        return (await connection.scalar(select(func.count()).select_from(message).where(*conditions))) or 0


def down(server: SmsServer) -> None:
    """It refuses everything."""
    server.answer = b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"


def hanging(server: SmsServer) -> None:
    """It takes requests, and says nothing."""
    server.silence = 5


def hanging_up(server: SmsServer) -> None:
    """It ends the conversation in the middle of its answer."""
    server.answer = b"HTTP/1.1 200 OK\r\nContent-"


@pytest.mark.parametrize("trouble", [down, hanging, hanging_up])
async def test_an_outage_delays_messages_and_nothing_else(
    store: Store, trouble: Callable[[SmsServer], None]
) -> None:
    clock = Clock()
    async with (
        serving(SmsServer(SECRET.encode())) as server,
        working(store, server.url, clock) as application,
    ):
        trouble(server)
        assert max([await change(application, key) for key in range(MESSAGES)]) < 1
        await until(lambda: count_is(application, MESSAGES, message.c.failure.is_not(None)), 20)
        assert server.sent == {}

        server.answer, server.silence = None, 0
        await until_sent(application, clock, MESSAGES)

    assert sorted(server.sent) == sorted(f"otp:{key}" for key in range(MESSAGES))


async def until_sent(application: Application, clock: Clock, wanted: int) -> None:
    """Let time go by, five times as fast: on a busy machine the gateway may be too slow again, and is asked again later."""

    async def sent() -> bool:
        clock.advance(seconds=0.05)
        return await count_is(application, wanted, message.c.state == State.SENT)

    clock.advance(seconds=5)
    await until(sent, 20)


async def count_is(application: Application, wanted: int, condition: Any) -> bool:
    """Whether so many messages are so."""
    return await count(application, condition) == wanted


async def test_a_gateway_that_takes_a_message_and_does_not_say_so_sends_it_once(store: Store) -> None:
    clock = Clock()
    async with (
        serving(SmsServer(SECRET.encode())) as server,
        working(store, server.url, clock) as application,
    ):
        server.loses_answers = True
        await change(application, 1)
        await until(lambda: count_is(application, 1, message.c.failure.is_not(None)))
        assert list(server.sent) == ["otp:1"]

        server.loses_answers = False
        await until_sent(application, clock, 1)
    assert len(server.requests) >= 2
    assert list(server.sent) == ["otp:1"]
