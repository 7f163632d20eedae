"""Plugins into one schema per audience: a field that an audience may never call does not exist in its schema."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import strawberry
from graphql import GraphQLSchema
from sqlalchemy import Dialect
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from gateway.access import ANYONE, VIA_PARENT, Audience, Scope
from gateway.authoring.scalars import SCALARS
from gateway.authoring.sources import DeclaredField
from gateway.checks import problems_of
from gateway.clock import Clock
from gateway.contributions import Contributions
from gateway.entities import Mutation, Query
from gateway.model import Member, Model, ModelBuilder, type_name
from gateway.reference.reads import Reads
from gateway.reference.resolvers import Resolvers
from gateway.registry import Problem, Registry, StartupRefused


@dataclass(frozen=True)
class Assembly:
    """The model and each audience's schema."""

    model: Model
    scopes: Mapping[str, Scope]
    schemas: Mapping[Audience, AudienceSchema]


class AudienceSchema(strawberry.Schema):
    """One audience's schema, with the reference resolvers bound."""

    def __init__(
        self, audience: Audience, model: Model, scopes: Mapping[str, Scope], resolvers: Resolvers
    ) -> None:
        self.audience = audience
        self._model = model
        self._scopes = scopes
        self._resolvers = resolvers
        super().__init__(
            query=Query,
            mutation=Mutation if self.visible("Mutation") else None,
            types=self._reachable_kinds(),
            config=StrawberryConfig(scalar_map=SCALARS),
        )

    @property
    def graph(self) -> GraphQLSchema:
        """The schema as graphql-core knows it."""
        return self._schema

    def visible(self, owner: str) -> list[Member]:
        """The fields of a type that exist for this audience."""
        return self._model.visible(owner, self.audience, self._scopes)

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """Strawberry's seam: own and contributed fields, narrowed to the audience, each a copy bound to its resolver."""
        name = type_name(type_definition.origin) if not type_definition.concrete_of else ""
        if type_definition.is_input or self._model.types.get(name) is not type_definition.origin:
            return type_definition.fields
        return [self._bound(member) for member in self.visible(name)]

    def _bound(self, member: Member) -> StrawberryField:
        field = copy.copy(member.field)
        if member.rule not in (VIA_PARENT, ANYONE):
            field.description = f"{(field.description or '').rstrip('. ')}. Requires: {member.rule.name}."
        if isinstance(field, DeclaredField):
            self._resolvers.bind(member, field)
        return field

    def _reachable_kinds(self) -> list[type]:
        """Implementations of the interfaces that this audience reaches; nothing else leads to them."""
        reached = self._model.reached(self.audience, self._scopes)
        return [kind for name in sorted(reached) for kind in self._model.implementations(name)]


def checked_model(registry: Registry, contributions: Contributions, found: Iterable[Problem] = ()) -> Model:
    """The model, or :class:`StartupRefused` naming every problem of every plugin (and those found before) at once."""
    model = ModelBuilder().build([("core", (Clock,)), *contributions.classes])
    metadata = {plugin: tables.metadata for plugin, tables in contributions.tables.items()}
    problems: list[Problem] = [*found, *registry.problems, *contributions.problems]
    problems += problems_of(model, contributions.scopes, metadata)
    if problems:
        raise StartupRefused(problems)
    return model


def assemble(model: Model, scopes: Mapping[str, Scope], dialect: Dialect, page_size: int) -> Assembly:
    """A schema for each audience."""
    resolvers = Resolvers(model, Reads(model, dialect, page_size))
    schemas = {audience: AudienceSchema(audience, model, scopes, resolvers) for audience in Audience}
    return Assembly(model, scopes, schemas)
