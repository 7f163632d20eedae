"""Entries of the audit trail before they have a place in it, and the hash that ties each to the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import orjson

NOTHING_BEFORE: Final = "0" * 64
"""What stands for the hash before the first entry."""

READ: Final = "read"
DONE: Final = "done"
REFUSED: Final = "refused"

UNKNOWN: Final = "?"
"""Stands for a key that no participant can have."""

_KEY: Final = re.compile(r"[!-~]{1,64}")


class Entry(NamedTuple):
    """Who did or read what about whom. Fields are those of the table, in its order; texts fit into their columns."""

    at: dt.datetime
    request_id: str
    address: str | None
    audience: str
    actor: str | None
    agency: str | None
    subject: str | None
    shown_to: str | None
    action: str
    kind: str | None
    purpose: str
    reason: str | None
    result: str


def key_of(text: str) -> str:
    """A participant's key as entries hold it; clients may have sent anything."""
    return text if _KEY.fullmatch(text) else UNKNOWN


def fitting(text: str | None, longest: int) -> str | None:
    """A text of ours, cut to its column; what no store takes is replaced."""
    if text is None or (len(text) <= longest and text.isascii() and "\0" not in text):
        return text
    return text[:longest].replace("\0", " ").encode("utf-8", "replace").decode()


def spelt(moment: dt.datetime) -> str:
    """A moment as it is hashed: UTC, six digits of a second."""
    if moment.tzinfo is dt.UTC:  # as the clock's are
        return moment.isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def written(number: int, at: str, rest: Sequence[str | None]) -> bytes:
    """An entry as it is hashed: the JSON (RFC 8785) of its columns.

    ``at`` is spelt as by :func:`spelt`; ``rest`` are the columns from ``request_id`` to ``result``.
    """
    return orjson.dumps([number, at, *rest])


def hashed(before: str, line: bytes) -> str:
    """The hash of an entry that is written so: SHA-256, in hexadecimal, of the hash before it and of its JSON."""
    return hashlib.sha256(before.encode() + line).hexdigest()


def digest(before: str, number: int, at: str, rest: Sequence[str | None]) -> str:
    """The hash of an entry, of its columns as for :func:`written`."""
    return hashed(before, written(number, at, rest))
