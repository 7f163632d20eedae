"""E-mail reaches a real server, and what the server says decides what becomes of a message."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import email.policy
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.app import Application, compose
from gateway.outbox import Channel, Message, NotDelivered
from gateway.registry import StartupRefused
from gateway.settings import SettingsRefused
from plugins.smtp import plugin

NOTICE = Message(
    channel=Channel.EMAIL,
    to="an@example.org",
    purpose="notice",
    subject="Thiết bị mới",
    text="Tài khoản của bạn vừa được mở trên thiết bị khác.",
    dedupe_key="notice:1",
)


@dataclass
class Server:
    """What a server answers, and what it took."""

    mail: str | None = None
    recipient: str | None = None
    data: str = "250 OK"
    silence: float = 0
    taken: list[Any] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.silence)
        envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient is None:
            envelope.rcpt_tos.append(address)
        return self.recipient or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((session.ssl is not None, envelope.mail_from, envelope.rcpt_tos, parsed))
        return self.data


@asynccontextmanager
async def serving(server: Server, **options: Any) -> AsyncIterator[Server]:
    """The server, on a free port."""
    tls = options.pop("ssl", None)
    listening = await asyncio.get_running_loop().create_server(
        lambda: SMTP(server, hostname="mail.example", **options), "127.0.0.1", 0, ssl=tls
    )
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


def composed(port: int, **settings: str) -> Application:
    """A gateway whose e-mail goes to a port of this machine."""
    given = {"host": "127.0.0.1", "port": str(port), "security": "none", "sender": "no-reply@vssid.example"}
    return compose(
        {
            "VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened",
            "VSSID_SCHEMA_PATH": "/nonexistent",
            **{f"VSSID_SMTP_{key.upper()}": value for key, value in (given | settings).items()},
        },
        plugins={"smtp": plugin},
        clock=lambda: dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC),
    )


async def deliver(application: Application, message: Message = NOTICE) -> None:
    await application.adapters[Channel.EMAIL].deliver(message, application.services)


async def test_an_e_mail_arrives_as_it_was_written() -> None:
    async with serving(Server()) as server:
        await deliver(composed(server.port))
        await deliver(composed(server.port))

    (_, sender, recipients, first), (*_, second) = server.taken
    assert (sender, recipients) == ("no-reply@vssid.example", ["an@example.org"])
    assert (first["From"], first["To"]) == ("VssID <no-reply@vssid.example>", "an@example.org")
    assert first["Subject"] == NOTICE.subject
    assert first.get_content().strip() == NOTICE.text
    assert first["Date"] == "Thu, 15 Jan 2026 03:00:00 +0000"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@vssid.example>")


@pytest.mark.parametrize(
    ("answers", "reason", "is_final"),
    [
        ({"recipient": "550 No such user"}, "recipient refused: 550", True),
        ({"recipient": "450 Try later"}, "recipient refused: 450", False),
        ({"mail": "553 Not you"}, "refused: 553", True),
        ({"mail": "451 Try later"}, "refused: 451", False),
        ({"data": "554 Spam"}, "refused: 554", True),
        ({"data": "452 Full"}, "refused: 452", False),
    ],
)
async def test_what_the_server_refuses(answers: dict[str, str], reason: str, is_final: bool) -> None:
    async with serving(Server(**answers)) as server:  # type: ignore[arg-type]
        with pytest.raises(NotDelivered) as refused:
            await deliver(composed(server.port))

    assert (refused.value.reason, refused.value.is_final) == (reason, is_final)
    assert "an@example.org" not in str(refused.value)


async def test_a_wrong_password_is_not_the_messages_fault() -> None:
    async with serving(
        Server(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
        auth_exclude_mechanism=["CRAM-MD5"],
    ) as server:
        with pytest.raises(NotDelivered) as refused:
            await deliver(composed(server.port, user="vssid", password="wrong"))

    assert refused.value.reason == "the server refuses us: 535"
    assert not refused.value.is_final


async def test_nobody_listens(unused_tcp_port: int) -> None:
    with pytest.raises(NotDelivered) as refused:
        await deliver(composed(unused_tcp_port))
    assert (refused.value.reason, refused.value.is_final) == ("SMTPConnectError", False)


async def test_a_server_that_hangs() -> None:
    async with serving(Server(silence=5)) as server:
        with pytest.raises(NotDelivered) as refused:
            await deliver(composed(server.port, timeout="0.3"))
    assert (refused.value.reason, refused.value.is_final) == ("SMTPReadTimeoutError", False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.mark.parametrize(
    ("security", "options"),
    [
        ("tls", lambda context: {"ssl": context}),
        ("starttls", lambda context: {"tls_context": context, "require_starttls": True}),
    ],
)
async def test_the_connection_is_private(
    certificate: Path, security: str, options: Callable[[ssl.SSLContext], dict[str, Any]]
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with serving(Server(), **options(context)) as server:
        await deliver(composed(server.port, security=security, ca_file=str(certificate)))
        with pytest.raises(NotDelivered):  # a certificate that nobody vouches for
            await deliver(composed(server.port, security=security))
    assert len(server.taken) == 1


async def test_a_server_without_starttls_gets_nothing() -> None:
    async with serving(Server()) as server:
        with pytest.raises(NotDelivered) as refused:
            await deliver(composed(server.port, security="starttls"))
    assert not refused.value.is_final
    assert server.taken == []


def test_without_a_host_nothing_is_delivered() -> None:
    assert composed(25, host="").adapters == {}


def test_a_password_without_a_user_is_refused() -> None:
    with pytest.raises(SettingsRefused, match="VSSID_SMTP_PASSWORD: user and password are given together"):
        composed(25, password="open sesame")


def test_production_shows_nothing_to_the_network() -> None:
    production = {
        "VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened",
        "VSSID_ENVIRONMENT": "production",
        "VSSID_SECRET_KEY": "x" * 32,
        "VSSID_SMTP_HOST": "mail.example",
        "VSSID_SMTP_SECURITY": "none",
    }
    with pytest.raises(StartupRefused, match="use tls or starttls"):
        compose(production, plugins={"smtp": plugin})
