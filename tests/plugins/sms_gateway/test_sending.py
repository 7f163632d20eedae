"""SMS are handed to a gateway over HTTP, signed; what it answers decides what becomes of a message."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.app import Application, compose
from gateway.outbox import Channel, Message, NotDelivered
from gateway.registry import StartupRefused
from gateway.settings import SettingsRefused
from plugins.sms_gateway import plugin
from tests.plugins.sms_gateway.gateway_server import SmsServer, serving

SECRET = "a secret that the gateway knows as well"
NOW = dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC)
OTP = Message(
    channel=Channel.SMS,
    to="+84900000001",
    purpose="otp",
    text="123456 là mã xác thực của bạn.",
    dedupe_key="otp:1",
    secret=True,
    expires_at=NOW + dt.timedelta(minutes=5),
)


@asynccontextmanager
async def running(url: str, **settings: str) -> AsyncIterator[Application]:
    """A gateway whose SMS go to a URL."""
    application = compose(
        {
            "VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened",
            "VSSID_SCHEMA_PATH": "/nonexistent",
            "VSSID_SMS_GATEWAY_URL": url,
            "VSSID_SMS_GATEWAY_SECRET": SECRET,
            **{f"VSSID_SMS_GATEWAY_{key.upper()}": value for key, value in settings.items()},
        },
        plugins={"sms_gateway": plugin},
        clock=lambda: NOW,
    )
    async with application.running():
        yield application


async def deliver(application: Application) -> None:
    await application.adapters[Channel.SMS].deliver(OTP, application.services)


@pytest.fixture
async def server() -> AsyncIterator[SmsServer]:
    async with serving(SmsServer(SECRET.encode())) as started:
        yield started


def status(line: str, *headers: str) -> bytes:
    """An answer without a body."""
    return "\r\n".join([f"HTTP/1.1 {line}", "Content-Length: 0", *headers, "", ""]).encode()


async def test_a_message_is_signed_and_whole(server: SmsServer) -> None:
    async with running(server.url, sender="VssID") as application:
        await deliver(application)

    assert server.sent == {
        "otp:1": {
            "id": "otp:1",
            "to": "+84900000001",
            "text": "123456 là mã xác thực của bạn.",
            "purpose": "otp",
            "expiresAt": "2026-01-15T03:05:00+00:00",
            "from": "VssID",
        }
    }
    ((headers, _),) = server.requests
    assert headers["vssid-timestamp"] == str(int(NOW.timestamp()))
    assert headers["vssid-key"] == "vssid"
    assert headers["content-type"] == "application/json"


async def test_a_copy_has_the_same_key(server: SmsServer) -> None:
    async with running(server.url) as application:
        await deliver(application)
        await deliver(application)

    assert len(server.requests) == 2
    assert len(server.sent) == 1


@pytest.mark.parametrize(
    ("line", "is_final"),
    [
        ("400 Bad Request", True),
        ("422 Unprocessable", True),
        ("410 Gone", True),
        ("401 Unauthorized", False),
        ("403 Forbidden", False),
        ("404 Not Found", False),
        ("408 Timeout", False),
        ("409 Conflict", False),
        ("429 Slow down", False),
        ("500 Oops", False),
        ("503 Busy", False),
        ("302 Found", False),
        ("304 Not Modified", False),
    ],
)
async def test_what_the_gateway_refuses(server: SmsServer, line: str, is_final: bool) -> None:
    server.answer = status(line, f"Location: {server.url}/elsewhere")
    async with running(server.url) as application:
        with pytest.raises(NotDelivered) as refused:
            await deliver(application)

    assert (refused.value.reason, refused.value.is_final) == (f"status {line[:3]}", is_final)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("asked", "patience"),
    [
        ("120", dt.timedelta(minutes=2)),
        ("-1", None),
        ("soon", None),
        ("Thu, 15 Jan 2026 03:00:00 GMT", None),
        ("9" * 30, None),
    ],
)
async def test_the_gateway_asks_for_patience(
    server: SmsServer, asked: str, patience: dt.timedelta | None
) -> None:
    server.answer = status("429 Slow down", f"Retry-After: {asked}")
    async with running(server.url) as application:
        with pytest.raises(NotDelivered) as refused:
            await deliver(application)
    assert refused.value.retry_after == patience


async def test_a_wrong_secret_is_not_the_messages_fault(server: SmsServer) -> None:
    async with running(server.url, secret="another secret of thirty-two letters") as application:
        with pytest.raises(NotDelivered) as refused:
            await deliver(application)
    assert (refused.value.reason, refused.value.is_final) == ("status 401", False)
    assert server.sent == {}


async def test_nobody_listens(unused_tcp_port: int) -> None:
    async with running(f"http://127.0.0.1:{unused_tcp_port}/") as application:
        with pytest.raises(NotDelivered) as refused:
            await deliver(application)
    assert (refused.value.reason, refused.value.is_final) == ("ConnectError", False)


async def test_a_gateway_that_hangs(server: SmsServer) -> None:
    server.silence = 5
    async with running(server.url, timeout="0.2") as application:
        started = time.monotonic()
        with pytest.raises(NotDelivered) as refused:
            await deliver(application)
    assert (refused.value.reason, refused.value.is_final) == ("timeout", False)
    assert time.monotonic() - started < 2


async def test_what_is_no_http_is_tried_again(server: SmsServer) -> None:
    server.answer = b"220 mail.example ESMTP\r\n\r\n"
    async with running(server.url) as application:
        with pytest.raises(NotDelivered) as refused:
            await deliver(application)
    assert (refused.value.reason, refused.value.is_final) == ("RemoteProtocolError", False)


async def test_an_endless_answer_is_left(server: SmsServer) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100_000
    async with running(server.url) as application:
        await deliver(application)


async def test_without_a_url_nothing_is_delivered() -> None:
    async with running("") as application:
        assert application.adapters == {}


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (
            {"URL": "https://sms.example/", "SECRET": "short"},
            "SMS_GATEWAY_SECRET: must have at least 32 characters",
        ),
        ({"URL": "https://sms.example/"}, "SMS_GATEWAY_SECRET: is required where there is a URL"),
        ({"URL": "ftp://sms.example/"}, "SMS_GATEWAY_URL: "),
        ({"URL": "https://user:word@sms.example/"}, "SMS_GATEWAY_URL: "),
    ],
)
def test_settings_that_do_not_fit(settings: dict[str, str], why: str) -> None:
    environ = {f"VSSID_SMS_GATEWAY_{key}": value for key, value in settings.items()}
    with pytest.raises(SettingsRefused, match=why) as refused:
        compose(environ, plugins={"sms_gateway": plugin})
    assert "word" not in str(refused.value)


def test_production_shows_nothing_to_the_network() -> None:
    production = {
        "VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened",
        "VSSID_ENVIRONMENT": "production",
        "VSSID_SECRET_KEY": "x" * 32,
        "VSSID_SMS_GATEWAY_URL": "http://sms.example/",
        "VSSID_SMS_GATEWAY_SECRET": SECRET,
    }
    with pytest.raises(StartupRefused, match="use https"):
        compose(production, plugins={"sms_gateway": plugin})
