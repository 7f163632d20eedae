"""One message, one connection: few are sent, and none waits for another's connection to be in order."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

import aiosmtplib

from gateway.context import Services
from gateway.outbox import Channel, Message, NotDelivered
from plugins.smtp.settings import Security, SmtpSettings

PERMANENT = 500
"""Replies of this and above say: do not try again as it is."""


@dataclass(frozen=True)
class Mailer:
    """Hands messages over to a server."""

    settings: SmtpSettings

    @property
    def channel(self) -> Channel:
        """E-mail."""
        return Channel.EMAIL

    async def deliver(self, message: Message, services: Services) -> None:
        """Send one e-mail.

        What the server refuses for good is about the message where it answers to its sender, recipient or text; before that it is
        about us, and the message waits until somebody has mended it.
        """
        given = self.settings
        try:
            await aiosmtplib.send(
                composed(message, given, services),
                hostname=given.host,
                port=given.port,
                username=given.user or None,
                password=given.password.get_secret_value() if given.password else None,
                local_hostname=_domain(given.sender),
                timeout=given.timeout,
                use_tls=given.security is Security.TLS,
                start_tls=given.security is Security.STARTTLS,
                tls_context=None if given.security is Security.NONE else _trust(given),
            )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            code = refusal.recipients[0].code
            raise NotDelivered(f"recipient refused: {code}", is_final=code >= PERMANENT) from None
        except (
            aiosmtplib.SMTPDataError,
            aiosmtplib.SMTPSenderRefused,
            aiosmtplib.SMTPRecipientRefused,
        ) as refusal:
            raise NotDelivered(f"refused: {refusal.code}", is_final=refusal.code >= PERMANENT) from None
        except aiosmtplib.SMTPResponseException as refusal:
            raise NotDelivered(f"the server refuses us: {refusal.code}") from None
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise NotDelivered(type(failure).__name__) from None


def composed(message: Message, given: SmtpSettings, services: Services) -> EmailMessage:
    """The e-mail. Its Message-ID is made of the dedupe key, so a second copy can be known as one."""
    mail = EmailMessage()
    name, _, domain = given.sender.rpartition("@")
    mail["From"] = Address(given.sender_name, name, domain)
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = services.clock()
    mail["Message-ID"] = f"<{hashlib.sha256(message.dedupe_key.encode()).hexdigest()[:40]}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _trust(given: SmtpSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=given.ca_file)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
