"""The declared graph: every field that plugins contribute, with its owner, rule, source and resolved type.

Built once from the plugins' classes; the start-up checks, the assembly, the reference executor and the published contract
all read this one model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Table
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import (
    StrawberryList,
    StrawberryObjectDefinition,
    StrawberryOptional,
    get_object_definition,
)
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from gateway.access import VIA_PARENT, Rule
from gateway.authoring.connections import Connection
from gateway.authoring.sources import (
    CellSource,
    DeclaredField,
    DerivedSource,
    LookupSource,
    ManySource,
    Rows,
    Source,
    ToOneSource,
)
from gateway.authoring.types import (
    Extension,
    RowType,
    declared_extension,
    declared_rows,
    is_made_by_code,
)
from gateway.entities import Mutation, Query, is_entity
from gateway.ordering import order_terms, term
from gateway.registry import Problem

CONFIG = StrawberryConfig()


@dataclass(frozen=True)
class Shape:
    """A field's resolved output type: the innermost type and what wraps it."""

    inner: Any
    nullable: bool
    is_list: bool = False
    is_connection: bool = False

    @property
    def target(self) -> type | None:
        """The class of the object type that the field leads to, or None for a leaf."""
        return self.inner if isinstance(self.inner, type) and get_object_definition(self.inner) else None


def shape_of(annotation: Any) -> Shape:
    """Unwrap a resolved strawberry type."""
    nullable = isinstance(annotation, StrawberryOptional)
    if nullable:
        annotation = annotation.of_type
    is_list = isinstance(annotation, StrawberryList)
    if is_list:
        annotation = annotation.of_type
        annotation = annotation.of_type if isinstance(annotation, StrawberryOptional) else annotation
    definition = get_object_definition(annotation)
    if (
        definition is not None
        and definition.concrete_of is not None
        and definition.concrete_of.origin is Connection
    ):
        return Shape(definition.type_var_map["T"], nullable, is_list, is_connection=True)
    return Shape(annotation, nullable, is_list)


@dataclass(frozen=True, eq=False)
class RowSet:
    """The cells of a table that some types declare: read whole by the reference, converted one by one when asked for."""

    name: str
    table: Table
    rows: Rows | None
    cells: tuple[ColumnElement[Any], ...]
    position: Mapping[int, int]
    names: Mapping[str, int]
    by: ColumnElement[Any] | None = None
    kinds: Mapping[object, str] = field(default_factory=dict)
    entity: type | None = None
    entity_key: ColumnElement[Any] | None = None

    @property
    def key(self) -> Column[Any]:
        """The primary key's one column."""
        return self.table.primary_key.columns[0]

    def at(self, expression: ColumnElement[Any]) -> int:
        """The index of a declared cell."""
        return self.position[id(expression)]


@dataclass(frozen=True, eq=False)
class Member:
    """One field of the graph. ``owner`` is the class that has it; ``declared_in`` the fragment or type that wrote it."""

    plugin: str
    owner: type
    declared_in: type
    field: StrawberryField
    rule: Rule
    shape: Shape

    @property
    def owner_name(self) -> str:
        """GraphQL name of the type."""
        return type_name(self.owner)

    @property
    def name(self) -> str:
        """GraphQL name of the field."""
        return CONFIG.name_converter.from_field(self.field)

    @property
    def coordinate(self) -> str:
        """``Type.field``."""
        return f"{self.owner_name}.{self.name}"

    @property
    def source(self) -> Source | None:
        """The declared source; None for attributes of output types and the core's own types."""
        return self.field.source if isinstance(self.field, DeclaredField) else None

    @property
    def extension(self) -> Extension | None:
        """The extension that wrote it, if one did."""
        return declared_extension(self.declared_in)

    @property
    def on_root(self) -> bool:
        """Whether it is a field of Query or Mutation."""
        return self.owner in (Query, Mutation)


def definition_of(cls: object) -> StrawberryObjectDefinition:
    """The strawberry definition of a declared class."""
    return get_object_definition(cls, strict=True)


