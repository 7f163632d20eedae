"""What each trusted query costs: statements and round trips are counted, not timed, so that a loss shows here first."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
import pytest_asyncio

from gateway.access import Audience
from gateway.demo.people import DemoParticipant
from gateway.errors import Language
from gateway.execution import Caller, GraphQLRequest
from gateway.planning.stepping import StepAside
from plugins.accounts.demo import DEMO_TOKENS
from tests.journeys.conftest import Gateway

pytestmark = pytest.mark.asyncio(loop_scope="module")

Tokens = Mapping[Audience, str | None]

# (round trips, statements in them) with the session's row among them; and the statements of the reference, without it.
# Code reads for itself: CODE has the statements of those documents that come on top of a plan's rounds.
COSTS: dict[tuple[Audience, str], tuple[int, int, int]] = {
    (Audience.PUBLIC, "SearchFacilities"): (1, 2, 3),  # page with provinces, count; page, count, provinces
    (Audience.PUBLIC, "Provinces"): (1, 1, 2),
    (Audience.PARTICIPANT, "Me"): (1, 2, 1),
    (Audience.PARTICIPANT, "MyAuthenticator"): (1, 1, 1),  # session
    (Audience.PARTICIPANT, "PersonalInformation"): (1, 2, 4),  # session, and the person's tables joined
    (Audience.PARTICIPANT, "MyDependants"): (2, 5, 6),  # session; children, contacts, addresses, cards
    (Audience.PARTICIPANT, "MyCard"): (1, 2, 3),  # session, and person, card and facility in one
    (Audience.PARTICIPANT, "ShowMyCard"): (
        1,
        2,
        1,
    ),  # session, card; signing and addresses need no statement here
    (Audience.PARTICIPANT, "MyCards"): (1, 3, 3),  # session, page with facilities, count
    (Audience.PARTICIPANT, "HomeScreen"): (1, 6, 7),  # session; person, card and facility; three pages; count
    (Audience.PARTICIPANT, "MyEntitlements"): (1, 3, 2),
    (Audience.PARTICIPANT, "MyEntitlementYears"): (1, 1, 1),
    (Audience.PARTICIPANT, "MyHealthBook"): (1, 1, 1),
    (Audience.PARTICIPANT, "MyVisits"): (1, 3, 3),
    (Audience.PARTICIPANT, "MyVisit"): (1, 2, 3),
    (Audience.PARTICIPANT, "MyDependantsRecords"): (
        2,
        6,
        8,
    ),  # session; code; then children, pages and counts
    (Audience.PARTICIPANT, "ShowDependantsCards"): (2, 3, 3),  # session; code; children and cards
    (Audience.PARTICIPANT, "MyParticipation"): (1, 3, 2),
    (Audience.PARTICIPANT, "MyParticipationFiles"): (1, 1, 0),
    (Audience.PARTICIPANT, "MyParticipationTotals"): (1, 1, 1),
    (Audience.PARTICIPANT, "SearchFacilities"): (1, 3, 3),
    (Audience.PARTICIPANT, "Provinces"): (1, 2, 2),
    (Audience.PARTICIPANT, "MyAccessLog"): (1, 2, 2),  # session, page with facilities
    (Audience.OFFICER, "FindParticipant"): (2, 3, 3),  # session and person, then cards with facilities
    (Audience.OFFICER, "ThisOfficer"): (
        1,
        2,
        2,
    ),  # session, and officer and agency in one; the centre has none above
    (Audience.OFFICER, "Officers"): (1, 3, 3),
    (Audience.OFFICER, "Agencies"): (1, 2, 1),
    (Audience.OFFICER, "CredentialResets"): (1, 3, 2),
    (Audience.HOSPITAL, "CheckCard"): (1, 2, 4),
}
CODE: Mapping[tuple[Audience, str], int] = {
    (Audience.PARTICIPANT, "MyDependantsRecords"): 2,  # whose guardian one is; years of the children
    (Audience.PARTICIPANT, "MyEntitlementYears"): 1,  # all entitlements, for the totals of every year
    (Audience.PARTICIPANT, "MyHealthBook"): 1,  # the years, summed up by the store
    (Audience.PARTICIPANT, "MyDependants"): 1,
    (Audience.PARTICIPANT, "ShowDependantsCards"): 1,
    (Audience.PARTICIPANT, "MyAuthenticator"): 1,  # the app, with its recovery codes counted
    (Audience.PARTICIPANT, "MyParticipationTotals"): 1,  # the whole record, for totals and years together
}
OF_OTHERS = {
    (Audience.PARTICIPANT, "MyDependants"),
    (Audience.PARTICIPANT, "MyDependantsRecords"),
    (Audience.PARTICIPANT, "ShowDependantsCards"),
    (Audience.OFFICER, "FindParticipant"),
    (Audience.HOSPITAL, "CheckCard"),
}
QUERIES = pytest.mark.parametrize(
    ("audience", "name"), COSTS, ids=lambda part: str(getattr(part, "value", part))
)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def somebody_looked(module_gateway: Gateway, people: list[DemoParticipant]) -> None:
    """An entry for the person's access log, which other tests of the module add to."""
    documents = module_gateway.application.documents[Audience.HOSPITAL].all_trusted()
    (check,) = [one for one in documents if one.name == "CheckCard"]
    token, variables = DEMO_TOKENS[Audience.HOSPITAL], _variables(people)
    answer = await module_gateway.post(None, token, documentId=check.hash, variables=variables)
    assert "errors" not in answer.json()


