"""Variables of one operation, coerced as graphql-core coerces them, by checks that are made once."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputType,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    get_nullable_type,
    is_input_type,
    is_leaf_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.execution import get_variable_values
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from graphql.utilities import coerce_input_literal

from gateway.planning.stepping import StepAside

Coercion = Callable[[Any], Any]
"""From a value of JSON to the one inside; raises :class:`StepAside`."""

_ABSENT: Final = object()
_UNCHANGING: Final = (str, int, float, dt.date, enum.Enum, type(None))


def unchanging(value: object) -> bool:
    """Whether requests may share a value, since no code can alter it."""
    return isinstance(value, _UNCHANGING)


class Variables:
    """The variables of an operation of a valid document."""

    __slots__ = ("_leaves", "_others", "_schema")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        leaves: list[tuple[str, Coercion, object]] = []
        others: list[VariableDefinitionNode] = []
        for definition in operation.variable_definitions or ():
            leaf = _leaf(schema, definition)
            if leaf is None:
                others.append(definition)
            else:
                leaves.append((definition.variable.name.value, *leaf))
        self._schema = schema
        self._leaves, self._others = tuple(leaves), tuple(others)

    def coerce(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Values by name, defaults applied; variables that stay without a value are left out.

        Raises :class:`StepAside` unless every value is plainly valid.
        """
        coerced: dict[str, Any] = {}
        for name, coercion, default in self._leaves:
            if name in given:
                coerced[name] = coercion(given[name])
            elif default is Undefined:
                raise StepAside("variables")
            elif default is not _ABSENT:
                coerced[name] = default
        if self._others:
            values = get_variable_values(self._schema, self._others, dict(given), 1, hide_suggestions=True)
            if isinstance(values, list):
                raise StepAside("variables")
            coerced.update(values.coerced)
        return coerced


def _leaf(schema: GraphQLSchema, definition: VariableDefinitionNode) -> tuple[Coercion, object] | None:
    """The coercion of a scalar or enum, and its default (Undefined: a value is required); None where graphql-core does it."""
    type_ = type_from_ast(schema, definition.type)
    if type_ is None or not is_input_type(type_):
        return None
    nullable = not is_non_null_type(type_)
    named = get_nullable_type(type_)
    if not is_leaf_type(named):
        return None
    default = _default(definition, type_)
    if definition.default_value is not None and not unchanging(default):
        return None
    return _coercion(named, nullable=nullable), default


def _default(definition: VariableDefinitionNode, type_: GraphQLInputType) -> object:
    if definition.default_value is None:
        return Undefined if is_non_null_type(type_) else _ABSENT
    return coerce_input_literal(definition.default_value, type_)


def _coercion(leaf: GraphQLLeafType, *, nullable: bool) -> Coercion:
    """The commonest values first; any other goes the slow way of the leaf's own function."""
    slow = _slow(leaf, nullable=nullable)
    if leaf is GraphQLString or leaf is GraphQLID:
        return lambda value: value if type(value) is str else slow(value)
    if leaf is GraphQLInt:
        return lambda value: (
            value if type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT else slow(value)
        )
    if leaf is GraphQLBoolean:
        return lambda value: value if value is True or value is False else slow(value)
    if isinstance(leaf, GraphQLEnumType):
        members = _members(leaf)
        return lambda value: members[value] if type(value) is str and value in members else slow(value)
    return slow


def _slow(leaf: GraphQLLeafType, *, nullable: bool) -> Coercion:
    def coerce(value: object) -> Any:
        if value is None and nullable:
            return None
        try:
            coerced = Undefined if value is None else leaf.coerce_input_value(value)  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001  scalars may raise anything
            raise StepAside("variables") from None
        if coerced is Undefined:
            raise StepAside("variables")
        return coerced

    return coerce


def _members(type_: GraphQLEnumType) -> dict[str, Any]:
    return {name: type_.coerce_input_value(name) for name in type_.values}
