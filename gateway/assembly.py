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
from gateway.authoring.types import declared_rows
from gateway.checks import problems_of
from gateway.contributions import Contributions
from gateway.entities import Mutation, Query
from gateway.model import Member, Model, ModelBuilder, definition_of, type_name
from gateway.reference.reads import Reads
from gateway.reference.resolvers import Resolvers
from gateway.registry import Problem, Registry, StartupRefused


@dataclass(frozen=True)
class Assembly:
    """The model and, per audience that has something to query, its schema."""

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
        self._kinds: list[type] = []
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
        return [
            member
            for member in self._model.fields.get(owner, ())
            if self.audience in member.rule.reach(self._scopes)
        ]

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
        """Kinds of the interfaces that this audience reaches; nothing else leads to them."""
        reached: set[str] = set()
        waiting = ["Query", "Mutation"]
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            reached.add(name)
            targets = [member.shape.target for member in self.visible(name)]
            waiting += [type_name(target) for target in targets if target is not None]
            waiting += [type_name(kind) for kind in self._kinds_of(name)]
        return [kind for name in reached for kind in self._kinds_of(name)]

    def _kinds_of(self, interface: str) -> list[type]:
        cls = self._model.types.get(interface)
        declared = declared_rows(cls)
        if cls is None or declared is None or declared.by is None:
            return []
        return [
            kind
            for kind in self._model.types.values()
            if any(found.origin is cls for found in definition_of(kind).interfaces)
        ]


def checked_model(registry: Registry, contributions: Contributions, found: Iterable[Problem] = ()) -> Model:
    """The model, or :class:`StartupRefused` naming every problem of every plugin (and those found before) at once."""
    model = ModelBuilder().build(contributions.classes)
    metadata = {plugin: tables.metadata for plugin, tables in contributions.tables.items()}
    problems: list[Problem] = [*found, *registry.problems, *contributions.problems]
    problems += problems_of(model, contributions.scopes, metadata)
    if problems:
        raise StartupRefused(problems)
    return model


def assemble(model: Model, scopes: Mapping[str, Scope], dialect: Dialect, page_size: int) -> Assembly:
    """A schema for each audience that can query something."""
    resolvers = Resolvers(model, Reads(model, dialect, page_size))
    can_query = [
        audience
        for audience in Audience
        if any(audience in member.rule.reach(scopes) for member in model.fields.get("Query", ()))
    ]
    return Assembly(
        model,
        scopes,
        {audience: AudienceSchema(audience, model, scopes, resolvers) for audience in can_query},
    )
