"""Strawberry with SQLAlchemy's ORM, resolvers and data loaders as their documentations show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, cast

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from benchmarks.contenders import orm


@dataclass
class Loaders:
    """The loaders of one request."""

    card: DataLoader[str, Any] = field(
        default_factory=lambda: DataLoader(load_fn=orm.one_by(orm.Card.current_for, orm.Card))
    )
    facility: DataLoader[str, Any] = field(
        default_factory=lambda: DataLoader(load_fn=orm.one_by(orm.Facility.code, orm.Facility))
    )
    province: DataLoader[str, Any] = field(
        default_factory=lambda: DataLoader(load_fn=orm.one_by(orm.Province.key, orm.Province))
    )
    holder: DataLoader[str, Any] = field(
        default_factory=lambda: DataLoader(load_fn=orm.one_by(orm.Participant.id, orm.Participant))
    )
    entitlements: DataLoader[str, Any] = field(
        default_factory=lambda: DataLoader(load_fn=orm.entitlements_of)
    )


Info = strawberry.Info[Loaders, None]


@strawberry.type
class Province:
    """A province."""

    id: strawberry.ID
    name: str


async def province_of(root: strawberry.Parent[orm.Facility], info: Info) -> Province:
    """Where a facility is."""
    found: orm.Province = await info.context.province.load(root.province_key)
    return Province(id=strawberry.ID(found.key), name=found.name)


@strawberry.type
class Facility:
    """A medical facility."""

    code: str
    name: str
    kind: str
    province: Province = strawberry.field(resolver=province_of)


@strawberry.type
class Participation:
    """A period of insurance."""

    scheme: str
    valid_from: dt.date
    valid_to: dt.date | None
    employer: str
    position: str
    salary: int
    contribution: int
    agency: str


@strawberry.type
class ParticipationEdge:
    """A row of a page."""

    node: Participation


@strawberry.type
class ParticipationConnection:
    """A page."""

    edges: list[ParticipationEdge]


@strawberry.type
class Entitlement:
    """Something that a participant may claim."""

    name: str
    amount: int
    valid_from: dt.date
    valid_to: dt.date | None


async def facility_of(root: strawberry.Parent[orm.Card], info: Info) -> Facility:
    """Where the holder of a card is first treated."""
    found: Facility = await info.context.facility.load(root.facility_code)
    return found


async def holder_of(root: strawberry.Parent[orm.Card], info: Info) -> Participant:
    """Whose card it is."""
    found: Participant = await info.context.holder.load(root.participant_id)
    return found


@strawberry.type
class Card:
    """A health insurance card."""

    number: str
    state: str
    object_code: str
    benefit_level: int
    valid_from: dt.date
    valid_to: dt.date | None
    five_year_date: dt.date | None
    living_area: str | None
    place_of_issue: str
    issued_on: dt.date
    registered_facility: Facility = strawberry.field(resolver=facility_of)
    holder: Participant = strawberry.field(resolver=holder_of)


async def card_of(root: strawberry.Parent[orm.Participant], info: Info) -> Card | None:
    """The newest card of a participant."""
    found: Card | None = await info.context.card.load(root.id)
    return found


async def participations_of(root: strawberry.Parent[orm.Participant], first: int) -> ParticipationConnection:
    """The latest periods of a participant."""
    rows: Any = await orm.latest_participations(root.id, first)
    return ParticipationConnection(edges=[ParticipationEdge(node=row) for row in rows])


async def entitlements_of(root: strawberry.Parent[orm.Participant], info: Info) -> list[Entitlement]:
    """What a participant may claim."""
    found: list[Entitlement] = await info.context.entitlements.load(root.id)
    return found


@strawberry.type
class Participant:
    """A person."""

    id: strawberry.ID
    social_security_code: str
    full_name: str
    birth_date: dt.date
    birth_date_precision: str
    sex: str
    health_insurance_card: Card | None = strawberry.field(resolver=card_of)
    participations: ParticipationConnection = strawberry.field(resolver=participations_of)
    entitlements: list[Entitlement] = strawberry.field(resolver=entitlements_of)


@strawberry.type
class FacilityEdge:
    """A row of a page."""

    node: Facility


@strawberry.type
class FacilityConnection:
    """A page."""

    edges: list[FacilityEdge]


@strawberry.type
class Query:
    """The roots."""

    @strawberry.field
    async def health_insurance_card(self, number: str) -> Card | None:
        """A card by number."""
        return cast("Card | None", await orm.card_by_number(number))

    @strawberry.field
    async def participant(self, id: strawberry.ID) -> Participant | None:  # noqa: A002  the argument's name
        """A participant by key."""
        return cast("Participant | None", await orm.participant_by_key(id))

    @strawberry.field
    async def facilities(self, province: str, pattern: str, first: int) -> FacilityConnection:
        """Facilities of a province by name."""
        rows: Any = await orm.facilities_named(province, pattern, first)
        return FacilityConnection(edges=[FacilityEdge(node=row) for row in rows])


class Endpoint(GraphQL[Loaders, None]):
    """Each request has loaders of its own."""

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Loaders:  # noqa: ARG002
        """The loaders."""
        return Loaders()


app = Endpoint(strawberry.Schema(query=Query), graphql_ide=None)