def _variables(people: list[DemoParticipant]) -> dict[str, object]:
    code = people[0].social_security_code
    visit = f"{people[0].key}-0"
    return {"number": code, "socialSecurityCode": code, "search": "da khoa", "id": visit}


async def test_every_trusted_query_is_counted(module_gateway: Gateway) -> None:
    trusted = {
        (audience, one.name)
        for audience, documents in module_gateway.application.documents.items()
        for one in documents.all_trusted()
        if one.text.startswith("query")
    }
    assert trusted == COSTS.keys()


@QUERIES
async def test_costs(
    module_gateway: Gateway, tokens: Tokens, people: list[DemoParticipant], audience: Audience, name: str
) -> None:
    (document,) = [
        one for one in module_gateway.application.documents[audience].all_trusted() if one.name == name
    ]
    trips, statements, _ = COSTS[audience, name]
    for _ in range(2):  # the first time, the session is read by itself
        module_gateway.statements.texts.clear()
        module_gateway.trips.reset()
        answer = await module_gateway.post(
            None, tokens[audience], documentId=document.hash, variables=_variables(people)
        )
        assert "errors" not in answer.json(), answer.text
    assert (len(module_gateway.trips.texts), module_gateway.trips.statements) == (trips, statements), (
        module_gateway.trips.texts
    )
    assert module_gateway.statements.count == CODE.get((audience, name), 0), module_gateway.statements.texts
    # Whoever reads of others waits for the audit trail: its end, the entries, its end moved, in one transaction.
    assert module_gateway.trips.exchanges == ((audience, name) in OF_OTHERS)


@QUERIES
async def test_costs_of_the_reference(
    module_gateway: Gateway, tokens: Tokens, people: list[DemoParticipant], audience: Audience, name: str
) -> None:
    application = module_gateway.application
    (document,) = [one for one in application.documents[audience].all_trusted() if one.name == name]
    viewer = await application.reference.viewer(tokens[audience])
    module_gateway.statements.texts.clear()
    module_gateway.trips.reset()
    answer = await application.reference.execute(
        GraphQLRequest(None, document.hash, None, _variables(people)), Caller(viewer, Language.EN, "test")
    )
    assert answer.outcome == "OK"
    assert module_gateway.statements.count == COSTS[audience, name][2], module_gateway.statements.texts
    assert module_gateway.trips.exchanges == ((audience, name) in OF_OTHERS)


async def test_every_shape_of_every_trusted_document_is_planned(module_gateway: Gateway) -> None:
    planner, left_out = module_gateway.application.planner, []
    for audience, documents in module_gateway.application.documents.items():
        for document in documents.all_trusted():
            for operation in document.operations.values():
                plans = planner.operation(document, operation, audience)
                asked = plans.questions
                for truths, given, scoped in itertools.product(
                    itertools.product((True, False), repeat=len(asked.truths)),
                    itertools.product((True, False), repeat=len(asked.given)),
                    itertools.product((True, False), repeat=len(asked.scoped)),
                ):
                    try:
                        plans.plan((truths, given, scoped))
                    except StepAside as aside:
                        left_out.append((audience.value, document.name, aside.reason))
    assert left_out == []
