"""Appending to the audit trail: one order, however many write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit.entries import Entry, digest, spelt
from gateway.audit.models import end, entry

_NAMES: Final = tuple(found.name for found in fields(Entry))
_VALUES: Final = attrgetter(*_NAMES)
_END: Final = select(end.c.number, end.c.hash).with_for_update()
_APPEND: Final = insert(entry)
_MOVE: Final = update(end).values(number=bindparam("last"), hash=bindparam("its_hash"))


async def append(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Append entries in a transaction, which holds the trail's end from here on: do it last.

    Raises whatever the store raises; nothing of them remains then.
    """
    number, hash_ = (await connection.execute(_END)).one()
    rows: list[dict[str, Any]] = []
    for found in entries:
        at, *rest = _VALUES(found)
        number += 1
        hash_ = digest(hash_, number, spelt(at), rest)
        rows.append({"number": number, **dict(zip(_NAMES, (at, *rest), strict=True)), "hash": hash_})
    await connection.execute(_APPEND, rows)
    await connection.execute(_MOVE, {"last": number, "its_hash": hash_})
