"""Fields as plugins declared them: owner, rule, source, and what their type leads to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import (
    StrawberryList,
    StrawberryObjectDefinition,
    StrawberryOptional,
    get_object_definition,
)
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from gateway.access import Rule
from gateway.authoring.connections import Connection
from gateway.authoring.sources import DeclaredField, Source
from gateway.authoring.types import Extension, declared_extension
from gateway.entities import Mutation, Query

CONFIG: Final = StrawberryConfig()


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

    @property
    def targets(self) -> tuple[type, ...]:
        """The same, and every class of a union."""
        options = self.inner.types if isinstance(self.inner, StrawberryUnion) else (self.target,)
        return tuple(option for option in options if isinstance(option, type))


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
class Member:
    """One field of the graph. ``owner`` is the class that has it; ``declared_in`` the fragment or type that wrote it."""

    plugin: str
    owner: type
    declared_in: type
    field: StrawberryField
    rule: Rule
    shape: Shape

    @cached_property
    def owner_name(self) -> str:
        """GraphQL name of the type."""
        return type_name(self.owner)

    @cached_property
    def name(self) -> str:
        """GraphQL name of the field."""
        return CONFIG.name_converter.from_field(self.field)

    @cached_property
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
