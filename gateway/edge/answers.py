"""What every answer of the edge has in common: its headers, and errors spelled as GraphQL responses."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import orjson
from starlette.types import Send

from gateway.errors import METHOD_NOT_ALLOWED, UNAUTHENTICATED, UNAVAILABLE, ClientError, Code, Language

Header = tuple[bytes, bytes]

SAFE: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
)
CLOSE: Final[Header] = (b"connection", b"close")
RETRY: Final[Header] = (b"retry-after", b"1")
"""Seconds."""


class Media(enum.Enum):
    """How an answer is labelled; both are the same JSON in UTF-8."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """One HTTP response; ``extra`` headers come after those that every answer has."""

    status: int
    body: bytes
    request_id: str
    media: Media = Media.JSON
    extra: tuple[Header, ...] = ()

    @classmethod
    def refusal(
        cls,
        error: ClientError,
        language: Language,
        request_id: str,
        media: Media = Media.JSON,
        extra: Sequence[Header] = (),
    ) -> Reply:
        """The answer to a request that failed as a whole."""
        body = orjson.dumps({"errors": [error.formatted(language)]})
        return cls(error.code.status, body, request_id, media, (*_consequences(error.code), *extra))

    def headers(self) -> list[Header]:
        """All headers of the answer."""
        return [
            (b"content-type", f"{self.media.value}; charset=utf-8".encode()),
            (b"content-length", str(len(self.body)).encode()),
            (b"x-request-id", self.request_id.encode()),
            *SAFE,
            *self.extra,
        ]

    async def start(self, send: Send) -> None:
        """Send status and headers."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers()})

    def on_the_wire(self) -> bytes:
        """The bytes of the whole response, for a connection that no ASGI application answers."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}".encode()]
        lines += [name + b": " + value for name, value in self.headers()]
        return b"\r\n".join((*lines, b"", self.body))


def _consequences(code: Code) -> tuple[Header, ...]:
    """The headers that HTTP demands beside a status."""
    if code.status == UNAUTHENTICATED.status:
        return ((b"www-authenticate", b'Bearer realm="vssid", error="invalid_token"'),)
    if code.status == UNAVAILABLE.status:
        return (RETRY,)
    if code.status == METHOD_NOT_ALLOWED.status:
        return ((b"allow", b"GET, POST"),)
    return ()
