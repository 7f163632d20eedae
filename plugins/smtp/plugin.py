"""What e-mail contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.hookspecs import hookimpl
from gateway.outbox import DeliveryAdapter
from gateway.settings import Settings
from plugins.smtp.mailing import Mailer
from plugins.smtp.settings import Security, SmtpSettings

LOCAL: Final = ("localhost", "127.0.0.1", "::1")


@hookimpl
def settings_section() -> type[SmtpSettings]:
    return SmtpSettings


@hookimpl
def delivery_adapters(settings: Settings) -> Sequence[DeliveryAdapter]:
    given = settings.section(SmtpSettings)
    if not given.host:
        return ()
    if settings.core.production and given.security is Security.NONE and given.host not in LOCAL:
        raise ValueError("VSSID_SMTP_SECURITY=none would show e-mail to the network; use tls or starttls")
    return (Mailer(given),)
