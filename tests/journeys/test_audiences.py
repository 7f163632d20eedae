"""Each audience has its own graph, and the published rules are what the gateway does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_interface_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
    is_union_type,
)

from gateway.access import Audience
from gateway.demo.people import DemoParticipant
from gateway.publishing import access_rows
from plugins.accounts.demo import DEMO_TOKENS
from tests.journeys.conftest import Gateway

Tokens = Mapping[Audience, str | None]
ROOTS = ("Query", "Mutation")


async def test_a_field_of_another_audience_does_not_exist(gateway: Gateway, tokens: Tokens) -> None:
    """Byte for byte the answer to a field that nobody has."""
    for audience, hidden in [
        (Audience.PUBLIC, "me"),
        (Audience.HOSPITAL, "me"),
        (Audience.PARTICIPANT, "participantByCode"),
    ]:
        real = await gateway.post(f"{{ {hidden} {{ id }} }}", tokens[audience])
        invented = await gateway.post("{ xxxxx { id } }", tokens[audience])
        assert real.status_code == invented.status_code
        assert real.text.replace(f"'{hidden}'", "'xxxxx'") == invented.text


async def test_a_hospital_checks_a_card_and_sees_no_more_than_it_may(
    gateway: Gateway, tokens: Tokens, people: list[DemoParticipant]
) -> None:
    query = """
    query Check($number: String!) {
      healthInsuranceCard(number: $number) { state validTo holder { fullName birthDate } registeredFacility { name } }
    }
    """
    hospital = tokens[Audience.HOSPITAL]
    found = None
    for person in people:
        data = await gateway.data(query, hospital, number=person.social_security_code)
        found = found or data["healthInsuranceCard"]
    assert found is not None
    assert await gateway.codes(
        '{ participantByCode(socialSecurityCode: "0000000000") { id } }', hospital
    ) == ["DOCUMENT_INVALID"]
    missing = await gateway.data(query, hospital, number="0099999999")
    assert missing == {"healthInsuranceCard": None}
    assert await gateway.codes(query, hospital, number="not a card") == ["BAD_USER_INPUT"]


@dataclass(frozen=True)
class Place:
    """A way to a type: the selections around it, outermost first."""

    around: tuple[str, ...]

    def query(self, selection: str) -> str:
        for one in reversed(self.around):
            selection = f"{one} {{ {selection} }}"
        return f"{{ {selection} }}"


@pytest.mark.parametrize("audience", list(Audience))
async def test_the_published_rules_are_what_happens(
    gateway: Gateway, tokens: Tokens, people: list[DemoParticipant], audience: Audience
) -> None:
    """Walk every published field of an audience and call it: nobody else's token opens it, the right one does."""
    schema = gateway.application.assembly.schemas[audience].graph
    rows = [row[1:] for row in access_rows(gateway.application) if row[0] == audience.value]
    arguments = await values_for(gateway, people)
    places = dict(reached(schema, arguments))
    called = 0
    for type_name, field_name, rule in rows:
        place = places.get(type_name)
        if type_name == "Mutation" or place is None:
            continue
        field = schema.get_type(type_name).fields[field_name]  # type: ignore[union-attr]
        query = place.query(selected(field_name, field, arguments))
        codes = await gateway.codes(query, tokens[audience])
        assert not set(codes) & {"FORBIDDEN", "INTERNAL", "DOCUMENT_INVALID"}, (query, codes)
        called += 1
        for other in Audience:
            listed = (other.value, type_name, field_name, rule) in access_rows(gateway.application)
            if not listed and type_name == "Query":
                assert await gateway.codes(query, tokens[other]) == ["DOCUMENT_INVALID"], (query, other)
    assert called >= len([row for row in rows if row[0] == "Query"])


async def test_scopes_are_needed_not_just_the_audience(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    """A hospital's token without scopes sees the graph of hospitals and none of its guarded fields."""
    token = await issued(gateway, Audience.HOSPITAL, scopes=())
    schema = gateway.application.assembly.schemas[Audience.HOSPITAL].graph
    arguments = await values_for(gateway, people)
    guarded = [
        row[2]
        for row in access_rows(gateway.application)
        if row[:2] == ("hospital", "Query") and row[3] != "anyone"
    ]
    assert guarded
    for name in guarded:
        query = f"{{ {selected(name, schema.query_type.fields[name], arguments)} }}"  # type: ignore[union-attr]
        answer = (await gateway.post(query, token)).json()
        assert answer["data"] == {name: None}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def issued(gateway: Gateway, audience: Audience, scopes: tuple[str, ...]) -> str:
    """A token as the command line issues them."""
    from plugins.accounts.sessions import Holder, open_session  # noqa: PLC0415
    from plugins.accounts.settings import AccountsSettings  # noqa: PLC0415

    limits = gateway.application.settings.section(AccountsSettings).hospital
    holder = Holder(audience, "01001", frozenset(scopes))
    async with gateway.application.services.database.write() as work:
        return (await open_session(work, holder, limits, gateway.clock())).token


async def values_for(gateway: Gateway, people: list[DemoParticipant]) -> dict[str, str]:
    """A value for each required argument that root fields have."""
    token = DEMO_TOKENS[Audience.PARTICIPANT]  # of the first of them
    me = (await gateway.data("{ me { healthInsuranceCard { number } } }", token))["me"]
    return {
        "number": f'"{me["healthInsuranceCard"]["number"]}"',
        "socialSecurityCode": f'"{people[0].social_security_code}"',
        "id": f'"{people[0].key}"',
    }


def called_with(field: GraphQLField, arguments: Mapping[str, str]) -> str:
    needed = [name for name, argument in field.args.items() if is_required_argument(argument)]
    return f"({', '.join(f'{name}: {arguments[name]}' for name in needed)})" if needed else ""


def selected(name: str, field: GraphQLField, arguments: Mapping[str, str]) -> str:
    inner = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
    return f"{name}{called_with(field, arguments)}{inner}"


def reached(schema: GraphQLSchema, arguments: Mapping[str, str]) -> Iterator[tuple[str, Place]]:
    """The shortest way from Query to each object type."""
    assert schema.query_type is not None
    seen = {"Query": Place(())}
    waiting: list[GraphQLObjectType | GraphQLInterfaceType] = [schema.query_type]
    while waiting:
        type_ = waiting.pop(0)
        place = seen[type_.name]
        yield type_.name, place
        for name, field in type_.fields.items():
            inner = get_named_type(field.type)
            if (is_object_type(inner) or is_interface_type(inner)) and inner.name not in seen:
                seen[inner.name] = Place((*place.around, f"{name}{called_with(field, arguments)}"))
                waiting.append(inner)


def test_guarded_fields_are_nullable_and_everything_is_described() -> None:
    from gateway.app import compose  # noqa: PLC0415

    for schema in compose({"VSSID_DATABASE_URL": "sqlite:////nonexistent/x"}).assembly.schemas.values():
        for name, type_ in schema.graph.type_map.items():
            if name.startswith("__") or name in ("String", "Int", "Boolean", "ID", "Float"):
                continue
            assert type_.description, name
            if is_union_type(type_) or not hasattr(type_, "fields"):
                continue
            for field_name, field in type_.fields.items():
                assert field.description, f"{name}.{field_name}"
                if "Requires:" in field.description:
                    assert not is_non_null_type(field.type), f"{name}.{field_name}"
                for argument_name, argument in getattr(field, "args", {}).items():
                    assert argument.description, f"{name}.{field_name}({argument_name})"
