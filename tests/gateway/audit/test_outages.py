"""Where the trail cannot be written, nobody reads of others: no data leaves, and nothing else suffers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import text

from gateway.app import Application
from gateway.audit.verifying import verify
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch
from gateway.testing import ask, running
from gateway.testing.equality import executed_by
from tests.gateway.clinic import people, plugin
from tests.stores import Store, one, write

CHECK = '{ checkCard(cardNumber: "GD4000000001") { number } }'
REFUSED = '{ participant(id: "00-binh") { fullName } }'
ME = "{ me { fullName card { number } } }"
AN = people.participant(people.AN)


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    tables = {**FOUNDATIONS, "clinic": plugin.database_tables()}
    return tuple(MigrationBranch(name, given.migrations, given.metadata) for name, given in tables.items())


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    async with running({"clinic": plugin}, store.url, people.ROWS) as application:
        yield application


async def refuse_entries(clinic: Application) -> None:
    """Take away what lets entries in."""
    database = clinic.services.database
    if database.dialect_name == "sqlite":
        await write(
            database,
            "CREATE TRIGGER audit_entry_down BEFORE INSERT ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'no right to insert'); END",
        )
    else:
        await write(database, "ALTER TABLE audit_entry ADD CONSTRAINT down CHECK (false) NOT VALID")


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_nothing_is_read_that_cannot_be_noted(clinic: Application, executor: str) -> None:
    await refuse_entries(clinic)
    execute = executed_by(clinic.executor if executor == "plan" else clinic.reference)
    for viewer, document in ((people.HOSPITAL, CHECK), (AN, REFUSED)):
        with pytest.raises(DatabaseUnavailable):
            await execute(viewer.audience, viewer, document, {}, None)
    assert (await ask(clinic, AN, ME))["data"]["me"]["card"]
    assert await one(clinic.services.database, "SELECT count(*) FROM audit_entry") == 0


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "when", ["", "DEFERRABLE INITIALLY DEFERRED"], ids=["before the commit", "in the commit"]
)
async def test_a_connection_that_ends_under_an_entry(clinic: Application, when: str) -> None:
    """Nobody reads then, and the chain goes on where it was."""
    database = clinic.services.database
    assert (await ask(clinic, people.HOSPITAL, CHECK))["data"]["checkCard"]
    await write(
        database,
        "CREATE FUNCTION killed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
    )
    await write(
        database,
        f"CREATE CONSTRAINT TRIGGER killing AFTER INSERT ON audit_entry {when} "
        "FOR EACH ROW EXECUTE FUNCTION killed()",
    )
    refused = await asyncio.gather(
        *(ask(clinic, people.HOSPITAL, CHECK) for _ in range(5)), return_exceptions=True
    )
    assert all(isinstance(answer, DatabaseUnavailable) for answer in refused)
    await write(database, "DROP TRIGGER killing ON audit_entry")
    assert (await ask(clinic, people.HOSPITAL, CHECK))["data"]["checkCard"]
    verdict = await verify(database, (), ())
    assert (verdict.entries, verdict.fault) == (2, None)


async def test_a_locked_trail(clinic: Application) -> None:
    """Whoever holds its end too long keeps others out for as long as the store waits for locks, and no longer."""
    async with clinic.services.database.write() as connection:
        await connection.execute(text("UPDATE audit_end SET id = 1"))
        with pytest.raises((DatabaseBusy, DatabaseUnavailable)):
            await ask(clinic, people.HOSPITAL, CHECK)
        assert (await ask(clinic, AN, ME))["data"]["me"]
    assert (await ask(clinic, people.HOSPITAL, CHECK))["data"]["checkCard"]


async def test_those_who_go_leave_the_others_alone(clinic: Application) -> None:
    """A request that is cancelled while its entries are written takes nothing away from those that share the transaction."""
    asked = [asyncio.create_task(ask(clinic, people.HOSPITAL, CHECK)) for _ in range(20)]
    await asyncio.sleep(0.005)
    for task in asked[::2]:
        task.cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, dict) and answer["data"]["checkCard"] for answer in answers[1::2])
