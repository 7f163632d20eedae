"""The bounded parser: what it refuses, where, and that it never repeats the text."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable

import pytest
from graphql import DocumentNode, print_ast
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.limits import Limits
from gateway.documents.parsing import parse_document
from gateway.errors import ClientError

LIMITS = Limits()
SECRET = "Secret0071"


def refused(text: str, limits: Limits = LIMITS) -> dict[str, object]:
    with pytest.raises(ClientError) as caught:
        parse_document(text, limits)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    return dict(caught.value.extensions())


@pytest.mark.parametrize(
    "text",
    [
        "{ me { name } }",
        'query Q($a: [Int!]! = [1, -2.5e3]) @live { me(x: {a: "\\u00e9", b: """block""", c: null}) { name } }',
        "{ ...F } fragment F on Query { me { name } }",
        "# a comment\n{ me }",
        "mutation { signIn(code: $code) }",
        '{ a(x: "\\uD83D\\uDE00 \\u{1F600}") }',
    ],
)
def test_a_well_formed_document_parses(text: str) -> None:
    document = parse_document(text, LIMITS)
    assert print_ast(parse_document(print_ast(document), LIMITS)) == print_ast(document)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"line": 1, "column": 1}),
        ("{\n  me(x: ", {"line": 2, "column": 9}),
        ("{ a\n  ]", {"line": 2, "column": 3, "expected": "Name"}),
        ("query Q(a: Int) { a }", {"line": 1, "column": 9, "expected": "$"}),
        ("fragment F of T { a }", {"line": 1, "column": 12, "expected": "on"}),
        ('{ a(x: "no end) }', {"line": 1, "column": 18}),
        ('{ a(x: "\\x41") }', {"line": 1, "column": 9}),
        ("{ a(x: 'single') }", {"line": 1, "column": 8}),
        ("{ a(x: 01) }", {"line": 1, "column": 9}),
        ('{ a(x: "\\uD800") }', {"line": 1, "column": 9}),
        ('{ a(x: "\ud800") }', {"line": 1, "column": 9}),
        ("{ a } # \ud800", {"line": 1, "column": 9}),
    ],
)
def test_a_syntax_error_tells_where(text: str, expected: dict[str, object]) -> None:
    assert refused(text) == {"code": "DOCUMENT_SYNTAX", **expected}


@pytest.mark.parametrize("literal", ['"a\\u0000b"', '"a\0b"', '"""a\0b"""', '"\\u{0}"'])
def test_a_nul_in_a_string_is_refused(literal: str) -> None:
    answer = {"code": "DOCUMENT_SYNTAX", "reason": "nul", "line": 2, "column": 3}
    assert refused("{ a(x:\n  " + literal + ") }") == answer


@pytest.mark.parametrize("literal", ["1e999", "-1.5E400"])
def test_a_number_that_no_float_holds_is_refused(literal: str) -> None:
    answer = {"code": "DOCUMENT_SYNTAX", "reason": "number_range", "line": 1, "column": 8}
    assert refused("{ a(x: " + literal + ") }") == answer


@pytest.mark.parametrize("depth", [41, 5000])
@pytest.mark.parametrize(
    "nested",
    [
        lambda depth: "{a" * depth + "}" * depth,
        lambda depth: "{ a(x: " + "[" * depth + "]" * depth + ") }",
        lambda depth: "{ a(x: " + "{a:" * depth + "1" + "}" * depth + ") }",
        lambda depth: "query($a: " + "[" * depth + "Int" + "]" * depth + ") { a }",
        lambda depth: "{" + "... {" * depth + "}" * depth + "}",
        lambda depth: "{ a @b(c: " + "[" * depth,
        lambda depth: "type T { a(b: Int = " + "[" * depth,
    ],
    ids=["selections", "lists", "objects", "types", "inline", "directive", "definition"],
)
def test_deep_nesting_is_refused_before_the_parser_recurses(nested: Callable[[int], str], depth: int) -> None:
    limits = Limits(tokens=100_000)
    answer = {"code": "LIMIT_EXCEEDED", "limit": "nesting", "maximum": 40, "measured": 41}
    assert refused(nested(depth), limits) == answer


def test_nesting_counts_what_is_open_not_what_is_written() -> None:
    assert isinstance(parse_document("{" + "a(x: [1]) { b } " * 60 + "}", LIMITS), DocumentNode)


def test_a_stack_that_is_nearly_used_up_makes_a_refusal_not_a_fault() -> None:
    def deep(levels: int) -> dict[str, object]:
        return deep(levels - 1) if levels else refused("{a" * 150 + "}" * 150, Limits(nesting=200))

    free = sys.getrecursionlimit() - len(inspect.stack())
    assert deep(free - 250) == {"code": "LIMIT_EXCEEDED", "limit": "nesting", "maximum": 200}


@pytest.mark.parametrize(
    ("text", "limit", "maximum", "measured"),
    [
        ("{" + "a " * 1000 + "}", "tokens", 1000, 1001),
        ("#\n" * 1001 + "{ a }", "tokens", 1000, 1001),
        ("{" + " u" * 2000 + "}", "tokens", 1000, 1001),
        ("{ a(x: " + "7" * 5000 + ") }", "digits", 40, 5000),
        ("{ a(x: 1." + "7" * 5000 + ") }", "digits", 40, 5002),
        ("{ a " + "," * 60_000 + "}", "characters", 50_000, 60_005),
        ("{ " + "a" * 100_000 + " }", "characters", 50_000, 100_004),
    ],
    ids=["tokens", "comments", "fields", "integer", "float", "commas", "name"],
)
def test_floods_are_refused_naming_the_limit(text: str, limit: str, maximum: int, measured: int) -> None:
    answer = {"code": "LIMIT_EXCEEDED", "limit": limit, "maximum": maximum, "measured": measured}
    assert refused(text) == answer


TOKENS = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "$",
    "!",
    "=",
    "@",
    "...",
    "on",
    "query",
    "fragment",
    "a",
    "1",
    '"s"',
]
SECRETS = [
    f'"{SECRET}"',
    f'"""{SECRET}"""',
    SECRET,
    f'"{SECRET}',
    f'"\\q{SECRET}"',
    "0071007100",
    "0.71007100",
    "\\u{0071}",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=12), st.sampled_from(SECRETS), st.integers(0, 12))
def test_no_refusal_repeats_the_text(tokens: list[str], secret: str, at: int) -> None:
    text = " ".join([*tokens[:at], secret, *tokens[at:]])
    refusal = refusal_of(text)
    assert refusal is None or "0071" not in repr((refusal, refusal.extensions(), refusal.__context__))


def refusal_of(text: str) -> ClientError | None:
    try:
        parse_document(text, LIMITS)
    except ClientError as error:
        return error
    return None
