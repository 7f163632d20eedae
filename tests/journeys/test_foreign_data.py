"""Another person's data is unreachable by any path: what is somebody else's is answered like what is not there, byte for byte.

Every field that takes an identifier is found in the published graphs, and each needs a case below; a new one without a case
fails. The identifiers come from a walk over all that a participant can read about themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import pytest
from graphql import GraphQLObjectType, GraphQLSchema

from gateway.access import Audience, Viewer
from gateway.demo.people import DemoParticipant
from gateway.testing import answer, ask
from tests.journeys.conftest import Gateway
from tests.journeys.walking import (
    everything,
    identifiers_given,
    identifiers_taken,
    is_askable,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """How an identifier that leads to somebody's data is asked with, as ``$key``; the owner's own answers this.

    ``own`` is the type whose identifiers it takes, or the attribute of a demo person. Officers and hospitals hold no scope.
    """

    query: str
    own: str


PUBLIC: Final = "names what everybody may know"
STAFF: Final = "names officers, to those who administer them, within the agencies that they administer"
CHALLENGE: Final = "a secret just given to whoever answers it, good on one device, for one purpose and once"
RESET: Final = "asked by officers, within the agencies that they look after"
CASES: Final[Mapping[str, Case | str]] = {
    "Mutation.changeOfficer(id)": STAFF,
    "Mutation.changeRequiredPassword(change.challenge)": CHALLENGE,
    "Mutation.confirmDevice(confirmation.challenge)": CHALLENGE,
    "Mutation.chooseForgottenPassword(change.challenge)": CHALLENGE,
    "Mutation.confirmForgottenPassword(confirmation.challenge)": CHALLENGE,
    "Mutation.confirmPassword(confirmation.challenge)": CHALLENGE,
    "Mutation.confirmAuthenticator(confirmation.challenge)": CHALLENGE,
    "Mutation.confirmOldPhone(confirmation.challenge)": CHALLENGE,
    "Mutation.confirmNewPhone(confirmation.challenge)": CHALLENGE,
    "Mutation.confirmOldEmail(confirmation.challenge)": CHALLENGE,
    "Mutation.confirmNewEmail(confirmation.challenge)": CHALLENGE,
    "Mutation.confirmRequiredPassword(confirmation.challenge)": CHALLENGE,
    "Mutation.continueOnThisDevice(challenge)": CHALLENGE,
    "Mutation.confirmCredentialReset(id)": RESET,
    "Mutation.rejectCredentialReset(id)": RESET,
    "Mutation.requestCredentialReset(reset.participant)": RESET,
    "Mutation.resendTemporaryPassword(id)": RESET,
    "Mutation.disableOfficer(id)": STAFF,
    "Mutation.resendCode(challenge)": CHALLENGE,
    "Mutation.resetOfficerCredentials(id)": STAFF,
    "Query.officers(agency)": STAFF,
    "Query.officers(userName)": STAFF,
    "Query.facilities(search)": PUBLIC,
    "Query.facilities(province)": PUBLIC,
    "Query.participant(id)": Case("query ($key: ID!) { participant(id: $key) { fullName } }", "key"),
    "Query.participantByCode(socialSecurityCode)": Case(
        "query ($key: String!) { participantByCode(socialSecurityCode: $key) { fullName } }",
        "social_security_code",
    ),
    "Query.healthInsuranceCard(number)": Case(
        "query ($key: String!) { healthInsuranceCard(number: $key) { state } }", "social_security_code"
    ),
    "Participant.participationRecords(employer)": PUBLIC,
    "Participant.visits(facility)": PUBLIC,
    "Participant.visits(id)": Case(
        "query ($key: ID!) { me { visits(id: $key) { totalCount edges { node { id diagnosisName } } } } }",
        "MedicalVisit",
    ),
}
"""Every identifier that is taken, by coordinate: how it is tried, or why it leads to nobody's record."""

PUBLIC_ON: Final = {"Address"}
"""Types of the participant's graph with identifiers that everybody may know: an address has a province's."""

CHALLENGES_ON: Final = {"AuthenticatorBegun"}
"""Types of it whose identifier is a challenge that a mutation has just given to whoever asked."""

MISSING: Final = {"key": "0" * 24, "social_security_code": "0099999999"}
LISTS: Final = "query (${side}: String) {{ me {{ {name}({side}: ${side}) {{ edges {{ cursor }} }} }} }}"


def graphs(gateway: Gateway) -> dict[Audience, GraphQLSchema]:
    return {audience: schema.graph for audience, schema in gateway.application.assembly.schemas.items()}


def person_type(schema: GraphQLSchema) -> GraphQLObjectType:
    found = schema.type_map["Participant"]
    assert isinstance(found, GraphQLObjectType)
    return found


