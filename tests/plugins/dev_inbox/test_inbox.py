"""The development inbox shows what would have been sent, and is not there in production."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from html.parser import HTMLParser

import httpx
import pytest
from sqlalchemy import func, select

from gateway import edge
from gateway.app import Application, compose
from gateway.contributions import contributions_of
from gateway.migrations import MigrationBranch
from gateway.outbox import Channel, Message
from gateway.registry import register
from plugins.dev_inbox import plugin
from plugins.dev_inbox.arriving import forget_old
from plugins.dev_inbox.models import message
from tests.gateway.outbox.carrier import Clock
from tests.stores import Store

PLUGINS: Mapping[str, object] = {"dev_inbox": plugin}
OTP = Message(
    channel=Channel.SMS, to="+84900000001", purpose="otp", text="123456 là mã <xác thực>", dedupe_key="otp:1"
)
NOTICE = Message(
    channel=Channel.EMAIL,
    to="an@example.org",
    purpose="notice",
    subject="Đăng nhập & thiết bị",
    text="Một\nhai",
    dedupe_key="notice:1",
)


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    tables = contributions_of(register(PLUGINS)).tables
    return [MigrationBranch(name, given.migrations, given.metadata) for name, given in tables.items()]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def application(store: Store, clock: Clock) -> AsyncIterator[Application]:
    composed = compose(environ(store), plugins=PLUGINS, clock=clock)
    async with composed.running():
        yield composed


def environ(store: Store) -> dict[str, str]:
    return {"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}


async def get(application: Application, path: str = "/dev/inbox") -> httpx.Response:
    """What the site answers."""
    services = application.services
    site = edge.site(
        application.executor,
        application.settings.core,
        services.database.ping,
        threading.Event(),
        application.routes,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://gateway") as http:
        return await http.get(path)


async def deliver(application: Application, *messages: Message) -> None:
    for one in messages:
        await application.adapters[one.channel].deliver(one, application.services)


class Read(HTMLParser):
    """What a reader hears: the texts, and the language each is in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


async def test_a_newcomer_reads_the_code(application: Application, clock: Clock) -> None:
    await deliver(application, OTP)
    clock.advance(minutes=1)
    await deliver(application, NOTICE)
    answer = await get(application)
    read = Read(answer.text)

    first, second = read.texts.index("email to an@example.org"), read.texts.index("sms to +84900000001")
    assert first < second
    assert read.texts[first + 1 : second] == ["15/01/2026 10:01:00", ", notice", NOTICE.subject, "Một\nhai"]
    assert read.texts[second + 1 :] == ["15/01/2026 10:00:00", ", otp", OTP.text]
    assert {"h1", "h2", "main", "article", "time", "title"} <= set(read.tags)
    assert "script" not in read.tags
    assert '<html lang="en">' in answer.text


async def test_the_page_is_kept_to_itself(application: Application) -> None:
    answer = await get(application)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "No message yet" in answer.text


async def test_a_message_that_comes_twice_is_shown_once(application: Application) -> None:
    await deliver(application, OTP, OTP)

    assert (await get(application)).text.count("123456") == 1


async def test_what_is_old_is_forgotten(application: Application, clock: Clock) -> None:
    await deliver(application, OTP)
    clock.advance(days=7)
    await deliver(application, NOTICE)
    clock.advance(seconds=1)
    await forget_old(application.services)

    async with application.services.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(message)) == 1


async def test_there_is_none_in_production(store: Store) -> None:
    production = {**environ(store), "VSSID_ENVIRONMENT": "production", "VSSID_SECRET_KEY": "x" * 32}
    application = compose(production, plugins=PLUGINS, clock=lambda: dt.datetime.now(dt.UTC))
    async with application.running():
        assert application.adapters == {}
        assert (await get(application)).status_code == 404
