"""What fields ask of an executor, in words, so that a run can say how often it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.union import StrawberryUnion

from gateway.authoring.sources import (
    CellSource,
    CodeSource,
    DerivedSource,
    EntitySource,
    LookupSource,
    ManySource,
    ToOneSource,
)
from gateway.entities import Mutation, is_entity
from gateway.model import Member, Model

_CHAIN: Final = 3


class Feature(StrEnum):
    """One such thing."""

    CONDITION = "@skip or @include by a variable"
    AFTER = "after"
    BEFORE = "before"
    FILTER = "a filter"
    TOTAL = "totalCount"
    FLAGS = "pageInfo"
    CURSOR = "a cursor of an edge"
    LIST_IN_LIST = "a list inside a list"
    PAGES_IN_LIST = "a connection inside a list"
    TWO_PAGES = "one connection twice on one parent"
    WHOLE_LIST = "a whole list"
    LOOKUP = "a look-up"
    ENTITY_BY_KEY = "an entity by key"
    TO_ONE = "to one row"
    TO_ENTITY = "to an entity"
    CHAIN = "three steps to one"
    PLUGINS = "fields of three plugins on one way"
    OWN_ROW = "a cell of our row about an entity"
    DERIVED = "a derived field"
    VALUE_DERIVED = "a derived object"
    ENUM = "an enum"
    BOOLEAN = "a boolean cell"
    INTERFACE = "a fragment on a kind"
    INTERFACE_TO_ONE = "an interface by to_one"
    INTERFACE_PAGES = "a connection of an interface"
    UNION = "a fragment on a member of a union"
    CODE_ON_ROOT = "code on a root"
    CODE_ON_ENTITY = "code on an entity"
    CODE_ON_ROW = "code on a row"
    CODE_OBJECT = "an object of code"
    CODE_OBJECTS = "a list of code's objects"
    CODE_UNION = "a union of code"
    CODE_ENTITY = "an entity of code"
    CODE_IN_LIST = "code inside a list"
    BEHIND_CODE = "rows behind an object or entity of code"
    SCOPED = "rows under a row scope"
    MERGED = "a field twice, merged"
    SPREAD_TWICE = "a fragment spread twice"
    NESTED = "a fragment in a fragment"
    ALIAS = "an alias"
    DEFAULT = "a variable with a default"
    NULL = "a variable that is null"
    ABSENT = "a variable that is absent"
    LIST_ARGUMENT = "a list argument"
    INSIDE_OBJECT = "a variable inside an input object"
    MUTATION = "a mutation"
    PAYLOAD = "rows in a payload"


def own_features(model: Model, member: Member) -> Iterator[Feature]:
    """What a field is in itself."""
    row_sets = (model.target_of(member), model.row_sets.get(member.declared_in))
    if any(row_set is not None and row_set.rows is not None for row_set in row_sets):
        yield Feature.SCOPED
    if isinstance(member.shape.inner, StrawberryEnumDefinition):
        yield Feature.ENUM
    match member.source:
        case CellSource() | DerivedSource():
            yield from _of_cells(member)
        case ToOneSource() | ManySource():
            yield from _of_rows(model, member)
        case LookupSource():
            yield Feature.LOOKUP
        case EntitySource():
            yield Feature.ENTITY_BY_KEY
        case CodeSource():
            yield from _of_code(member)


def _of_cells(member: Member) -> Iterator[Feature]:
    if isinstance(member.source, DerivedSource):
        yield Feature.DERIVED if member.shape.target is None else Feature.VALUE_DERIVED
        return
    if member.extension is not None:
        yield Feature.OWN_ROW
    if member.shape.inner is bool:
        yield Feature.BOOLEAN


def _of_rows(model: Model, member: Member) -> Iterator[Feature]:
    target = model.target_of(member)
    interface = target is not None and target.by is not None
    if isinstance(member.source, ToOneSource):
        yield Feature.TO_ENTITY if is_entity(member.shape.target) else Feature.TO_ONE
        if interface:
            yield Feature.INTERFACE_TO_ONE
    elif not is_paged(member):
        yield Feature.WHOLE_LIST
    elif interface:
        yield Feature.INTERFACE_PAGES


def _of_code(member: Member) -> Iterator[Feature]:
    if not member.on_root:
        yield Feature.CODE_ON_ENTITY if is_entity(member.owner) else Feature.CODE_ON_ROW
    elif member.owner is not Mutation:
        yield Feature.CODE_ON_ROOT
    if isinstance(member.shape.inner, StrawberryUnion):
        yield Feature.CODE_UNION
    elif is_entity(member.shape.target):
        yield Feature.CODE_ENTITY
    elif member.shape.target is not None:
        yield Feature.CODE_OBJECTS if member.shape.is_list else Feature.CODE_OBJECT


def placed_features(member: Member, way: Sequence[Member]) -> Iterator[Feature]:
    """What the declared fields around a field, the outermost first, make of it."""
    source = member.source
    listed = any(_is_many(outer) for outer in way)
    if listed and isinstance(source, ManySource):
        yield Feature.PAGES_IN_LIST if source.paged else Feature.LIST_IN_LIST
    if listed and isinstance(source, CodeSource):
        yield Feature.CODE_IN_LIST
    steps = [isinstance(found.source, ToOneSource) for found in (*way, member)]
    if len(steps) >= _CHAIN and all(steps[-_CHAIN:]):
        yield Feature.CHAIN
    if len({found.plugin for found in (*way, member)}) >= _CHAIN:
        yield Feature.PLUGINS
    if isinstance(source, CellSource | ToOneSource | ManySource):
        for outer in way:
            if isinstance(outer.source, CodeSource | DerivedSource):
                yield Feature.PAYLOAD if outer.owner is Mutation else Feature.BEHIND_CODE


def is_paged(member: Member) -> bool:
    """Whether a field is a connection."""
    return isinstance(member.source, ManySource) and member.source.paged


def _is_many(member: Member) -> bool:
    return isinstance(member.source, ManySource) or member.shape.is_list
