"""What every answer of the edge has in common: its headers, and errors spelled as GraphQL responses."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

import orjson

from gateway.errors import METHOD_NOT_ALLOWED, UNAUTHENTICATED, UNAVAILABLE, ClientError, Code, Language

Header = tuple[bytes, bytes]

SAFE: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
)
OK: Final = 200
CLOSE: Final[Header] = (b"connection", b"close")
RETRY: Final[Header] = (b"retry-after", b"1")
"""Seconds."""

WHOLE: Final = "vssid.http.response.whole"
"""An ASGI extension of our server: a function that sends a :class:`Reply` at once, and returns False where it cannot."""


def request_ids() -> Iterator[str]:
    """Ids that nobody can guess, without end; the system is asked for many at a time."""
    while True:
        drawn = secrets.token_hex(8 * 256)
        for start in range(0, len(drawn), 16):
            yield drawn[start : start + 16]


def header_lines(headers: Iterable[Header]) -> bytes:
    """Headers as they are on the wire, each with its line break."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _start(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()


class Media(enum.Enum):
    """How an answer is labelled; both are the same JSON in UTF-8."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"

    def __init__(self, name: str) -> None:
        self.headers: tuple[Header, ...] = ((b"content-type", f"{name}; charset=utf-8".encode()), *SAFE)
        """What every answer of this type has."""
        self.success = _start(OK) + header_lines(self.headers)
        """The beginning of most of them."""


@dataclass(slots=True)
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

    def also(self, header: Header) -> Reply:
        """The same with one header more."""
        return replace(self, extra=(*self.extra, header))

    def headers(self) -> list[Header]:
        """All headers of the answer."""
        return [
            *self.media.headers,
            (b"content-length", b"%d" % len(self.body)),
            (b"x-request-id", self.request_id.encode()),
            *self.extra,
        ]

    def on_the_wire(self, more: bytes = b"") -> bytes:
        """The bytes of the whole response; ``more`` are header lines of the connection, each with its line break."""
        media = self.media
        ordinary = self.status == OK and not self.extra
        start = (
            media.success if ordinary else _start(self.status) + header_lines((*media.headers, *self.extra))
        )
        own = b"content-length: %d\r\nx-request-id: %b\r\n\r\n" % (len(self.body), self.request_id.encode())
        return b"".join((start, more, own, self.body))


def _consequences(code: Code) -> tuple[Header, ...]:
    """The headers that HTTP demands beside a status."""
    if code.status == UNAUTHENTICATED.status:
        return ((b"www-authenticate", b'Bearer realm="vssid", error="invalid_token"'),)
    if code.status == UNAVAILABLE.status:
        return (RETRY,)
    if code.status == METHOD_NOT_ALLOWED.status:
        return ((b"allow", b"GET, POST"),)
    return ()
