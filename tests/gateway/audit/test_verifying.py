"""Whatever is done to the trail behind the gateway's back, verification names the first entry that is not what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

import pytest
from sqlalchemy import insert, select, update

from gateway.app import Application
from gateway.audit.chain import append
from gateway.audit.entries import NOTHING_BEFORE, Entry, digest, spelt
from gateway.audit.heads import Head, HeadKey, sign_head
from gateway.audit.models import end, entry, head
from gateway.audit.verifying import Verdict, verify
from gateway.database import Database
from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch
from gateway.testing import NOW, running
from tests.gateway.clinic import plugin
from tests.stores import Store, write

ENTRIES: Final = 20


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    tables = {**FOUNDATIONS, "clinic": plugin.database_tables()}
    return tuple(MigrationBranch(name, given.migrations, given.metadata) for name, given in tables.items())


def made(number: int) -> Entry:
    """An entry."""
    at = NOW + dt.timedelta(seconds=number, microseconds=number)
    about = "00-an" if number % 2 else None
    return Entry(
        at,
        f"request {number}",
        "192.0.2.1",
        "hospital",
        "00001",
        None,
        about,
        about,
        "read",
        "clinic:card",
        "treatment",
        None,
        "done",
    )


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    """A trail of twenty entries with a signed head at the tenth, from which the triggers have been taken away."""
    async with running({"clinic": plugin}, store.url) as application:
        database = application.services.database
        for numbers in (range(1, 11), range(11, ENTRIES + 1)):
            async with database.write() as connection:
                await append(connection, [made(number) for number in numbers])
            if numbers.stop == 11:
                await sign_head(application.services)
        await unlock(database)
        yield application


async def unlock(database: Database) -> None:
    """As somebody could who owns the database."""
    if database.dialect_name == "sqlite":
        names = [
            f"{table}_refuses_{change}"
            for table in ("audit_entry", "audit_head")
            for change in ("update", "delete")
        ]
        for name in names:
            await write(database, f"DROP TRIGGER {name}")
    else:
        await write(database, "DROP FUNCTION audit_only_grows CASCADE")


def own_key(clinic: Application) -> str:
    """The public key that heads are signed with."""
    key = HeadKey.of(clinic.settings.core)
    assert key is not None
    return key.public


async def verdict(clinic: Application, *exported: Head) -> Verdict:
    """What verification says."""
    return await verify(clinic.services.database, exported, {own_key(clinic)})


async def test_a_whole_trail(clinic: Application) -> None:
    assert await verdict(clinic) == Verdict(ENTRIES, 1)


EDITS: Final = [
    f"UPDATE audit_entry SET {column} = 'other' WHERE number = 7"
    for column in (
        "request_id",
        "address",
        "audience",
        "actor",
        "agency",
        "action",
        "kind",
        "purpose",
        "reason",
        "result",
    )
]


@pytest.mark.parametrize(
    ("change", "number", "told"),
    [
        *((edit, 7, "entry 7 is not what was written") for edit in EDITS),
        ("UPDATE audit_entry SET shown_to = NULL WHERE number = 7", 7, "entry 7 is not what was written"),
        ("UPDATE audit_entry SET subject = NULL, shown_to = NULL WHERE number = 7", 7, "entry 7 is not what was"),
        ("UPDATE audit_entry SET at = (SELECT at FROM audit_entry WHERE number = 8) WHERE number = 7", 7, "entry 7 is not"),
        ("DELETE FROM audit_entry WHERE number = 7", 7, "entry 7 is missing"),
        ("DELETE FROM audit_entry WHERE number = 1", 1, "entries 1 to 1 are missing"),
        ("DELETE FROM audit_entry WHERE number <= 9", 1, "entries 1 to 9 are missing"),
        ("DELETE FROM audit_entry WHERE number > 15", 16, "entries from 16 to 20 are missing: the trail was cut off"),
        ("DELETE FROM audit_entry", 1, "entries from 1 to 20 are missing"),
        ("UPDATE audit_head SET number = 11", 11, "the head of entry 11 is signed by no trusted key"),
    ],
)  # fmt: skip
async def test_a_single_change(clinic: Application, change: str, number: int, told: str) -> None:
    await write(clinic.services.database, change)
    found = await verdict(clinic)
    assert found.number == number
    assert found.fault is not None
    assert told in found.fault


async def test_a_swap(clinic: Application) -> None:
    for change in ("99 WHERE number = 7", "7 WHERE number = 8", "8 WHERE number = 99"):
        await write(clinic.services.database, f"UPDATE audit_entry SET number = {change}")
    found = await verdict(clinic)
    assert (found.number, found.entries) == (7, 6)


async def test_an_edit_with_its_own_hash(clinic: Application) -> None:
    """Whoever makes the entry's hash anew would have to make all that follow anew."""
    await rewrite(clinic.services.database, lambda row: {**row, "actor": "other"}, 7, 7)
    found = await verdict(clinic)
    assert (found.number, found.fault) == (
        8,
        "entry 8 is not what was written, or does not follow the one before",
    )


