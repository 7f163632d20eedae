"""A process that appends to the audit trail: ``python -m tests.gateway.audit.writer URL NAME COUNT``."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import Iterator
from itertools import islice

from gateway.audit.chain import Chain, append
from gateway.audit.entries import Entry
from gateway.database import Database

NOW = dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC)
AT_ONCE = 4
TOGETHER = 3
"""Entries of a transaction: one, two or three."""


def entry(name: str, number: int) -> Entry:
    """The writer's entry of a number."""
    who = {"audience": "officer", "actor": name, "agency": None, "subject": "x", "shown_to": None}
    what = {"action": "read", "kind": None, "purpose": "handling", "reason": str(number), "result": "done"}
    return Entry(at=NOW, request_id=name, address=None, **who, **what)  # type: ignore[arg-type]


async def write(database: Database, name: str, numbers: Iterator[int], count: int) -> None:
    """Append until so many are there, as reads do and as changes do; writers of one process share the numbers."""
    chain = Chain(database)
    for number in numbers:
        if number >= count:
            return
        more = [one for one in islice(numbers, number % TOGETHER) if one < count]
        entries = [entry(name, one) for one in (number, *more)]
        if number % 2:
            await chain.append(entries)
            continue
        async with database.write() as work:
            await append(work, entries)


async def main(url: str, name: str, count: int) -> None:
    """Append so many entries, several transactions at once."""
    patience = dt.timedelta(minutes=1)
    database = Database.open(url, pool_size=AT_ONCE, statement_timeout=patience, pool_wait=patience)
    numbers = iter(range(2 * count))
    await asyncio.gather(*(write(database, name, numbers, count) for _ in range(AT_ONCE)))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
