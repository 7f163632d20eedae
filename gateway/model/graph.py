"""All types and fields that plugins contribute, found by walking from their classes to every type these lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from gateway.access import VIA_PARENT, Audience, Rule, Scope
from gateway.authoring.data_kinds import PERSONAL, DataKind
from gateway.authoring.types import declared_extension, declared_rows, is_made_by_code
from gateway.entities import Participant, is_entity
from gateway.model.members import Member, definition_of, shape_of, type_name
from gateway.model.row_sets import RowSet, RowSets, read_from
from gateway.registry import Problem


@dataclass(frozen=True, eq=False)
class Model:
    """All types and fields. ``fields`` by type name, in the order types' own, then plugins' by name."""

    fields: Mapping[str, tuple[Member, ...]]
    types: Mapping[str, type]
    owners: Mapping[str, str]
    row_sets: Mapping[type, RowSet]
    problems: tuple[Problem, ...]

    def members(self) -> Iterator[Member]:
        """Every field."""
        for found in self.fields.values():
            yield from found

    def visible(self, owner: str, audience: Audience, scopes: Mapping[str, Scope]) -> list[Member]:
        """The fields of a type that exist for an audience."""
        return [member for member in self.fields.get(owner, ()) if audience in member.rule.reach(scopes)]

    def reached(self, audience: Audience, scopes: Mapping[str, Scope]) -> set[str]:
        """Names of the types that an audience can get to from Query and Mutation, an interface's implementations with it."""
        found: set[str] = set()
        waiting = ["Query", "Mutation"]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                targets = [
                    target
                    for member in self.visible(name, audience, scopes)
                    for target in member.shape.targets
                ]
                waiting += [type_name(cls) for cls in (*targets, *self.implementations(name))]
        return found

    def implementations(self, interface: str) -> list[type]:
        """The types that implement an interface; none of what is no interface."""
        cls = self.types.get(interface)
        return [
            kind
            for kind in self.types.values()
            if any(found.origin is cls for found in definition_of(kind).interfaces)
        ]

    def rows_of(self, cls: type | None) -> RowSet | None:
        """The row set of a type or extension."""
        return self.row_sets.get(cls) if cls is not None else None

    def target_of(self, member: Member) -> RowSet | None:
        """The rows that a field leads to: its type's own, or the plugin's rows about the entity that is its type."""
        target = member.shape.target
        table = read_from(member.source)
        if not is_entity(target) or table is None:
            return self.rows_of(target)
        mine = (
            self.row_sets.get(other.declared_in)
            for other in self.fields[type_name(target)]
            if other.plugin == member.plugin
        )
        return next((row_set for row_set in mine if row_set is not None and row_set.table is table), None)

    def data_of(self, member: Member) -> DataKind | None:
        """What a field tells of a participant: of the one whom it is on, or whom the row that it leads to is about."""
        target = self.target_of(member)
        if target is not None and target.data is not None:
            return target.data
        extension = member.extension
        if extension is None or extension.target is not Participant:
            return None
        return extension.data or PERSONAL

    @cached_property
    def data_kinds(self) -> Mapping[str, DataKind]:
        """Every kind of personal data, by name."""
        declared = [found.data for found in self.row_sets.values()]
        declared += [found.data for one in self.members() if (found := one.extension) is not None]
        return {found.name: found for found in (PERSONAL, *declared) if found is not None}


class ModelBuilder:
    """Walks from the plugins' classes to every type they lead to."""

    def __init__(self) -> None:
        self.fields: dict[str, list[Member]] = {}
        self.types: dict[str, type] = {}
        self.owners: dict[str, str] = {}
        self.extensions: list[tuple[str, type]] = []
        self.problems: list[Problem] = []

    def build(self, contributions: Iterable[tuple[str, Iterable[type]]]) -> Model:
        """The model of (plugin name, classes)."""
        for plugin, classes in contributions:
            for cls in classes:
                if declared_extension(cls) is not None:
                    self.extensions.append((plugin, cls))
                    self._extend(plugin, cls)
                elif get_object_definition(cls) is None:
                    self.problems.append(Problem(plugin, cls.__name__, "is not a declared GraphQL type"))
                else:
                    self._type(plugin, cls)
        frozen = {name: tuple(members) for name, members in self.fields.items()}
        row_sets = RowSets(self.types.values(), [cls for _, cls in self.extensions], frozen).build()
        return Model(frozen, self.types, self.owners, row_sets, tuple(self.problems))

    def _extend(self, plugin: str, fragment: type) -> None:
        extension = declared_extension(fragment)
        assert extension is not None
        self._type(plugin, extension.target)
        for declared in definition_of(fragment).fields:
            self._member(plugin, extension.target, fragment, declared)

    def _type(self, plugin: str, cls: type) -> None:
        name = type_name(cls)
        known = self.types.setdefault(name, cls)
        owner = self.owners.setdefault(name, plugin)
        if known is not cls:
            self.problems.append(
                Problem(plugin, name, f"this type is also declared by {owner}; type names are unique")
            )
        if known is not cls or name in self.fields:
            return
        self.fields[name] = []
        for declared in definition_of(cls).fields:
            self._member(plugin, cls, cls, declared)
        for interface in definition_of(cls).interfaces:
            self._type(plugin, interface.origin)

    def _member(self, plugin: str, owner: type, declared_in: type, declared: StrawberryField) -> None:
        shape = shape_of(declared.resolve_type())
        member = Member(plugin, owner, declared_in, declared, VIA_PARENT, shape)
        rule = self._rule(member)
        if rule is None:
            self.problems.append(Problem(plugin, member.coordinate, "no access rule; give it rule=..."))
            rule = VIA_PARENT
        fields = self.fields[type_name(owner)]
        clash = next((other for other in fields if other.name == member.name), None)
        if clash is not None:
            self.problems.append(
                Problem(
                    plugin,
                    member.coordinate,
                    f"{clash.plugin} declares this field too; merging never overrides",
                )
            )
            return
        fields.append(Member(plugin, owner, declared_in, declared, rule, shape))
        self._follow(plugin, shape.inner)

    def _rule(self, member: Member) -> Rule | None:
        if member.source is not None and member.source.rule is not None:
            return member.source.rule
        if is_entity(member.owner) and member.declared_in is member.owner:
            return VIA_PARENT  # the key of an entity is known to whoever reached it
        if is_made_by_code(member.declared_in):
            return VIA_PARENT
        if declared_rows(member.declared_in) is not None and member.source is not None:
            return VIA_PARENT
        return None

    def _follow(self, plugin: str, inner: Any) -> None:
        if isinstance(inner, StrawberryUnion):
            for option in inner.types:
                self._follow(plugin, option)
        elif isinstance(inner, type) and get_object_definition(inner) is not None:
            self._type(plugin, inner)