async def test_a_cut_with_its_end_moved(clinic: Application) -> None:
    """Before the last head it is found by the trail itself, after it by an exported one."""
    exported = await signed(clinic)
    await cut(clinic.services.database, 15)
    await write(clinic.services.database, "DELETE FROM audit_head WHERE number > 10")
    assert (await verdict(clinic)).fault is None
    found = await verdict(clinic, exported)
    assert (found.number, found.fault) == (16, "entries from 16 to 20 are missing: the trail was cut off")
    await cut(clinic.services.database, 8)
    assert (await verdict(clinic)).number == 9


async def test_a_trail_rewritten_from_an_entry_on(clinic: Application) -> None:
    """Hashes fit, the end fits, the heads that were kept beside it are gone: an exported one tells."""
    exported = await signed(clinic)
    await rewrite(clinic.services.database, lambda row: {**row, "actor": "other"}, 13, ENTRIES)
    assert (await verdict(clinic)).number == 11  # by the heads that it keeps
    await write(clinic.services.database, "DELETE FROM audit_head")
    assert (await verdict(clinic)).fault is None
    found = await verdict(clinic, *Head.among(f'{{"event": "{exported.line}"}}'))
    assert found.number == 1
    assert found.fault is not None
    assert "rewritten" in found.fault


async def test_a_rewritten_trail_with_heads_of_another_key(clinic: Application) -> None:
    await rewrite(clinic.services.database, lambda row: {**row, "actor": "other"}, 1, ENTRIES)
    await write(clinic.services.database, "DELETE FROM audit_head")
    async with clinic.services.database.write() as connection:
        number, hash_ = (await connection.execute(select(end.c.number, end.c.hash))).one()
        forged = HeadKey("somebody else's secret, long enough").sign(number, hash_, NOW)
        row = {"number": number, "hash": hash_, "at": NOW, "key": forged.key, "signature": forged.signature}
        await connection.execute(insert(head), row)
    assert (await verdict(clinic)).fault == f"the head of entry {ENTRIES} is signed by no trusted key"


async def test_what_is_kept_elsewhere(clinic: Application) -> None:
    """Entries up to a head may be moved to an archive: the rest is still tied to it."""
    await write(clinic.services.database, "DELETE FROM audit_entry WHERE number <= 10")
    assert await verdict(clinic) == Verdict(10, 1)
    await write(clinic.services.database, "DELETE FROM audit_entry WHERE number = 11")
    assert (await verdict(clinic)).fault == "entries 1 to 11 are missing, and no head says how they ended"


async def test_a_head_is_signed_once(clinic: Application) -> None:
    await signed(clinic)
    assert await sign_head(clinic.services) is None


async def signed(clinic: Application) -> Head:
    """A head of the trail's end."""
    made = await sign_head(clinic.services)
    assert made is not None
    assert made.is_genuine
    return made


async def cut(database: Database, number: int) -> None:
    """Remove what comes after an entry, and move the end there."""
    await write(database, f"DELETE FROM audit_entry WHERE number > {number}")
    await write(
        database,
        f"UPDATE audit_end SET number = {number}, hash = (SELECT hash FROM audit_entry WHERE number = {number})",
    )


async def rewrite(
    database: Database, altered: Callable[[dict[str, object]], dict[str, object]], first: int, last: int
) -> None:
    """Alter the entry ``first`` and make the hashes anew from there to ``last``, and the end where that is all of them."""
    async with database.write() as connection:
        rows = [
            dict(row._mapping) for row in await connection.execute(select(entry).order_by(entry.c.number))
        ]
        before = NOTHING_BEFORE if first == 1 else str(rows[first - 2]["hash"])
        rows[first - 1] = altered(rows[first - 1])
        for row in rows[first - 1 : last]:
            number, at, *rest, _ = row.values()
            assert isinstance(number, int)
            assert isinstance(at, dt.datetime)
            before = digest(before, number, spelt(at), rest)
            values = {**row, "hash": before}
            await connection.execute(update(entry).where(entry.c.number == number).values(values))
        if last == ENTRIES:
            await connection.execute(update(end).values(hash=before))
