"""Entries in their one order, from mutations and from requests that come together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import select

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.audit import audit
from gateway.audit.entries import NOTHING_BEFORE, digest, spelt
from gateway.audit.models import entry
from gateway.context import RequestContext
from gateway.errors import Language
from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch
from gateway.testing import NOW, ask, running
from tests.gateway.clinic import people, plugin
from tests.stores import Store, one, write

HOSPITAL = people.HOSPITAL


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    tables = {**FOUNDATIONS, "clinic": plugin.database_tables()}
    return tuple(MigrationBranch(name, given.migrations, given.metadata) for name, given in tables.items())


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    async with running({"clinic": plugin}, store.url, people.ROWS) as application:
        yield application


async def entries(clinic: Application) -> list[dict[str, object]]:
    """All of them, after checking that each follows from the one before."""
    async with clinic.services.database.read() as connection:
        rows = (await connection.execute(select(entry).order_by(entry.c.number))).all()
    before = NOTHING_BEFORE
    for place, row in enumerate(rows, start=1):
        number, at, *rest, hash_ = row
        assert (number, hash_) == (place, digest(before, number, spelt(at), rest))
        before = hash_
    return [dict(row._mapping) for row in rows]


async def test_a_hospital_reads_a_card(clinic: Application) -> None:
    body = await ask(clinic, HOSPITAL, '{ checkCard(cardNumber: "GD4000000001") { number } }')
    assert body["data"]["checkCard"]["number"] == "GD4000000001"
    (found,) = await entries(clinic)
    assert found["audience"] == "hospital"
    assert found["actor"] == "00001"
    assert found["agency"] == "HN/01"
    assert (found["subject"], found["shown_to"]) == (people.AN, people.AN)
    assert (found["action"], found["kind"], found["purpose"]) == ("read", "clinic:card", "treatment")
    assert (found["result"], found["request_id"], found["at"]) == ("done", "test", NOW)


async def test_people_read_of_themselves_without_a_trace(clinic: Application) -> None:
    body = await ask(
        clinic,
        people.participant(people.AN),
        "{ me { fullName card { number } visits { edges { node { id } } } } }",
    )
    assert body["data"]["me"]["card"]
    assert await entries(clinic) == []


async def test_a_refusal_is_noted(clinic: Application) -> None:
    body = await ask(clinic, people.participant(people.AN), '{ participant(id: "00-binh") { fullName } }')
    assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    (found,) = await entries(clinic)
    assert (found["subject"], found["result"], found["kind"]) == (people.BINH, "refused", "clinic:person")


@pytest.mark.parametrize("failing", [False, True])
async def test_a_change_and_its_entry_are_one(clinic: Application, failing: bool) -> None:
    services = clinic.services
    viewer = Viewer(Audience.OFFICER, "an officer", None, frozenset(), {"agency": "00101"})
    context = RequestContext(services, viewer, NOW, Language.EN, "a request", "192.0.2.1")

    async def change() -> None:
        async with context.unit_of_work():
            work = await context.work()
            await work.exec_driver_sql("UPDATE clinic_person SET nickname = 'changed'")
            await audit(context, action="clinic:rename", subject=people.AN, reason="asked for", result="done")
            if failing:
                raise RuntimeError

    if failing:
        with pytest.raises(RuntimeError):
            await change()
    else:
        await change()
    changed = await one(services.database, "SELECT count(*) FROM clinic_person WHERE nickname = 'changed'")
    found = await entries(clinic)
    assert (changed > 0, len(found)) == ((False, 0) if failing else (True, 1))
    if found:
        assert found[0]["reason"] == "asked for"
        assert found[0]["address"] == "192.0.2.1"
        assert found[0]["shown_to"] is None


async def test_audit_is_for_mutations(clinic: Application) -> None:
    context = RequestContext(clinic.services, HOSPITAL, NOW, Language.EN, "a request")
    with pytest.raises(LookupError):
        await audit(context, action="clinic:rename")


async def test_fifty_at_once_make_one_chain(store: Store, clinic: Application) -> None:
    """In two processes' worth of gateways on one store, with changes among them."""
    document = '{ checkCard(cardNumber: "GD4000000001") { number } }'
    async with running({"clinic": plugin}, store.url) as other:
        answers = await asyncio.gather(
            *(ask(application, HOSPITAL, document) for application in (clinic, other) for _ in range(25))
        )
    assert all("errors" not in answer for answer in answers)
    assert len(await entries(clinic)) == 50


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET actor = 'me'", "DELETE FROM audit_entry"])
async def test_the_store_refuses_changes(clinic: Application, change: str) -> None:
    await ask(clinic, HOSPITAL, '{ checkCard(cardNumber: "GD4000000001") { number } }')
    with pytest.raises(Exception, match="only grows"):
        await write(clinic.services.database, change)
    assert len(await entries(clinic)) == 1
