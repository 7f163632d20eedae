"""What documents ask is told by reading them, and what becomes of requests by watching the planner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.migrations import MigrationBranch
from gateway.testing import running
from gateway.testing.equality import executed_by
from gateway.testing.features import Feature
from gateway.testing.surveying import survey
from gateway.testing.watching import PLANNED, Watched
from tests.gateway.clinic import people, plugin
from tests.stores import Store

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    """The clinic's tables."""
    tables = plugin.database_tables()
    return (MigrationBranch("clinic", tables.migrations, tables.metadata),)


@pytest.fixture
async def clinic(store: Store) -> AsyncIterator[Application]:
    """The clinic with its people."""
    async with running({"clinic": plugin}, store.url, people.ROWS) as application:
        yield application


FORMS: Final[dict[str, set[Feature]]] = {
    "{ me { id } }": {Feature.ENTITY_BY_KEY},
    "{ me { mood savings } }": {Feature.ENTITY_BY_KEY, Feature.OWN_ROW, Feature.ENUM},
    "query ($v: Boolean! = true) { me { id @skip(if: $v) } }": {
        Feature.ENTITY_BY_KEY, Feature.CONDITION, Feature.DEFAULT,
    },
    "{ me { a: visits(first: 1) { totalCount } visits(after: \"x\", urgent: true) { pageInfo { endCursor } } } }": {
        Feature.ENTITY_BY_KEY, Feature.ALIAS, Feature.TWO_PAGES, Feature.TOTAL, Feature.AFTER, Feature.FILTER,
        Feature.FLAGS,
    },
    "{ me { friends { greeting } } me { friends { id } } }": {
        Feature.ENTITY_BY_KEY, Feature.MERGED, Feature.CODE_ON_ENTITY, Feature.CODE_ENTITY, Feature.CODE_IN_LIST,
    },
    "{ me { grants { amount ... on BirthGrant { child } } bestGrant { ...F } } } fragment F on SicknessGrant { days }": {
        Feature.ENTITY_BY_KEY, Feature.WHOLE_LIST, Feature.INTERFACE, Feature.INTERFACE_TO_ONE, Feature.TO_ONE,
    },
    "query ($w: String!) { counsel(complaint: {where: $w}) { ... on Advice { at { name } } } }": {
        Feature.CODE_ON_ROOT, Feature.CODE_UNION, Feature.INSIDE_OBJECT, Feature.UNION, Feature.OWN_ROW,
        Feature.BEHIND_CODE,
    },
    "{ participant(id: \"x\") { card { uses { cost } ward { facility { licenceNumber } } } } }": {
        Feature.ENTITY_BY_KEY, Feature.TO_ONE, Feature.WHOLE_LIST, Feature.SCOPED, Feature.TO_ENTITY, Feature.CHAIN,
        Feature.OWN_ROW,
    },
}  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
async def test_what_a_document_asks(clinic: Application, text: str) -> None:
    """Nothing more and nothing less."""
    audience = Audience.OFFICER if "licence" in text else Audience.PARTICIPANT
    found = survey(clinic.assembly.model, clinic.assembly.schemas[audience].graph, text)
    assert found.features == FORMS[text]


async def test_what_variables_add(clinic: Application) -> None:
    """Null, and nothing at all."""
    schema = clinic.assembly.schemas[Audience.PARTICIPANT].graph
    found = survey(
        clinic.assembly.model, schema, "query ($n: Int) { me { visits(first: $n) { totalCount } } }"
    )
    assert found.asked({"n": 1}) == found.features
    assert found.asked({"n": None}) == found.features | {Feature.NULL}
    assert found.asked({}) == found.features | {Feature.ABSENT}


@pytest.mark.parametrize(
    ("viewer", "document", "outcome"),
    [
        (people.participant(people.AN), "{ me { fullName } }", PLANNED),
        (
            people.participant(people.AN),
            '{ participant(id: "00-binh") { fullName } }',
            "rule of Participant.fullName",
        ),
        (people.participant(people.AN), "{ me { friends { fullName } } }", "rule"),
        (people.participant(people.AN), "{ nothing }", None),
    ],
)
async def test_what_becomes_of_requests(
    clinic: Application, viewer: Viewer, document: str, outcome: str | None
) -> None:
    """A plan's answer, the reason to step aside before or after reading, or nothing; told once."""
    watched = Watched(clinic.planner)
    await executed_by(watched.executor(clinic))(viewer.audience, viewer, document, {}, None)
    assert (watched.taken(), watched.taken()) == (outcome, None)
