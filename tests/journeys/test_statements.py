"""How many SQL statements each trusted query takes: a loader that stopped batching would show here first."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway.access import Audience
from gateway.demo.people import DemoParticipant
from tests.journeys.conftest import Gateway

Tokens = Mapping[Audience, str | None]

# One more than the rows' own reads for whoever sends a token: the session.
STATEMENTS: dict[tuple[Audience, str], int] = {
    (Audience.PUBLIC, "SearchFacilities"): 3,  # page, count, provinces
    (Audience.PUBLIC, "Provinces"): 2,  # page, what they became
    (Audience.PARTICIPANT, "Me"): 2,
    (Audience.PARTICIPANT, "MyCard"): 4,  # session, person, card, facility
    (Audience.PARTICIPANT, "MyCards"): 4,  # session, page, count, facilities
    (Audience.PARTICIPANT, "SearchFacilities"): 4,
    (Audience.PARTICIPANT, "Provinces"): 3,
    (Audience.OFFICER, "FindParticipant"): 4,  # session, person, cards, facilities
    (Audience.HOSPITAL, "CheckCard"): 5,  # session, card, facility, holder, holder's current card
}


def test_every_trusted_query_is_counted(gateway: Gateway) -> None:
    trusted = {
        (audience, one.name)
        for audience, documents in gateway.application.documents.items()
        for one in documents.all_trusted()
        if one.text.startswith("query")
    }
    assert trusted == STATEMENTS.keys()


@pytest.mark.parametrize(("audience", "name"), STATEMENTS, ids=lambda part: getattr(part, "value", part))
async def test_statements(
    gateway: Gateway, tokens: Tokens, people: list[DemoParticipant], audience: Audience, name: str
) -> None:
    (document,) = [one for one in gateway.application.documents[audience].all_trusted() if one.name == name]
    code = people[0].social_security_code
    variables = {"number": code, "socialSecurityCode": code, "search": "da khoa"}
    await gateway.post(None, tokens[audience], documentId=document.hash, variables=variables)
    gateway.statements.texts.clear()
    answer = await gateway.post(None, tokens[audience], documentId=document.hash, variables=variables)
    assert "errors" not in answer.json(), answer.text
    assert gateway.statements.count == STATEMENTS[audience, name], gateway.statements.texts
