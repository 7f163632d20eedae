"""As many persons as an answer tells of, so many are noted, on whatever way they came into it; by plans and by the reference."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import orjson
import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch
from gateway.planning.plan import Ready
from gateway.testing import running
from gateway.testing.equality import executed_by
from tests.gateway.clinic import people, plugin
from tests.gateway.clinic.people import AN, BINH, CHI, DUNG, HOSPITAL, officer
from tests.stores import Store, one

OFFICER = officer("clinic:read", "clinic:all", agency="HN")
ME = people.participant(AN)
GUARDIAN = Viewer(Audience.PARTICIPANT, AN, None, dependants=frozenset({BINH}))
PERSON, CARD, VISIT, GRANT = "clinic:person", "clinic:card", "clinic:visit", "core:personal"


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    tables = {**FOUNDATIONS, "clinic": plugin.database_tables()}
    return tuple(MigrationBranch(name, given.migrations, given.metadata) for name, given in tables.items())


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    async with running({"clinic": plugin}, store.url, people.ROWS) as application:
        yield application


@pytest.mark.parametrize(
    ("viewer", "fields", "noted"),
    [
        (HOSPITAL, 'checkCard(cardNumber: "GD4000000001") { number }', {(AN, CARD)}),
        (HOSPITAL, 'checkCard(cardNumber: "nobody\'s") { number }', set()),
        (HOSPITAL, 'checkCard(cardNumber: "GD4000000001") { holder { id } }', {(AN, CARD)}),
        (
            HOSPITAL,
            'checkCard(cardNumber: "GD4000000001") { holder { fullName visits { totalCount } } }',
            {(AN, CARD), (AN, PERSON), (AN, VISIT)},
        ),
        (OFFICER, 'participant(id: "00-binh") { id }', set()),
        (OFFICER, 'participant(id: "00-binh") { fullName }', {(BINH, PERSON)}),
        (OFFICER, 'participant(id: "00-dung") { fullName card { number } }', {(DUNG, PERSON), (DUNG, CARD)}),
        (OFFICER, 'participant(id: "not a key") { fullName }', {("?", PERSON)}),
        (
            OFFICER,
            "patients { edges { node { id } } }",
            {(AN, PERSON), (BINH, PERSON), (CHI, PERSON)},
        ),
        (OFFICER, "patients(first: 1) { pageInfo { hasNextPage } }", {(AN, PERSON)}),
        (OFFICER, "patients { totalCount }", set()),
        (OFFICER, "visits(first: 100) { edges { node { minutes } } }", {(AN, VISIT), (BINH, VISIT), (DUNG, VISIT)}),
        (
            OFFICER,
            'participant(id: "00-chi") { friends { card { number } } }',
            {(CHI, PERSON), (AN, CARD), (BINH, CARD)},
        ),
        (
            OFFICER,
            'facility(code: "00001") { patients { visits(first: 1) { edges { node { id } } } } }',
            {(AN, PERSON), (AN, VISIT)},
        ),
        (ME, "me { fullName card { holder { fullName } } visits { edges { node { id } } } }", set()),
        (ME, "me { friends(atMost: 1) { id } }", set()),
        (ME, 'checkCard(cardNumber: "GD4000000002") { number }', {(BINH, CARD)}),
        (ME, 'checkCard(cardNumber: "GD4000000001") { number }', set()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_every_person_in_an_answer(
    clinic: Application, viewer: Viewer, fields: str, noted: set[tuple[str, str]], executor: str
) -> None:
    execute = executed_by(clinic.executor if executor == "plan" else clinic.reference)
    answer = await execute(viewer.audience, viewer, f"{{ {fields} }}", {}, None)
    assert "errors" not in orjson.loads(answer.body), answer.body
    assert answer.planned is (executor == "plan")
    assert {(read.subject, read.kind) for read in answer.reads} == noted
    count = await one(clinic.services.database, "SELECT count(*) FROM audit_entry WHERE result = 'done'")
    assert count == len(noted)
    shown = await one(clinic.services.database, "SELECT count(*) FROM audit_entry WHERE shown_to IS NOT NULL")
    assert shown == len(noted)


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_a_payload_tells_of_others_too(clinic: Application, executor: str) -> None:
    execute = executed_by(clinic.executor if executor == "plan" else clinic.reference)
    document = "mutation { arrive { ... on Arrival { visitor { fullName } beside { id card { number } } } } }"
    answer = await execute(ME.audience, ME, document, {}, None)
    body = orjson.loads(answer.body)
    told = {(read.subject, read.kind, read.result) for read in answer.reads}
    assert body["data"]["arrive"]["visitor"]["fullName"], body
    assert (DUNG, CARD, "refused") in told
    assert all(subject != AN for subject, *_ in told)


@pytest.mark.parametrize(
    ("fields", "noting"),
    [
        ("me { fullName card { number uses { cost } } grants { amount } visits { edges { node { id } } } }", False),
        ("me { bestGrant { amount } }", True),  # by a key of the row's own: it might be somebody else's
        ("me { card { holder { fullName } } }", True),
    ],
)  # fmt: skip
async def test_what_is_ones_own_is_known_beforehand(clinic: Application, fields: str, noting: bool) -> None:
    """A plan of what can only be the viewer's has nothing to do for the trail."""
    prepared = clinic.documents[Audience.PARTICIPANT].free(f"{{ {fields} }}")
    (operation,) = prepared.operations.values()
    ready = clinic.planner.ready(prepared, operation, {}, ME)
    assert isinstance(ready, Ready)
    assert (ready.plan.observe is not None) is noting
