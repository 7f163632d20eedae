"""Ariadne with SQLAlchemy's ORM, resolvers as its documentation shows them and the data loaders that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiodataloader import DataLoader
from ariadne import (
    ObjectType,
    QueryType,
    ScalarType,
    gql,
    make_executable_schema,
)
from ariadne.asgi import GraphQL
from graphql import GraphQLResolveInfo

from benchmarks.contenders import orm

TYPES = gql(
    """
    scalar Date

    type Query {
      healthInsuranceCard(number: String!): Card
      participant(id: ID!): Participant
      facilities(province: String!, pattern: String!, first: Int!): FacilityConnection!
    }

    type Participant {
      id: ID!
      socialSecurityCode: String!
      fullName: String!
      birthDate: Date!
      birthDatePrecision: String!
      sex: String!
      healthInsuranceCard: Card
      participations(first: Int!): ParticipationConnection!
      entitlements: [Entitlement!]!
    }

    type Card {
      number: String!
      state: String!
      objectCode: String!
      benefitLevel: Int!
      validFrom: Date!
      validTo: Date
      fiveYearDate: Date
      livingArea: String
      placeOfIssue: String!
      issuedOn: Date!
      registeredFacility: Facility!
      holder: Participant!
    }

    type Facility { code: String!  name: String!  kind: String!  province: Province! }
    type Province { id: ID!  name: String! }
    type FacilityConnection { edges: [FacilityEdge!]! }
    type FacilityEdge { node: Facility! }
    type ParticipationConnection { edges: [ParticipationEdge!]! }
    type ParticipationEdge { node: Participation! }

    type Participation {
      scheme: String!
      validFrom: Date!
      validTo: Date
      employer: String!
      position: String!
      salary: Int!
      contribution: Int!
      agency: String!
    }

    type Entitlement { name: String!  amount: Int!  validFrom: Date!  validTo: Date }
    """
)

query = QueryType()
participant = ObjectType("Participant")
card = ObjectType("Card")
facility = ObjectType("Facility")
province = ObjectType("Province")
date = ScalarType("Date")


@date.serializer
def written(value: Any) -> str:
    """A day in ISO form."""
    return str(value.isoformat())


@query.field("healthInsuranceCard")
async def card_by_number(_: None, __: GraphQLResolveInfo, *, number: str) -> orm.Card | None:
    """A card by number."""
    return await orm.card_by_number(number)


@query.field("participant")
async def participant_by_key(_: None, __: GraphQLResolveInfo, **arguments: str) -> orm.Participant | None:
    """A participant by key."""
    return await orm.participant_by_key(arguments["id"])


@query.field("facilities")
async def facilities(
    _: None, __: GraphQLResolveInfo, *, province: str, pattern: str, first: int
) -> Mapping[str, Any]:
    """Facilities of a province by name."""
    return page(await orm.facilities_named(province, pattern, first))


@participant.field("healthInsuranceCard")
async def card_of(of: orm.Participant, info: GraphQLResolveInfo) -> Any:
    """The newest card of a participant."""
    return await info.context["card"].load(of.id)


@participant.field("participations")
async def participations_of(of: orm.Participant, _: GraphQLResolveInfo, *, first: int) -> Mapping[str, Any]:
    """The latest periods of a participant."""
    return page(await orm.latest_participations(of.id, first))


@participant.field("entitlements")
async def entitlements_of(of: orm.Participant, info: GraphQLResolveInfo) -> Any:
    """What a participant may claim."""
    return await info.context["entitlements"].load(of.id)


@card.field("registeredFacility")
async def facility_of(of: orm.Card, info: GraphQLResolveInfo) -> Any:
    """Where the holder of a card is first treated."""
    return await info.context["facility"].load(of.facility_code)


@card.field("holder")
async def holder_of(of: orm.Card, info: GraphQLResolveInfo) -> Any:
    """Whose card it is."""
    return await info.context["holder"].load(of.participant_id)


@facility.field("province")
async def province_of(of: orm.Facility, info: GraphQLResolveInfo) -> Any:
    """Where a facility is."""
    return await info.context["province"].load(of.province_key)


@province.field("id")
def province_id(of: orm.Province, _: GraphQLResolveInfo) -> str:
    """The key of a province."""
    return of.key


def page(rows: Sequence[object]) -> Mapping[str, Any]:
    """A connection of some rows."""
    return {"edges": [{"node": row} for row in rows]}


def loaders(_request: object, _data: object = None) -> Mapping[str, DataLoader[str, Any]]:
    """The loaders of one request."""
    return {
        "card": DataLoader(orm.one_by(orm.Card.current_for, orm.Card)),
        "facility": DataLoader(orm.one_by(orm.Facility.code, orm.Facility)),
        "province": DataLoader(orm.one_by(orm.Province.key, orm.Province)),
        "holder": DataLoader(orm.one_by(orm.Participant.id, orm.Participant)),
        "entitlements": DataLoader(orm.entitlements_of),
    }


app = GraphQL(
    make_executable_schema(
        TYPES, query, participant, card, facility, province, date, convert_names_case=True
    ),
    context_value=loaders,
)
