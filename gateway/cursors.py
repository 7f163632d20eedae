"""Opaque, signed page cursors: they hold a row's place in one list's order and fit no other list."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Final

import orjson

_SIGNATURE: Final = 12


class CursorRefused(ValueError):
    """Not a cursor of this list."""


def encode(secret: bytes, place: str, values: Sequence[Any]) -> str:
    """A cursor: ``place`` names the list (a field's coordinate), ``values`` its order terms' values in one row."""
    body = orjson.dumps(list(values))
    return base64.urlsafe_b64encode(_sign(secret, place, body) + body).decode().rstrip("=")


def decode(secret: bytes, place: str, cursor: str, types: Sequence[type]) -> list[Any]:
    """The values in a cursor made by :func:`encode` for the same list; raise :class:`CursorRefused` for any other text."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CursorRefused from error
    signature, body = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(secret, place, body)):
        raise CursorRefused
    # Signed long ago, perhaps, before a new version gave the list another order.
    try:
        return [_value(found, kind) for found, kind in zip(orjson.loads(body), types, strict=True)]
    except (TypeError, ValueError) as error:
        raise CursorRefused from error


def _sign(secret: bytes, place: str, body: bytes) -> bytes:
    return hmac.digest(secret, place.encode() + b"\0" + body, hashlib.sha256)[:_SIGNATURE]


def _value(found: Any, kind: type) -> Any:
    if issubclass(kind, dt.datetime | dt.date):
        return kind.fromisoformat(found)
    if not isinstance(found, kind):
        raise TypeError(kind.__name__)
    return found
