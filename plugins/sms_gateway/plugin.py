"""What the SMS gateway contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from gateway.hookspecs import hookimpl
from gateway.outbox import DeliveryAdapter
from gateway.settings import Settings
from plugins.sms_gateway.settings import SmsGatewaySettings

LOCAL: Final = ("localhost", "127.0.0.1", "::1")


@hookimpl
def settings_section() -> type[SmsGatewaySettings]:
    return SmsGatewaySettings


@hookimpl
def resources(settings: Settings) -> Sequence[AbstractAsyncContextManager[object]]:
    given = settings.section(SmsGatewaySettings)
    if not given.url:
        return ()
    from plugins.sms_gateway.sending import GatewayClient  # noqa: PLC0415  httpx takes memory that only senders need

    return (GatewayClient(given),)


@hookimpl
def delivery_adapters(settings: Settings) -> Sequence[DeliveryAdapter]:
    given = settings.section(SmsGatewaySettings)
    if not given.url:
        return ()
    import httpx  # noqa: PLC0415

    from plugins.sms_gateway.sending import SmsGateway  # noqa: PLC0415

    url = httpx.URL(given.url)
    if settings.core.production and url.scheme != "https" and url.host not in LOCAL:
        raise ValueError("VSSID_SMS_GATEWAY_URL would show messages to the network; use https")
    return (SmsGateway(given),)