async def walked(gateway: Gateway, viewer: Viewer) -> dict[str, set[str]]:
    """Every identifier that a participant can read, starting from ``me``, by the type that it is on."""
    schema = graphs(gateway)[Audience.PARTICIPANT]
    found: dict[str, set[str]] = {}
    for name, field in person_type(schema).fields.items():
        if not is_askable(field):
            continue
        body = await ask(gateway.application, viewer, f"{{ me {{ {everything(schema, field, name)} }} }}")
        assert "errors" not in body, (name, body["errors"])
        value = body["data"]["me"][name]
        if name == "id":
            found.setdefault("Participant", set()).add(value)
        for on, key in identifiers_given(schema, field.type, value):
            found.setdefault(on, set()).add(key)
    return found


def of(person: DemoParticipant) -> Viewer:
    return Viewer(Audience.PARTICIPANT, person.key)


def private(gateway: Gateway, found: Mapping[str, T]) -> dict[str, T]:
    """Identifiers of what the public has no type for, by the type that they are on."""
    public = graphs(gateway)[Audience.PUBLIC].type_map.keys()
    return {name: keys for name, keys in found.items() if name not in public | PUBLIC_ON | CHALLENGES_ON}


def test_every_identifier_has_a_case(gateway: Gateway) -> None:
    taken = {str(one) for schema in graphs(gateway).values() for one in identifiers_taken(schema)}
    assert taken == CASES.keys(), "give CASES one for each identifier that is taken, and none for others"


async def test_every_type_with_an_identifier_is_walked(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    """Whatever the participant's graph gives an ID for is public, or met by the first person, who has some of everything."""
    schema = graphs(gateway)[Audience.PARTICIPANT]
    with_id = {
        name: True
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType)
        and any(str(field.type).strip("!") == "ID" for field in type_.fields.values())
    }
    assert private(gateway, with_id).keys() == private(gateway, await walked(gateway, of(people[0]))).keys()


async def test_the_walk_of_one_meets_nothing_of_another(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    found = [private(gateway, await walked(gateway, of(person))) for person in people[:6]]
    assert set(found[0]) >= {"Participant", "MedicalVisit", "MonthlyEntitlement"}
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            for name in one.keys() & other.keys():
                assert not one[name] & other[name], name


@pytest.mark.parametrize("coordinate", [name for name, case in CASES.items() if isinstance(case, Case)])
async def test_what_is_anothers_is_answered_like_what_is_not_there(
    gateway: Gateway, people: list[DemoParticipant], coordinate: str
) -> None:
    case = CASES[coordinate]
    assert isinstance(case, Case)
    owner, other = people[0], people[1]
    owned = private(gateway, await walked(gateway, of(owner)))
    # Each identifier is tried wherever one is taken: a visit's where a person's is meant, too.
    keys = [
        owner.key,
        owner.social_security_code,
        *(key for found in owned.values() for key in sorted(found)[:3]),
    ]
    for audience, schema in graphs(gateway).items():
        if coordinate not in map(str, identifiers_taken(schema)):
            continue
        viewer = of(other) if audience is Audience.PARTICIPANT else Viewer(audience, "somebody")
        missing = await text_of(gateway, viewer, case, MISSING.get(case.own, "no such key"))
        for key in keys:
            assert await text_of(gateway, viewer, case, key) == missing, (audience, key)
        if audience is Audience.PARTICIPANT:
            own = min(owned[case.own])
            assert await text_of(gateway, of(owner), case, own) != missing, "the owner finds nothing either"


async def text_of(gateway: Gateway, viewer: Viewer, case: Case, key: str) -> bytes:
    """The bytes of an answer, whichever key was asked with."""
    return await answer(gateway.application, viewer, case.query, {"key": key})


async def test_cursors_of_another_list_lead_nowhere_else(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    """A cursor is a place in an order: with a foreign one, one's own rows are read, or none."""
    schema = graphs(gateway)[Audience.PARTICIPANT]
    lists = [name for name, field in person_type(schema).fields.items() if "after" in field.args]
    assert {"visits", "entitlements", "healthInsuranceCards"} <= set(lists)
    tried = 0
    for name in lists:
        mine, theirs = [await cursors(gateway, of(person), name) for person in (people[1], people[0])]
        for cursor in theirs:
            for side in ("after", "before"):
                read = await cursors(gateway, of(people[1]), name, **{side: cursor})
                assert set(read) <= set(mine), name
                tried += 1
    assert tried > len(lists)


async def cursors(gateway: Gateway, viewer: Viewer, name: str, **place: str) -> list[str]:
    side = next(iter(place), "after")
    body: dict[str, Any] = await ask(gateway.application, viewer, LISTS.format(name=name, side=side), place)
    found = body["data"]["me"][name]
    return [] if found is None else [edge["cursor"] for edge in found["edges"]]
