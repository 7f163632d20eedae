"""Handing an SMS over."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import httpx

from gateway.context import Services
from gateway.outbox import Channel, Message, NotDelivered
from plugins.sms_gateway.settings import SmsGatewaySettings
from plugins.sms_gateway.signing import signed_headers

CONNECTIONS: Final = httpx.Limits(max_connections=32, max_keepalive_connections=8)
LONGEST_ANSWER: Final = 16 * 1024
"""Bytes of an answer that are read, to use the connection again; none of them matters to us."""

LONGEST_NUMBER: Final = 6
"""Digits of a ``Retry-After`` in seconds; a date is not looked at."""

OURS_TO_MEND: Final = frozenset({401, 403, 404, 405, 407, 408, 409, 425, 429})
"""Refusals that say nothing against the message: of our key or URL, of the moment, or of a twin that is being worked on."""


class GatewayClient:
    """Connections to the gateway, kept for the next message."""

    def __init__(self, settings: SmsGatewaySettings) -> None:
        self.settings = settings
        self.http = httpx.AsyncClient(
            timeout=settings.timeout, limits=CONNECTIONS, follow_redirects=False, trust_env=False
        )

    async def __aenter__(self) -> GatewayClient:
        """Nothing is connected yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.http.aclose()


@dataclass(frozen=True)
class SmsGateway:
    """Hands messages over to the gateway."""

    settings: SmsGatewaySettings

    @property
    def channel(self) -> Channel:
        """SMS."""
        return Channel.SMS

    async def deliver(self, message: Message, services: Services) -> None:
        """Post one SMS; any 2xx means that the gateway has it, be it for the second time."""
        body = content(message, self.settings)
        secret = self.settings.secret
        assert secret is not None, "the settings demand a secret where there is a URL"
        headers = {
            "content-type": "application/json",
            "idempotency-key": message.dedupe_key,
            **signed_headers(
                body, self.settings.key_id, secret.get_secret_value().encode(), services.clock()
            ),
        }
        http = services.resource(GatewayClient).http
        try:
            async with http.stream("POST", self.settings.url, content=body, headers=headers) as answer:
                refuse(answer)
                await _drain(answer)
        except httpx.TimeoutException:
            raise NotDelivered("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise NotDelivered(type(failure).__name__) from None


def content(message: Message, settings: SmsGatewaySettings) -> bytes:
    """The body: the key, the number in E.164, the text, and where they are known when it is too late and who it is from."""
    told: dict[str, Any] = {
        "id": message.dedupe_key,
        "to": message.to,
        "text": message.text,
        "purpose": message.purpose,
    }
    if message.expires_at is not None:
        told["expiresAt"] = message.expires_at.isoformat()
    if settings.sender:
        told["from"] = settings.sender
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def refuse(answer: httpx.Response) -> None:
    """Raise NotDelivered for every answer but 2xx; a redirection is not followed, for it would take the number elsewhere."""
    if answer.is_success:
        return
    is_final = answer.is_client_error and answer.status_code not in OURS_TO_MEND
    raise NotDelivered(
        f"status {answer.status_code}", is_final=is_final, retry_after=_retry_after(answer.headers)
    )


def _retry_after(headers: httpx.Headers) -> dt.timedelta | None:
    asked = headers.get("retry-after", "")
    return dt.timedelta(seconds=int(asked)) if asked.isdecimal() and len(asked) <= LONGEST_NUMBER else None


async def _drain(answer: httpx.Response) -> None:
    read = 0
    async for part in answer.aiter_raw():
        read += len(part)
        if read > LONGEST_ANSWER:
            return
