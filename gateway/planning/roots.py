"""Fields of Query that lead to one row or entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy import bindparam

from gateway.access import Audience
from gateway.authoring.sources import EntitySource, LookupSource
from gateway.entities import is_entity
from gateway.model import Member
from gateway.planning.build import Build
from gateway.planning.frames import base
from gateway.planning.nulls import optional
from gateway.planning.places import EntityPlace, View
from gateway.planning.results import first
from gateway.planning.script import ONCE
from gateway.planning.selections import Wanted
from gateway.planning.stepping import StepAside
from gateway.reference.arguments import prepared

if TYPE_CHECKING:
    from gateway.planning.objects import Objects


class Roots:
    """Writes look-ups, and entities whose key is known beforehand."""

    def __init__(self, build: Build, objects: Objects) -> None:
        self._build = build
        self._objects = objects

    def written(self, member: Member, field: GraphQLField, wanted: Wanted) -> str:
        """Source of such a field."""
        match member.source:
            case LookupSource() as source:
                return self._lookup(member, field, wanted, source)
            case EntitySource() as source:
                return self._entity(member, field, wanted, source)
            case _:
                raise StepAside(f"{member.coordinate}: no plan for its source")

    def _entity(self, member: Member, field: GraphQLField, wanted: Wanted, source: EntitySource) -> str:
        name = source.argument
        if name is None:
            known = self._build.value("viewer.subject")
            if self._build.catalog.schema.audience is Audience.PARTICIPANT:
                self._build.own.add(known)
        else:
            arguments = self._build.arguments(field, wanted)
            known = self._build.value(f"v{arguments}[{name!r}]")
        entity = member.shape.target
        assert entity is not None
        assert is_entity(entity)
        type_ = get_named_type(field.type)
        assert isinstance(type_, GraphQLObjectType)
        key = f"v{known}"
        place = EntityPlace(entity, key, f"{ONCE} if {key} is not None", 0, known=known)
        made = self._objects.written(type_, self._build.selections.below(type_, wanted), place)
        return optional(member, field, key, made)

    def _lookup(self, member: Member, field: GraphQLField, wanted: Wanted, source: LookupSource) -> str:
        target = self._build.catalog.model.target_of(member)
        assert target is not None
        self._build.scope(target)
        arguments = self._build.arguments(field, wanted)
        constant = self._build.script.constant
        occurrence = base(target)
        frame = self._build.frame(0, first, occurrence.table)
        frame.binds["value"] = self._build.value(
            f"{constant(prepared)}({source.argument!r}, {constant(source.prepare)}, v{arguments}[{source.argument!r}])"
        )
        frame.where = [occurrence.here(source.column) == bindparam("value", type_=source.column.type)]
        self._build.narrow(frame, occurrence)
        presence = f"{frame.data}[{frame.cell(occurrence, target.key)}]"
        view = View(frame, occurrence, frame.data, f"{ONCE} if {presence} is not None")
        made = self._objects.node(get_named_type(field.type), wanted, view)
        return optional(member, field, presence, made)
