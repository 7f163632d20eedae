"""What a request's headers demand: how to answer, what the body is, who asks; and the rules that keep them unambiguous."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from gateway.edge.answers import Header, Media
from gateway.errors import (
    BAD_REQUEST,
    NOT_ACCEPTABLE,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA_TYPE,
    ClientError,
    Language,
)

_ONCE: Final = (
    b"authorization",
    b"content-length",
    b"content-type",
    b"cookie",
    b"host",
    b"origin",
    b"transfer-encoding",
)
_LENGTH_DIGITS: Final = 18
_BEARER: Final = re.compile(rb"bearer +([a-z0-9._~+/-]+=*)", re.IGNORECASE)
_QUALITY: Final = re.compile(rb"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_RANGES: Final = {
    b"*/*": (0, tuple(Media)),
    b"application/*": (1, tuple(Media)),
    **{media.value.encode(): (2, (media,)) for media in Media},
}


class Head:
    """A request's headers, by lower-case name; those that may be repeated are joined by commas."""

    __slots__ = ("_repeated", "_values", "get")

    def __init__(self, headers: Collection[Header]) -> None:
        self._values = dict(headers)
        self.get: Callable[[bytes], bytes | None] = self._values.get
        """A header's value."""
        self._repeated: set[bytes] = set()
        if len(self._values) != len(headers):
            self._join(headers)

    def _join(self, headers: Collection[Header]) -> None:
        self._values.clear()
        for name, value in headers:
            if name in self._values:
                self._repeated.add(name)
                value = self._values[name] + b", " + value  # noqa: PLW2901  one value of two lines
            self._values[name] = value

    def __contains__(self, name: bytes) -> bool:
        return name in self._values

    @property
    def announces_body(self) -> bool:
        """Whether a body follows, or may."""
        return self._values.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in self._values

    @property
    def length(self) -> int | None:
        """The announced length of the body in bytes; only after :meth:`check`."""
        value = self._values.get(b"content-length")
        return None if value is None else int(value)

    def check(self, http_version: str) -> None:
        """Refuse what another server on the way could read differently (request smuggling)."""
        for name in _ONCE if self._repeated else ():
            if name in self._repeated:
                raise ClientError(BAD_REQUEST, reason="repeated_header", header=name.decode())
        if b"host" not in self._values and http_version == "1.1":
            raise ClientError(BAD_REQUEST, reason="host_missing")
        length = self._values.get(b"content-length")
        if length is not None and not (length.isdigit() and len(length) <= _LENGTH_DIGITS):
            raise ClientError(BAD_REQUEST, reason="content_length")
        encoding = self._values.get(b"transfer-encoding")
        if encoding is None:
            return
        if length is not None:
            raise ClientError(BAD_REQUEST, reason="content_length_and_transfer_encoding")
        if encoding.strip().lower() != b"chunked":
            raise ClientError(BAD_REQUEST, reason="transfer_encoding")

    def token(self) -> str | None:
        """The bearer token, None without ``Authorization``; any other credentials are refused."""
        value = self._values.get(b"authorization")
        if value is None:
            return None
        match = _BEARER.fullmatch(value.strip())
        if match is None:
            raise ClientError(UNAUTHENTICATED)
        return match[1].decode()


def check_content(content_type: bytes | None, encoding: bytes | None) -> None:
    """Refuse a body that is not plain application/json in UTF-8, by ``Content-Type`` and ``Content-Encoding``.

    It is also what keeps other sites' pages from sending requests: no HTML form can send this type.
    """
    if (encoding or b"identity").strip().lower() != b"identity":
        raise ClientError(UNSUPPORTED_MEDIA_TYPE, reason="content_encoding")
    kind, *parameters = (content_type or b"").split(b";")
    if kind.strip().lower() != Media.JSON.value.encode():
        raise ClientError(UNSUPPORTED_MEDIA_TYPE, reason="content_type")
    charsets = [value for name, value in _parameters(parameters) if name == b"charset"]
    if charsets not in ([], [b"utf-8"]):
        raise ClientError(UNSUPPORTED_MEDIA_TYPE, reason="charset")


def language(accept_language: bytes | None) -> Language:
    """The language of texts that ``Accept-Language`` asks for."""
    return Language.accepted(None if accept_language is None else accept_language.decode("latin-1"))


def negotiated(accept: bytes | None) -> Media:
    """The media type to answer with; raise :class:`ClientError` NOT_ACCEPTABLE where the client takes neither.

    A client that names no type of ours is an old one and gets application/json (GraphQL over HTTP, "legacy client");
    where it names both with equal weight, it gets the newer.
    """
    if not (accept or b"").strip():
        return Media.JSON
    weights: dict[Media, tuple[int, float]] = {}
    for precision, media, quality in _ranges(accept or b""):
        weights[media] = max(weights.get(media, (0, 0.0)), (precision, quality))
    admitted = [
        (quality, precision, (media is Media.GRAPHQL) == (precision == 2), media.value)  # noqa: PLR2004  named in full
        for media, (precision, quality) in weights.items()
        if quality > 0
    ]
    if not admitted:
        raise ClientError(NOT_ACCEPTABLE)
    return Media(max(admitted)[-1])


def _ranges(accept: bytes) -> Iterator[tuple[int, Media, float]]:
    """Of each range that covers one of ours: how precisely, which, and its weight. Malformed ranges cover nothing."""
    for part in accept.split(b","):
        name, *rest = part.split(b";")
        precision, covered = _RANGES.get(name.strip().lower(), (0, ()))
        parameters = dict(_parameters(rest)) if covered else {}
        quality = parameters.get(b"q", b"1")
        if _QUALITY.fullmatch(quality) and parameters.get(b"charset", b"utf-8") == b"utf-8":
            yield from ((precision, media, float(quality)) for media in covered)


def _parameters(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for part in parts:
        name, _, value = part.partition(b"=")
        yield name.strip().lower(), value.strip().removeprefix(b'"').removesuffix(b'"').lower()
