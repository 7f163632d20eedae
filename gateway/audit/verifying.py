"""Is the audit trail what was written? Every entry is looked at, in one pass that takes no more memory than a page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select, type_coerce
from sqlalchemy.types import NullType

from gateway.audit.entries import NOTHING_BEFORE, digest, spelt
from gateway.audit.heads import Head
from gateway.audit.models import end, entry, head
from gateway.database import Database

PAGE: Final = 5_000
"""Entries read at once."""

_COLUMNS: Final = [type_coerce(found, NullType()) if found is entry.c.at else found for found in entry.c]
_PAGE: Final = (
    select(*_COLUMNS)
    .where(entry.c.number > bindparam("after"), entry.c.number <= bindparam("last"))
    .order_by(entry.c.number)
    .limit(PAGE)
)


@dataclass(frozen=True)
class Verdict:
    """What was looked at, and the first thing that is wrong: which entry (where that is known) and what."""

    entries: int
    heads: int
    number: int | None = None
    fault: str | None = None


class Broken(Exception):
    """The trail is not what was written."""

    def __init__(self, number: int, fault: str) -> None:
        super().__init__(fault)
        self.number = number
        self.fault = fault


async def verify(database: Database, exported: Iterable[Head], trusted: Collection[str]) -> Verdict:
    """Hold the trail against its own hashes, the heads that it keeps, and those that were exported.

    ``trusted`` are the public keys that may have signed heads. Entries that come meanwhile are left for the next time.
    """
    checking = _Checking()
    try:
        async with database.read() as connection:
            last, last_hash = (await connection.execute(select(end.c.number, end.c.hash))).one()
            kept = [
                Head(row.number, row.hash, spelt(row.at), row.key, row.signature)
                for row in await connection.execute(select(head))
            ]
        checking.expect([*kept, *exported], trusted)
        async for rows in _pages(database, last):
            checking.follow(rows)
        checking.finish(last, last_hash)
    except Broken as broken:
        return Verdict(checking.entries, len(checking.heads), broken.number, broken.fault)
    return Verdict(checking.entries, len(checking.heads))


async def _pages(database: Database, last: int) -> AsyncIterator[Sequence[Sequence[Any]]]:
    after = 0
    while True:
        async with database.read() as connection:
            rows = (await connection.execute(_PAGE, {"after": after, "last": last})).all()
        if not rows:
            return
        yield rows
        after = rows[-1][0]


class _Checking:
    """How far the trail was found whole."""

    def __init__(self) -> None:
        self.entries = 0
        self.heads: Mapping[int, str] = {}
        self._number = 0
        self._hash = NOTHING_BEFORE
        self._confirmed = 0

    def expect(self, heads: Iterable[Head], trusted: Collection[str]) -> None:
        """Take down what heads say."""
        said: dict[int, str] = {}
        for found in sorted(heads, key=lambda one: one.number):
            if found.key not in trusted or not found.is_genuine:
                raise Broken(found.number, f"the head of entry {found.number} is signed by no trusted key")
            if said.setdefault(found.number, found.hash) != found.hash:
                raise Broken(
                    found.number, f"two heads of entry {found.number} differ: the trail was rewritten"
                )
        self.heads = said

    def follow(self, rows: Sequence[Sequence[Any]]) -> None:
        """Go on through some entries."""
        number, hash_, heads = self._number, self._hash, self.heads
        for found, at, *rest, its_hash in rows:
            if found != number + 1:
                if self.entries or number:
                    raise Broken(number + 1, f"entry {number + 1} is missing")
                number, hash_ = found - 1, self._archived(found - 1)
            number = found
            made = digest(hash_, number, at if isinstance(at, str) else spelt(at), rest)
            if made != its_hash:
                raise Broken(
                    number, f"entry {number} is not what was written, or does not follow the one before"
                )
            if heads and number in heads:
                self._compare(number, made)
            hash_ = made
            self.entries += 1
        self._number, self._hash = number, hash_

    def _archived(self, number: int) -> str:
        """The hash with which the part of the trail ended that is kept elsewhere."""
        found = self.heads.get(number)
        if found is None:
            raise Broken(1, f"entries 1 to {number} are missing, and no head says how they ended")
        return found

    def _compare(self, number: int, made: str) -> None:
        if self.heads[number] != made:
            raise Broken(
                self._confirmed + 1,
                f"an entry from {self._confirmed + 1} to {number} is not the one that a head was signed for: "
                "the trail was rewritten",
            )
        self._confirmed = number

    def finish(self, last: int, last_hash: str) -> None:
        """Nothing may be missing at the end."""
        furthest = max([last, *self.heads])
        if self._number < furthest:
            raise Broken(
                self._number + 1,
                f"entries from {self._number + 1} to {furthest} are missing: the trail was cut off",
            )
        if self._hash != last_hash:
            raise Broken(self._number, f"entry {self._number} is not the one that was written last")
