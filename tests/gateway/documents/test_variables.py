"""Variables: path and expected type are named, what was given is never repeated, and answers stay small."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NoReturn

import pytest
from graphql import GraphQLError, GraphQLScalarType, OperationDefinitionNode, build_schema, parse
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.validation import masked_variable_errors

SECRET = "Secret0071"
SCHEMA = build_schema(
    """
    scalar Money
    enum Gender { FEMALE MALE }
    input Address { street: String! province: Int tags: [String!] }
    input Person { name: String!, age: Int, address: Address, others: [Person!], pay: Money }
    input Choice @oneOf { code: String, number: Int }
    type Query { count: Int found(id: ID): Found }
    type Found { name: String }
    """
)


def refuse(value: object) -> NoReturn:
    """A scalar of a plugin whose errors repeat the value, as careless code does."""
    raise GraphQLError(f"not a money amount: {value!r}")


money = SCHEMA.type_map["Money"]
assert isinstance(money, GraphQLScalarType)
money.coerce_input_value = refuse


def assert_silent(errors: Sequence[GraphQLError]) -> None:
    """Neither the answer nor anything a logger would make of the errors repeats a value."""
    for error in errors:
        text = f"{json.dumps(error.formatted)} {error} {error!r}"
        assert SECRET not in text
        assert "7100" not in text
        assert (error.nodes, error.source, error.original_error) == (None, None, None)
        assert error.__cause__ is None
        assert error.__context__ is None


def variable_errors(declared: str, values: dict[str, object], max_errors: int = 10) -> list[GraphQLError]:
    (operation,) = parse(f"query ({declared}) {{ count }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    return masked_variable_errors(SCHEMA, operation.variable_definitions or (), values, max_errors)


@pytest.mark.parametrize(
    ("declared", "values"),
    [
        ("$a: Int", {}),
        ("$a: Int", {"a": None}),
        ("$a: Int! = 3", {}),
        ("$a: [Int]", {"a": 3, "unused": SECRET}),
        ("$a: Person!", {"a": {"name": "x", "others": [{"name": "y"}], "address": {"street": "z"}}}),
        ("$a: Choice", {"a": {"number": 1}}),
    ],
)
def test_variables_that_fit_have_no_errors(declared: str, values: dict[str, object]) -> None:
    assert variable_errors(declared, values) == []


@pytest.mark.parametrize(
    ("declared", "value", "argument", "message"),
    [
        ("$a: Int", SECRET, "a", "expected a value of type 'Int'."),
        ("$a: Int", 7100710071, "a", "expected a value of type 'Int'."),
        ("$a: Int", True, "a", "expected a value of type 'Int'."),
        ("$a: ID", [SECRET], "a", "expected a value of type 'ID'."),
        ("$a: ID", {"x": SECRET}, "a", "expected a value of type 'ID'."),
        ("$a: String", [SECRET], "a", "expected a value of type 'String'."),
        ("$a: String!", None, "a", "expected a value of type 'String!'."),
        ("$a: Gender!", SECRET, "a", "expected a value of type 'Gender!'."),
        ("$a: [[Int!]!]", [[1], [2, SECRET]], "a[1][1]", "expected a value of type 'Int!'."),
        ("$a: [Int!]", SECRET, "a", "expected a value of type '[Int!]'."),
        ("$a: Person", SECRET, "a", "expected a value of type 'Person'."),
        ("$a: Person", {"age": 71}, "a", "field 'name' of type 'String!' is required."),
        ("$a: Person", {"name": "x", SECRET: 1}, "a", "a field is given that type 'Person' does not have."),
        ("$a: Person", {"name": "x", "Nguyễn Văn 7100": 1}, "a", "a field is given that type 'Person' does not have."),
        ("$a: Person", {"name": "x", "others": [{"name": SECRET}, {"name": [SECRET]}]}, "a.others[1].name",
         "expected a value of type 'String!'."),
        ("$a: [Person!]", {"name": "x", "address": {"street": "x", "province": SECRET}}, "a.address.province",
         "expected a value of type 'Int'."),
        ("$a: Person", {"name": "x", "address": {"street": "x", "tags": [None]}}, "a.address.tags[0]",
         "expected a value of type 'String!'."),
        ("$a: Person", {"name": "x", "others": [{}]}, "a.others[0]", "field 'name' of type 'String!' is required."),
        ("$a: Money", SECRET, "a", "expected a value of type 'Money'."),
        ("$a: Person", {"name": "x", "pay": [SECRET]}, "a.pay", "expected a value of type 'Money'."),
        ("$a: Choice", {"code": SECRET, "number": 1}, "a", "expected a value of type 'Choice'."),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_answered_with_path_and_type(
    declared: str, value: object, argument: str, message: str
) -> None:
    errors = variable_errors(declared, {"a": value})
    assert [dict(error.formatted) for error in errors] == [
        {
            "message": f"Variable '$a' has an invalid value at '{argument}': {message}",
            "locations": [{"line": 1, "column": 8}],
            "extensions": {"code": "BAD_USER_INPUT", "argument": argument},
        }
    ]
    assert_silent(errors)


def test_a_missing_variable_is_named() -> None:
    (error,) = variable_errors("$a: Int, $b: Int!", {"a": 1})
    assert error.message == "Variable '$b' has an invalid value at 'b': a value of type 'Int!' is required."


def test_every_wrong_variable_is_reported_up_to_the_maximum() -> None:
    declared = "$a: [Int], $b: Int!, $c: Gender"
    values: dict[str, object] = {"a": [SECRET] * 10_000, "c": SECRET}
    assert [error.extensions["argument"] for error in variable_errors(declared, values, 3) if error.extensions] == [
        "a[0]", "a[1]", "a[2]",
    ]  # fmt: skip
    small = variable_errors(declared, {"a": [1, SECRET], "c": SECRET})
    assert [error.extensions["argument"] for error in small if error.extensions] == ["a[1]", "b", "c"]


def test_a_variable_of_an_output_type_is_refused() -> None:
    (error,) = variable_errors("$a: Found", {"a": SECRET})
    assert error.message == "Variable '$a' has an invalid value at 'a': its type is no input type."


def test_a_default_that_does_not_fit_is_refused_without_its_value() -> None:
    errors = variable_errors(f'$a: Int = "{SECRET}"', {})
    assert [error.message for error in errors] == ["The default value of a variable is invalid."]
    assert_silent(errors)


def test_variables_nested_beyond_the_stack_are_refused() -> None:
    value: dict[str, object] = {"name": SECRET}
    for _ in range(2000):
        value = {"name": SECRET, "others": [value]}
    errors = variable_errors("$a: Person", {"a": value})
    assert [error.message for error in errors] == ["The variables are nested too deeply."]
    assert_silent(errors)


def test_errors_of_variables_are_bounded() -> None:
    name = "v" * 5000
    errors = variable_errors(f"${name}: [[Int]]", {name: [[SECRET] * 100] * 100})
    assert len(errors) == 10
    assert len(json.dumps([error.formatted for error in errors])) <= 20_000


JSON = st.recursive(
    st.sampled_from([SECRET, 7100, 7100.5, None, True, "FEMALE", 1]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["name", "age", "address", "others", "pay", "street", "code", SECRET]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
TYPES = st.sampled_from(
    ["Int", "String!", "Gender", "Person", "[Person!]!", "[[Int!]!]", "Money", "Choice", "ID"]
)


@given(TYPES, JSON)
def test_no_variable_is_ever_repeated(declared: str, value: object) -> None:
    assert_silent(variable_errors(f"$a: {declared}", {"a": value}))
