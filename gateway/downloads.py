"""Files over HTTP: a field hands out an address that counts for five minutes and for one session.

The address is a ticket: what to produce, of what, and until when, encrypted and authenticated, so that it can be neither
read nor made up, and bound to the session that asked. It is no key by itself: whoever opens it has to show the same
session's token, so an address in a history or a log opens nothing. Nothing is stored, and every node opens every ticket.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.access import AccessDenied, Viewer
from gateway.errors import TOO_MANY_DOWNLOADS, UNAVAILABLE, ClientError
from gateway.throttles import Limit

if TYPE_CHECKING:
    from gateway.context import RequestContext

DOWNLOADS_PATH: Final = "/downloads"
LIFETIME: Final = dt.timedelta(minutes=5)
AT_ONCE: Final = 16
"""Files produced at once; more are refused rather than queued."""
PER_SESSION: Final = Limit("downloads", 60, dt.timedelta(minutes=10))
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a file. What is larger is a fault of whoever produces it."""
_LONGEST_TICKET: Final = 2_000
_KEY_BYTES: Final = 64


@dataclass(frozen=True)
class Produced:
    """A file. ``file_name`` is for the client's disk, and holds nothing about a person: it stays in lists of downloads."""

    content: bytes
    media_type: str
    file_name: str


@dataclass(frozen=True)
class Download:
    """A kind of file, named ``plugin.thing``.

    ``produce(context, argument)`` makes it of the text that the ticket carries, for ``context.viewer``. It raises
    :class:`~gateway.access.AccessDenied` where the viewer may not have it (any more), as ``OWN.check`` does, and
    returns None where there is nothing to have. It tells of whom it has read: ``context.observed.read(RECORD, [participant])``;
    what they read of themselves is left out. Heavy work goes to a bounded pool, as ``services.typesetting``.
    """

    name: str
    produce: Callable[[RequestContext, str], Awaitable[Produced | None]]


class NoSuchDownload(Exception):
    """Nothing to be had under this address: never was, not any more, or not for this viewer. Nobody is told which."""


class Downloads:
    """Makes the addresses, and opens them."""

    def __init__(self, secret: bytes, downloads: Mapping[str, Download]) -> None:
        key = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"vssid downloads").derive(secret)
        # Deterministic: the same question in the same second has the same answer, whoever executes it.
        self._cipher = AESSIV(key)
        self._downloads = downloads
        self._working = 0

    def url(self, context: RequestContext, name: str, argument: str) -> str:
        """The path of a file, for whoever asks in this session, for five minutes.

        Raises :class:`LookupError` for a name that no plugin declares and :class:`AccessDenied` without a signed-in viewer.
        """
        if name not in self._downloads:
            raise LookupError(f"no plugin declares the download {name}")
        until = int((context.now + LIFETIME).timestamp())
        ticket = self._cipher.encrypt(orjson.dumps([name, argument, until]), [_bound(context.viewer)])
        return f"{DOWNLOADS_PATH}/{_spelt(ticket)}"

    async def open(self, context: RequestContext, ticket: str) -> Produced:
        """The file of a ticket. Raises :class:`NoSuchDownload`, or :class:`ClientError` where too much is asked at once."""
        name, argument = self._read(context, ticket)
        if self._working >= AT_ONCE:
            raise ClientError(UNAVAILABLE)
        self._working += 1
        try:
            await _count(context)
            produced = await self._downloads[name].produce(context, argument)
        except AccessDenied:
            raise NoSuchDownload from None
        finally:
            self._working -= 1
        if produced is None:
            raise NoSuchDownload
        await context.services.trail.record(context)
        if len(produced.content) > LARGEST:
            raise ValueError(f"{name} produced more than {LARGEST} bytes")
        return produced

    def _read(self, context: RequestContext, ticket: str) -> tuple[str, str]:
        if len(ticket) > _LONGEST_TICKET:
            raise NoSuchDownload
        try:
            raw = base64.b64decode(ticket + "=" * (-len(ticket) % 4), altchars=b"-_", validate=True)
            if _spelt(raw) != ticket:  # the last letter may have bits that mean nothing
                raise NoSuchDownload
            name, argument, until = orjson.loads(self._cipher.decrypt(raw, [_bound(context.viewer)]))
        except (AccessDenied, binascii.Error, InvalidTag, ValueError):
            raise NoSuchDownload from None
        # Another version of the gateway, with other plugins, may have made it.
        if context.now.timestamp() >= until or name not in self._downloads:
            raise NoSuchDownload
        return name, argument


def _spelt(ticket: bytes) -> str:
    return base64.urlsafe_b64encode(ticket).decode().rstrip("=")


async def _count(context: RequestContext) -> None:
    whose = _bound(context.viewer).decode()
    if await context.services.throttles.count(context.now, (PER_SESSION, whose)) is not None:
        raise ClientError(TOO_MANY_DOWNLOADS)


def _bound(viewer: Viewer) -> bytes:
    if viewer.subject is None:
        raise AccessDenied("downloads are for those who are signed in")
    return orjson.dumps([viewer.audience.value, viewer.subject, viewer.session])