def type_name(cls: object) -> str:
    """GraphQL name of a class."""
    return CONFIG.name_converter.from_type(definition_of(cls))


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


class RowSets:
    """Groups the declared types by family (an interface with its kinds is one) and lists the cells each family reads."""

    def __init__(
        self, types: Iterable[type], extensions: Iterable[type], fields: Mapping[str, tuple[Member, ...]]
    ) -> None:
        self.types = [cls for cls in types if declared_rows(cls) is not None]
        self.extensions = [cls for cls in extensions if _with_row(cls)]
        self.fields = fields

    def build(self) -> dict[type, RowSet]:
        """A row set per type and per extension with a row of its own."""
        made: dict[type, RowSet] = {}
        for root in self.types:
            if _family(root) is root:
                family = [cls for cls in self.types if _family(cls) is root]
                row_type = declared_rows(root)
                assert row_type is not None
                row_set = self._row_set(type_name(root), row_type.table, row_type, family)
                made.update(dict.fromkeys(family, row_set))
        for fragment in self.extensions:
            extension = declared_extension(fragment)
            assert extension is not None
            assert extension.row is not None
            table = extension.row.table
            row_type = RowType(table, extension.rows)
            made[fragment] = self._row_set(fragment.__name__, table, row_type, [fragment], extension)
        return made

    def _row_set(
        self,
        name: str,
        table: Table,
        row_type: RowType,
        family: list[type],
        extension: Extension | None = None,
    ) -> RowSet:
        entity, key = (extension.target, extension.row) if extension is not None else (None, None)
        members = [
            member for found in self.fields.values() for member in found if member.declared_in in family
        ]
        cells: dict[int, ColumnElement[Any]] = {}
        for expression in (*table.primary_key.columns, *_optional(row_type.by), *_optional(key)):
            cells.setdefault(id(expression), expression)
        for member in members:
            for expression in _needed(member.source):
                cells.setdefault(id(expression), expression)
        for expression in self._ordered_by(table):
            cells.setdefault(id(expression), expression)
        position = {identity: index for index, identity in enumerate(cells)}
        names = {
            member.field.python_name: position[id(member.source.expression)]
            for member in members
            if isinstance(member.source, CellSource)
        }
        kinds = {
            declared.kind: type_name(cls)
            for cls in family
            if (declared := declared_rows(cls)) is not None and declared.kind is not None
        }
        return RowSet(
            name,
            table,
            row_type.rows,
            tuple(cells.values()),
            position,
            names,
            row_type.by,
            kinds,
            entity,
            key,
        )

    def _ordered_by(self, table: Table) -> Iterator[ColumnElement[Any]]:
        for found in self.fields.values():
            for member in found:
                if isinstance(member.source, ManySource):
                    for found_term in order_terms(member.source.order, table):
                        if getattr(found_term.expression, "table", None) is table:
                            yield found_term.expression


def read_from(source: Source | None) -> Table | None:
    """The table that a list or a lookup reads."""
    match source:
        case ManySource(order=[first, *_]):
            return getattr(term(first).expression, "table", None)
        case LookupSource(column=column):
            return getattr(column, "table", None)
        case _:
            return None


def _optional(expression: ColumnElement[Any] | None) -> tuple[ColumnElement[Any], ...]:
    return () if expression is None else (expression,)


def _needed(source: Source | None) -> tuple[ColumnElement[Any], ...]:
    match source:
        case CellSource(expression=expression):
            return (expression,)
        case DerivedSource(inputs=inputs):
            return inputs
        case ToOneSource(here=here):
            return _optional(here)
        case _:
            return ()


def _with_row(fragment: type) -> bool:
    extension = declared_extension(fragment)
    return extension is not None and extension.row is not None


def _family(cls: type) -> type:
    interfaces = [base for base in cls.__mro__[1:] if declared_rows(base) is not None]
    return interfaces[-1] if interfaces else cls
