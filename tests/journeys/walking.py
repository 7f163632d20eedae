"""Walks over a published graph: what it takes, and documents that ask for all there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from gateway.reference.arguments import PAGE_ARGUMENTS

DEEPEST: Final = 5
"""How many selections a document of the walk has inside each other, below the field that it is about."""


@dataclass(frozen=True)
class Taken:
    """A place where an identifier goes in: ``Type.field(argument)``, with the way into an input object."""

    type_name: str
    field: str
    argument: str

    def __str__(self) -> str:
        return f"{self.type_name}.{self.field}({self.argument})"


def identifiers_taken(schema: GraphQLSchema) -> Iterator[Taken]:
    """Every ID that any field takes, and every text that a field of reading takes: codes identify people as well."""
    for type_ in object_types(schema):
        reading = type_ is not schema.mutation_type
        for name, field in type_.fields.items():
            for argument, given in field.args.items():
                for path, leaf in _leaves(argument, given.type):
                    if leaf == "ID" or (leaf == "String" and reading and argument not in PAGE_ARGUMENTS):
                        yield Taken(type_.name, name, path)


def object_types(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    """The object types of a schema, but for introspection's."""
    return [
        type_
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
    ]


def everything(schema: GraphQLSchema, field: GraphQLField, name: str) -> str:
    """A field with all that can be asked of it without arguments."""
    return f"{name}{_selection(schema, field.type, DEEPEST)}"


def is_askable(field: GraphQLField) -> bool:
    """Whether a field can be asked for without arguments."""
    return not any(is_required_argument(argument) for argument in field.args.values())


def identifiers_given(
    schema: GraphQLSchema, type_: GraphQLOutputType, value: Any
) -> Iterator[tuple[str, str]]:
    """The identifiers in an answer made by :func:`everything`, each with the name of the type that it is on."""
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        found = schema.type_map[item["__typename"]]
        assert isinstance(found, GraphQLObjectType), type_
        for name, inner in item.items():
            if name == "__typename":
                continue
            given = found.fields[name].type
            if str(get_named_type(given)) == "ID" and inner is not None:
                yield found.name, inner
            else:
                yield from identifiers_given(schema, given, inner)


def _leaves(path: str, type_: GraphQLInputType) -> Iterator[tuple[str, str]]:
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        for name, inner in named.fields.items():
            yield from _leaves(f"{path}.{name}", inner.type)
    else:
        yield path, str(named)


def _selection(schema: GraphQLSchema, type_: GraphQLOutputType, depth: int) -> str:
    named = get_named_type(type_)
    if is_leaf_type(named):
        return ""
    if named.name == "Participant":
        return " { __typename id }"  # it is asked for by itself
    assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
    own = [] if isinstance(named, GraphQLUnionType) else list(named.fields)
    fields = [] if isinstance(named, GraphQLUnionType) else [_fields(schema, named, own, depth)]
    if not isinstance(named, GraphQLObjectType):
        for kind in schema.get_possible_types(named):
            more = _fields(schema, kind, [name for name in kind.fields if name not in own], depth)
            fields.append(f"... on {kind.name} {{ __typename {more} }}")
    return f" {{ __typename {' '.join(fields)} }}"


def _fields(
    schema: GraphQLSchema,
    named: GraphQLObjectType | GraphQLInterfaceType,
    names: Sequence[str],
    depth: int,
) -> str:
    fields = {name: named.fields[name] for name in names if is_askable(named.fields[name])}
    return " ".join(
        f"{name}{_selection(schema, field.type, depth - 1)}"
        for name, field in fields.items()
        if depth > 1 or is_leaf_type(get_named_type(field.type))
    )
