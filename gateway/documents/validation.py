"""Validation of documents and variables, with few, short errors that never repeat a value.

An error says what the schema expects and where. What a client wrote there may be a password or a health
record, and answers end in the logs of clients and proxies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from graphql import (
    SKIP,
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    MaxIntrospectionDepthRule,
    Node,
    Undefined,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VisitorAction,
    get_nullable_type,
    is_input_object_type,
    is_input_type,
    is_list_type,
    is_non_null_type,
    specified_rules,
    type_from_ast,
    validate,
)
from graphql.execution import get_variable_values
from graphql.utilities import validate_input_literal, validate_input_value

from gateway.errors import BAD_USER_INPUT, DOCUMENT_INVALID, Code

LONGEST_NAME: Final = 60
LONGEST_MESSAGE: Final = 400
MOST_LOCATIONS: Final = 4

_LONG_NAME: Final = re.compile(rf"(\w{{{LONGEST_NAME}}})\w+")
_INPUT_FIELD: Final = re.compile(r"Expected value of type '\w+' (not )?to include \w+ field '(\w*)")

_Path = Sequence[str | int]


def validate_document(schema: GraphQLSchema, document: DocumentNode, max_errors: int) -> list[GraphQLError]:
    """Validate a document; empty when it is valid, else at most ``max_errors`` errors DOCUMENT_INVALID.

    Each has at most :data:`MOST_LOCATIONS` locations and a message in English that names fields, arguments
    and types, but repeats no literal. Suggestions are left out.
    """
    errors = validate(schema, document, _RULES, max_errors, hide_suggestions=True)
    return [_bounded(error.message, error.nodes or (), DOCUMENT_INVALID) for error in errors[:max_errors]]


def masked_variable_errors(
    schema: GraphQLSchema,
    definitions: Sequence[VariableDefinitionNode],
    variables: Mapping[str, object],
    max_errors: int,
) -> list[GraphQLError]:
    """Check an operation's variables; empty when they fit, else at most ``max_errors`` errors BAD_USER_INPUT.

    Each names the variable, the path inside it (``input.items[2].code``, also as ``argument`` in its
    extensions) and the type expected there.
    """
    values = get_variable_values(schema, definitions, dict(variables), 1, hide_suggestions=True)
    if not isinstance(values, list):
        return []
    found = _VariableErrors(max_errors)
    try:
        for definition in definitions:
            _check_variable(schema, definition, variables, found)
    except _EnoughErrorsError:
        return found.errors
    except RecursionError:
        return [_bounded("The variables are nested too deeply.", (), BAD_USER_INPUT)]
    return found.errors or [_bounded("The default value of a variable is invalid.", (), BAD_USER_INPUT)]


def _bounded(message: str, nodes: Iterable[Node], code: Code, **details: str) -> GraphQLError:
    """A new error with nothing of the original, whose cause holds values, and nothing of the document.

    Its locations are known already; without nodes and source it keeps no syntax tree alive where it is remembered,
    and its text, should somebody log it, has no excerpt.
    """
    short = _LONG_NAME.sub(r"\1…", message.partition(" Did you mean ")[0])
    if len(short) > LONGEST_MESSAGE:
        short = short[: LONGEST_MESSAGE - 1] + "…"
    error = GraphQLError(short, list(nodes)[:MOST_LOCATIONS], extensions={"code": code.name, **details})
    error.nodes = error.source = error.positions = None
    return error


class _MaskedValues(ValuesOfCorrectTypeRule):
    """The rule for literals; whatever a scalar says about one, only the expected type is reported."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        def report(error: GraphQLError, path: list[str | int]) -> None:
            message = _expectation(input_type, path, error)
            self.report_error(GraphQLError(message[0].upper() + message[1:], error.nodes or node))

        if input_type:
            validate_input_literal(node, input_type, report, hide_suggestions=True)
        return SKIP


_RULES: Final[tuple[type[ASTValidationRule], ...]] = (
    *(_MaskedValues if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules),
    MaxIntrospectionDepthRule,
)


class _EnoughErrorsError(Exception):
    """There are as many errors as may be answered."""


class _VariableErrors:
    """Collects the errors of variables."""

    def __init__(self, max_errors: int) -> None:
        self.errors: list[GraphQLError] = []
        self._max_errors = max_errors

    def add(self, definition: VariableDefinitionNode, path: _Path, expectation: str) -> None:
        """Add an error, and stop the check with the last that may be answered."""
        name = definition.variable.name.value
        inside = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
        message = f"Variable '${name}' has an invalid value at '{name}{inside}': {expectation}"
        argument = f"{name[:LONGEST_NAME]}{inside}"
        self.errors.append(_bounded(message, [definition], BAD_USER_INPUT, argument=argument))
        if len(self.errors) >= self._max_errors:
            raise _EnoughErrorsError


def _check_variable(
    schema: GraphQLSchema,
    definition: VariableDefinitionNode,
    variables: Mapping[str, object],
    found: _VariableErrors,
) -> None:
    type_ = type_from_ast(schema, definition.type)
    if type_ is None or not is_input_type(type_):
        found.add(definition, (), "its type is no input type.")
        return
    value = variables.get(definition.variable.name.value, Undefined)
    if value is Undefined:
        if definition.default_value is None and is_non_null_type(type_):
            found.add(definition, (), f"a value of type '{type_}' is required.")
        return

    def report(error: GraphQLError, path: list[str | int]) -> None:
        found.add(definition, path, _expectation(type_, path, error))

    validate_input_value(value, type_, report, hide_suggestions=True)


def _expectation(root: GraphQLInputType | None, path: _Path, error: GraphQLError) -> str:
    """What belongs at a path in an input type. Only the kind of the error is used; its text has values."""
    expected = root and _type_at(root, path)
    named = get_nullable_type(expected)
    about = _INPUT_FIELD.match(error.message)
    while is_list_type(named):
        named = get_nullable_type(named.of_type)
    if about is None or not is_input_object_type(named):
        return f"expected a value of type '{expected}'."
    unknown, name = about.groups()  # the name is the schema's own, unless it is unknown
    if unknown or name not in named.fields:
        return f"a field is given that type '{named}' does not have."
    return f"field '{name}' of type '{named.fields[name].type}' is required."


def _type_at(type_: GraphQLInputType, path: _Path) -> GraphQLInputType:
    """The type at a path; a value that stands for a list of one has no index in its path."""
    for key in path:
        inner = get_nullable_type(type_)
        while is_list_type(inner) and isinstance(key, str):
            inner = get_nullable_type(inner.of_type)
        if isinstance(key, str) and is_input_object_type(inner) and key in inner.fields:
            type_ = inner.fields[key].type
        elif is_list_type(inner):
            type_ = inner.of_type
    return type_
