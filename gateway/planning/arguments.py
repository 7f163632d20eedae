"""Arguments of one field of a document, as the reference's resolvers get them, read off coerced variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
    is_required_argument,
)
from graphql.execution import get_argument_values
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.relay import GlobalID
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument, convert_argument
from strawberry.types.base import StrawberryOptional

from gateway.planning.sharing import Exactly, Shared
from gateway.planning.stepping import StepAside
from gateway.planning.variables import unchanging

Arguments = Callable[[dict[str, Any]], dict[str, Any]]
"""From coerced variables to keyword arguments by Python names, a dictionary of its own each time; may step aside."""

_ABSENT: Final = object()
_TAKEN: Final = frozenset({"_source", "info"})
"""Parameters of strawberry itself: with an argument of such a name the reference fails."""


@dataclass(frozen=True)
class Constant:
    """An argument that is the same in every request: ``present`` where it has a value other than null."""

    present: bool


@dataclass(frozen=True)
class ByVariable:
    """An argument that has a value other than null where this variable has one, and only there."""

    variable: str


def compiled_arguments(schema: Schema, shared: Shared, field: GraphQLField, node: FieldNode) -> Arguments:
    """The keyword arguments that strawberry gives a resolver for this selection of a field.

    Constants are evaluated here unless code could alter them, and plain variables are looked up; whatever else there is goes
    through graphql-core and strawberry each time. The function raises :class:`StepAside` for a null where none may be.
    """
    constants: list[tuple[str, Exactly]] = []
    looked_up: list[_LookUp] = []
    made: list[_Argument] = []
    for argument in _arguments(field, node):
        fixed = argument.made(schema, {}) if argument.is_constant else None
        if argument.is_constant and unchanging(fixed):
            constants.append((argument.declared.python_name, Exactly(fixed)))
        elif (look_up := argument.look_up(schema)) is not None:
            looked_up.append(look_up)
        elif fixed is not _ABSENT:
            made.append(argument)
    if not made:
        return shared.one(_looking_up, tuple(constants), tuple(looked_up))
    return _making(schema, _looking_up(constants, looked_up), made)


def presence(field: GraphQLField, node: FieldNode, python_name: str) -> Constant | ByVariable:
    """Whether a selection gives an argument, by its Python name, a value other than null; its default counts.

    Raises :class:`StepAside` where an absent variable means such a default, since a null one then means null.
    """
    argument = next(found for found in _arguments(field, node) if found.declared.python_name == python_name)
    defaulted = argument.default() not in (None, _ABSENT)
    if argument.given is None:
        return Constant(defaulted)
    if not isinstance(argument.given, VariableNode):
        return Constant(not isinstance(argument.given, NullValueNode))
    if defaulted:
        raise StepAside("arguments")
    return ByVariable(argument.given.name.value)


@dataclass(frozen=True)
class _LookUp:
    """An argument that is a variable's value as it is; ``default`` is what an absent variable means."""

    name: str
    variable: str
    required: bool
    default: Exactly


@dataclass(frozen=True)
class _Argument:
    """One argument in one selection: ``given`` is what the document says."""

    field: GraphQLField
    node: FieldNode
    name: str
    given: ValueNode | None

    @property
    def definition(self) -> GraphQLArgument:
        """As graphql-core has it."""
        return self.field.args[self.name]

    @cached_property
    def alone(self) -> GraphQLField:
        """The field with this argument and no other."""
        return GraphQLField(self.field.type, {self.name: self.definition})

    @property
    def declared(self) -> StrawberryArgument:
        """Its declaration."""
        declared: StrawberryArgument = self.definition.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        return declared

    @property
    def is_constant(self) -> bool:
        """Whether no variable is in it."""
        return self.given is None or not _varies(self.given)

    def default(self) -> Any:
        """What graphql-core makes of it where it is not given."""
        if is_required_argument(self.definition):
            return _ABSENT
        bare = FieldNode(name=self.node.name, arguments=())
        return get_argument_values(self.alone, bare).get(self.name, _ABSENT)

    def made(self, schema: Schema, variables: dict[str, Any]) -> Any:
        """Its value; _ABSENT where there is none."""
        try:
            values = get_argument_values(self.alone, self.node, VariableValues({}, variables))
            return self._converted(schema, values.get(self.name, _ABSENT))
        except Exception:  # noqa: BLE001  input objects of plugins may raise anything
            raise StepAside("arguments") from None

    def look_up(self, schema: Schema) -> _LookUp | None:
        """For a variable that strawberry hands on as it is."""
        if not isinstance(self.given, VariableNode) or not self._is_plain:
            return None
        default = self._converted(schema, self.default())
        if default is not _ABSENT and not unchanging(default):
            return None
        required = is_non_null_type(self.definition.type)
        return _LookUp(self.declared.python_name, self.given.name.value, required, Exactly(default))

    @property
    def _is_plain(self) -> bool:
        type_ = self.declared.type
        inner = type_.of_type if isinstance(type_, StrawberryOptional) else type_
        leaf = is_leaf_type(get_nullable_type(self.definition.type))
        return leaf and inner is not GlobalID and not self.declared.is_maybe

    def _converted(self, schema: Schema, value: Any) -> Any:
        if value is _ABSENT:
            return _ABSENT
        converter = schema.schema_converter
        return convert_argument(
            value, self.declared.type, converter.scalar_registry, schema.config, path=(self.name,)
        )


def _arguments(field: GraphQLField, node: FieldNode) -> list[_Argument]:
    if not _TAKEN.isdisjoint(field.args):
        raise StepAside("arguments")
    given = {found.name.value: found.value for found in node.arguments or ()}
    return [_Argument(field, node, name, given.get(name)) for name in field.args]


def _varies(value: ValueNode) -> bool:
    match value:
        case VariableNode():
            return True
        case ListValueNode(values=values):
            return any(_varies(item) for item in values)
        case ObjectValueNode(fields=fields):
            return any(_varies(inner.value) for inner in fields)
        case _:
            return False


def _looking_up(constants: Sequence[tuple[str, Exactly]], looked_up: Sequence[_LookUp]) -> Arguments:
    fixed = {name: constant.value for name, constant in constants}
    if not looked_up:
        return lambda _: fixed.copy()
    plain = [(found.name, found.variable, found.required, found.default.value) for found in looked_up]

    def read(variables: dict[str, Any]) -> dict[str, Any]:
        values = fixed.copy()
        for name, variable, required, default in plain:
            value = variables.get(variable, default)
            if value is not _ABSENT:
                values[name] = value
            if required and (value is None or value is _ABSENT):
                raise StepAside("arguments")
        return values

    return read


def _making(schema: Schema, looking_up: Arguments, made: Sequence[_Argument]) -> Arguments:
    named = [(argument.declared.python_name, argument) for argument in made]

    def read(variables: dict[str, Any]) -> dict[str, Any]:
        values = looking_up(variables)
        for name, argument in named:
            value = argument.made(schema, variables)
            if value is not _ABSENT:
                values[name] = value
        return values

    return read
