"""Validation: what is expected is named, what was given never repeated, and answers stay small and cheap."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import pytest
from graphql import (
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    ValueNode,
    build_schema,
    get_introspection_query,
    parse,
    print_ast,
    specified_rules,
    validate,
)
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.validation import LONGEST_MESSAGE, MOST_LOCATIONS, validate_document

SECRET = "Secret0071"


def quoting_scalar(schema: GraphQLSchema) -> GraphQLSchema:
    """A scalar of a plugin whose errors repeat the value, as careless code does."""

    def refuse_literal(node: ValueNode, _variables: dict[str, Any] | None = None) -> NoReturn:
        raise ValueError(f"not a money amount: {print_ast(node)}")

    money = schema.type_map["Money"]
    assert isinstance(money, GraphQLScalarType)
    money.parse_literal = refuse_literal  # type: ignore[assignment, method-assign]
    return schema


SCHEMA = quoting_scalar(
    build_schema(
        """
        scalar Money
        enum Gender { FEMALE MALE }
        input Address { street: String! province: Int tags: [String!] }
        input Person { name: String!, age: Int, gender: Gender, address: Address, others: [Person!], pay: Money }
        input Choice @oneOf { code: String, number: Int }
        type Query {
          find(
            text: String, number: Int, ratio: Float, yes: Boolean, id: ID, gender: Gender, person: Person,
            people: [Person!], codes: [[Int!]!], pay: Money, choice: Choice
          ): Found
          need(code: String!): String
          count: Int
        }
        type Found { name: String, other: Found, a(x: Int): Int, b: Int }
        """
    )
)


def messages(text: str, max_errors: int = 10) -> list[str]:
    return [error.message for error in validate_document(SCHEMA, parse(text), max_errors)]


def one(text: str) -> dict[str, Any]:
    (error,) = validate_document(SCHEMA, parse(text), 10)
    return dict(error.formatted)


@pytest.mark.parametrize(
    "text",
    [
        "{ count }",
        'query ($p: Person = {name: "x"}) { find(person: $p, codes: [[1]], gender: MALE) { name other { b } } }',
        "{ ...F ... on Query @skip(if: true) { count } } fragment F on Query { find { name } }",
        get_introspection_query(),
    ],
)
def test_a_valid_document_has_no_errors(text: str) -> None:
    assert messages(text) == []


def test_an_error_has_code_message_and_place() -> None:
    assert one("{\n  missing\n}") == {
        "message": "Cannot query field 'missing' on type 'Query'.",
        "locations": [{"line": 2, "column": 3}],
        "extensions": {"code": "DOCUMENT_INVALID"},
    }


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (f'number: "{SECRET}"', "Expected a value of type 'Int'."),
        (f'ratio: "{SECRET}"', "Expected a value of type 'Float'."),
        (f'yes: "{SECRET}"', "Expected a value of type 'Boolean'."),
        (f"text: {SECRET}", "Expected a value of type 'String'."),
        ("text: 71007100", "Expected a value of type 'String'."),
        ("number: 7100710071", "Expected a value of type 'Int'."),
        ("id: 7100.7100", "Expected a value of type 'ID'."),
        (f"gender: {SECRET}", "Expected a value of type 'Gender'."),
        (f'gender: "{SECRET}"', "Expected a value of type 'Gender'."),
        (f'person: "{SECRET}"', "Expected a value of type 'Person'."),
        (f'person: {{age: 1, gender: MALE, address: {{street: "{SECRET}"}}}}', "Field 'name' of type 'String!' is required."),
        (f'person: {{name: "x", other: "{SECRET}"}}', "A field is given that type 'Person' does not have."),
        (f'person: {{name: "x", {SECRET}: 1}}', "A field is given that type 'Person' does not have."),
        ('person: {name: null}', "Expected a value of type 'String!'."),
        (f'person: {{name: "x", address: {{street: "x", province: "{SECRET}"}}}}', "Expected a value of type 'Int'."),
        (f'person: {{name: "x", address: {{tags: ["{SECRET}"]}}}}', "Field 'street' of type 'String!' is required."),
        (f'people: [{{name: "x"}}, "{SECRET}"]', "Expected a value of type 'Person!'."),
        (f'people: {{name: "x", others: {{age: "{SECRET}"}}}}', None),
        (f'codes: [[1, 2], [3, "{SECRET}"]]', "Expected a value of type 'Int!'."),
        (f'codes: "{SECRET}"', "Expected a value of type '[[Int!]!]'."),
        (f'pay: "{SECRET}"', "Expected a value of type 'Money'."),
        (f'pay: {{a: ["{SECRET}"]}}', "Expected a value of type 'Money'."),
        (f'choice: {{code: "{SECRET}", number: 1}}', "Expected a value of type 'Choice'."),
    ],
)  # fmt: skip
def test_a_wrong_literal_is_answered_with_the_type_expected(argument: str, message: str | None) -> None:
    errors = validate_document(SCHEMA, parse("{ find(" + argument + ") { name } }"), 10)
    assert message is None or [error.message for error in errors] == [message]
    assert errors
    assert all(error.formatted["locations"][0]["column"] > 8 for error in errors)
    assert_silent(errors)


def assert_silent(errors: Sequence[GraphQLError]) -> None:
    """Neither the answer nor anything a logger would make of the errors repeats a value."""
    for error in errors:
        text = f"{json.dumps(error.formatted)} {error} {error!r}"
        assert SECRET not in text
        assert "7100" not in text
        assert (error.nodes, error.source, error.original_error) == (None, None, None)
        assert error.__cause__ is None
        assert error.__context__ is None


@pytest.mark.parametrize(
    "text",
    [
        f'query ($n: Int = "{SECRET}") {{ find(number: $n) {{ name }} }}',
        f'{{ find(text: "{SECRET}" text: "{SECRET}") {{ name }} }}',
        f'{{ find(text: "{SECRET}") {{ name }} find(text: "x") {{ name }} }}',
        f'{{ need(code: "{SECRET}", extra: "{SECRET}") }}',
        f'{{ count(code: "{SECRET}") }}',
        f'{{ count @skip(if: "{SECRET}") }}',
        f'{{ count @unknown(if: "{SECRET}") }}',
        f'{{ find(person: {{name: "{SECRET}", name: "{SECRET}"}}) {{ name }} }}',
        f'query ($n: Int) {{ find(person: {{name: $n, age: "{SECRET}"}}) {{ name }} }}',
        f'{{ missing(code: "{SECRET}") {{ x(y: "{SECRET}") }} }}',
        f'type T {{ a(b: String = "{SECRET}"): Int }} "{SECRET}" query Q {{ count }}',
    ],
)
def test_no_other_rule_repeats_a_literal(text: str) -> None:
    errors = validate_document(SCHEMA, parse(text), 10)
    assert errors
    assert_silent(errors)


LITERALS = st.recursive(
    st.sampled_from([f'"{SECRET}"', "71007100", "7100.5", "null", "true", "MALE", f"{SECRET}", "$v", f'"""{SECRET}"""']),
    lambda inner: st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
    | st.dictionaries(st.sampled_from(["name", "age", "address", "others", "street", "code", SECRET]), inner, max_size=3)
    .map(lambda fields: "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"),
    max_leaves=6,
)  # fmt: skip
ARGUMENTS = st.sampled_from(["text", "number", "gender", "person", "people", "codes", "pay", "choice"])


@given(ARGUMENTS, LITERALS)
def test_literals_are_refused_exactly_when_the_specified_rules_refuse_them(
    argument: str, literal: str
) -> None:
    document = parse("query ($v: String) { need(code: $v) find(" + f"{argument}: {literal}" + ") { name } }")
    errors = validate_document(SCHEMA, document, 10)
    assert bool(errors) == bool(validate(SCHEMA, document, specified_rules))
    assert_silent(errors)


def test_a_flood_of_unknown_fields_makes_a_small_answer() -> None:
    document = parse("{ " + " ".join(f"{'f' * 200}{i}" for i in range(2000)) + " }")
    errors = validate_document(SCHEMA, document, 10)
    assert len(errors) == 10
    assert len(json.dumps([error.formatted for error in errors])) <= 20_000


@pytest.mark.parametrize(
    "text",
    [
        "{ count(" + "x: 1 " * 300 + ") }",
        "{ a " + "@skip(if: true) " * 200 + "}",
        "{ ...f0 } " + " ".join(f"fragment {'f' * 50}{i} on Query {{ ...{'f' * 50}{(i + 1) % 90} }}" for i in range(90)),
        "{ ...f0 } " + " ".join(f"fragment f{i} on Query {{ ...f{(i + 1) % 90} }}" for i in range(90)),
        "{ " + "x: count x: need " * 150 + "}",
        "query (" + " ".join(f"${'v' * 90}{i}: Int" for i in range(200)) + ") { count }",
        "query (" + "$v: Int " * 200 + ") { count }",
        "{ find(person: {" + "a: 1 " * 200 + "}) { name } }",
        "query A { count } " * 150,
        "{ " + "a" * 200_000 + " }",
        "{ find(" + "a" * 200_000 + ": 1) { name } ..." + "b" * 50_000 + " }",
        "type T { a: Int } " * 150,
    ],
)  # fmt: skip
@pytest.mark.parametrize("most", [1, 10])
def test_answers_are_bounded_whatever_the_document(text: str, most: int) -> None:
    errors = validate_document(SCHEMA, parse(text), most)
    assert 1 <= len(errors) <= most
    assert len(json.dumps([error.formatted for error in errors])) <= 2_000 * most
    assert all(len(error.locations or ()) <= MOST_LOCATIONS for error in errors)
    assert all(len(error.message) <= LONGEST_MESSAGE for error in errors)


def test_long_names_are_cut() -> None:
    assert one("{ " + "a" * 61 + " }")["message"] == f"Cannot query field '{'a' * 60}…' on type 'Query'."
    assert one("{ " + "a" * 60 + " }")["message"] == f"Cannot query field '{'a' * 60}' on type 'Query'."


@pytest.mark.parametrize(
    "text",
    ["{ coun }", "{ find { nam } }", "{ find(tex: 1) { name } }", "{ find }", "{ ... on Foun { a } }",
     "{ find(gender: MAL) { name } }"],
)  # fmt: skip
def test_nothing_is_suggested(text: str) -> None:
    (message,) = messages(text)
    assert "mean" not in message


@pytest.mark.parametrize(
    "text",
    [
        "{ find { " + "b " * 990 + "} }",
        "{ find { " + "x: b x: a " * 160 + "} }",
        "{ " + "find { b } " * 240 + "}",
        "{ find { " + "".join(f"a(x: {i}) " for i in range(160)) + "} }",
        "{ " + "find { other { other { b } } } " * 95 + "}",
        "{ find { " + " ".join(f"...f{i}" for i in range(80)) + " } } "
        + " ".join(f"fragment f{i} on Found {{ other {{ b }} }}" for i in range(72)),
        "{ find { ...f0 ...f1 } } "
        + " ".join(f"fragment f{i} on Found {{ ...f{i + 1} ...f{i + 2} b }}" for i in range(85))
        + " fragment f85 on Found { b } fragment f86 on Found { b }",
        "{ find { " + "other { ...f0 } " * 40 + "} } "
        + " ".join(f"fragment f{i} on Found {{ other {{ ...f{i + 1} }} other {{ ...f{i + 1} }} }}" for i in range(40))
        + " fragment f40 on Found { b }",
    ],
    ids=["leaves", "conflicts", "composite", "arguments", "nested", "fragments", "lattice", "doubling"],
)  # fmt: skip
def test_overlapping_fields_cost_less_than_a_second(text: str) -> None:
    document = parse(text, max_lexical_tokens=1000)
    started = time.process_time()
    errors = validate_document(SCHEMA, document, 10)
    assert time.process_time() - started < 1
    assert len(errors) <= 10
