"""Refusals: each names the limit, its value and what was measured."""

from __future__ import annotations

import json

import pytest
from graphql import OperationType, parse

from gateway.documents.limits import LARGEST_REPORTED, Limits, Measure, OperationSize, Size, refusals
from gateway.documents.measuring import measure

LIMITS = Limits()


def refused(text: str, limits: Limits = LIMITS, *, introspection: bool = False) -> list[dict[str, object]]:
    found = refusals(measure(parse(text), limits), limits, introspection=introspection)
    return [dict(error.extensions()) for error in found]


def exceeded(limit: str, maximum: int, measured: int) -> dict[str, object]:
    return {"code": "LIMIT_EXCEEDED", "limit": limit, "maximum": maximum, "measured": measured}


def repeated(count: int, text: str) -> str:
    return " ".join(text.replace("#", str(i)) for i in range(count))


@pytest.mark.parametrize(
    ("text", "limit", "maximum", "measured"),
    [
        ("{a" * 9 + "}" * 9, "depth", 8, 9),
        ("{a" * 150 + "}" * 150, "depth", 8, 150),
        ("{ a { " + repeated(16, "x#: b") + " } }", "aliases", 15, 16),
        ("{ ...F ...F } fragment F on Q { a { " + repeated(8, "x#: b") + " } }", "aliases", 15, 16),
        ("{ a { " + "b " * 200 + "} }", "fields", 200, 201),
        ("{ a { ...F ...F ...F } } fragment F on T { " + "b " * 67 + "}", "fields", 200, 202),
        ("{ " + repeated(6, "a#") + " }", "root_fields", 5, 6),
        ("mutation { ...F } fragment F on M { a b }", "mutations", 1, 2),
        ("{ a " + "@b " * 1000 + "}", "directives", 20, 1000),
        ("query " + "@b " * 21 + "{ a }", "directives", 20, 21),
        ("{ a(first: 101) }", "page_size", 100, 101),
        ("query ($n: Int = 1000000) { a(first: $n) }", "page_size", 100, 1000000),
        ("{ a(first: 100) { b(first: 100) { c } } }", "cost", 5000, 10101),
        ("{ a(last: $n) { b(last: $n) { c } } }", "cost", 5000, 10101),
    ],
)
def test_each_limit_is_refused_by_name(text: str, limit: str, maximum: int, measured: int) -> None:
    assert refused(text) == [exceeded(limit, maximum, measured)]


@pytest.mark.parametrize(
    "text",
    [
        "{a" * 8 + "}" * 8,
        "{ a { " + repeated(15, "x#: b") + " } }",
        "{ a { " + "b " * 199 + "} }",
        "{ " + repeated(5, "a#") + " __typename }",
        "mutation { signIn { id } __typename }",
        "{ a " + "@b " * 20 + "}",
        "{ a(first: 100) { b } }",
        "query A { a b c } query B { a b c } mutation C { a }",
    ],
)
def test_the_limit_itself_is_allowed(text: str) -> None:
    assert refused(text) == []


def test_limits_are_configurable() -> None:
    wide = Limits(depth=9, aliases=16, root_fields=6, mutations=6)
    text = "mutation { " + repeated(6, "x#: a") + " } query { " + "a {" * 8 + "a" + "}" * 8 + " }"
    assert refused(text, wide) == []
    assert [entry["limit"] for entry in refused(text)] == ["depth", "root_fields", "mutations"]


def test_a_hundred_aliased_sign_ins_break_several_limits_at_once() -> None:
    entries = refused("mutation { " + repeated(100, "x#: signIn(code: $c) { token }") + " }")
    assert [entry["limit"] for entry in entries] == ["aliases", "root_fields", "mutations"]


def test_astronomic_numbers_are_capped_so_that_they_can_be_printed() -> None:
    size = Size(1, 0, 2**100_000, 1, 0, 2**100_000, introspection=False)
    measure_ = Measure((OperationSize(None, OperationType.QUERY, size),), 0, incremental=False, cycle=None)
    entries = [error.extensions() for error in refusals(measure_, LIMITS)]
    assert [entry["measured"] for entry in entries] == [LARGEST_REPORTED, LARGEST_REPORTED]
    assert len(json.dumps(entries)) < 300


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("subscription { changed { id } }", {"code": "OPERATION_NOT_ALLOWED", "reason": "subscription"}),
        ("{ ... @defer { a } }", {"code": "OPERATION_NOT_ALLOWED", "reason": "incremental"}),
        ("{ a @stream }", {"code": "OPERATION_NOT_ALLOWED", "reason": "incremental"}),
        ("{ b: __type(name: 1) { name } }", {"code": "INTROSPECTION_DISABLED"}),
        (
            "{ ...F } fragment F on Q { ...F }",
            {"code": "DOCUMENT_INVALID", "reason": "fragment_cycle", "fragment": "F"},
        ),
    ],
)
def test_what_is_never_run_is_refused_with_its_own_code(text: str, answer: dict[str, object]) -> None:
    assert refused(text) == [answer]


def test_an_operation_beside_a_subscription_is_refused_with_it() -> None:
    assert refused("query A { a } subscription B { b }") != []


def test_introspection_is_admitted_where_it_is_asked_for() -> None:
    assert refused("{ __schema { types { name } } }", introspection=True) == []


def test_there_are_no_more_refusals_than_errors_allowed() -> None:
    text = "subscription { " + repeated(300, "x#: a @defer") + " }"
    assert len(refused(text, Limits(errors=3))) == 3


def test_the_name_of_a_cycle_is_cut() -> None:
    name = "f" * 5000
    (entry,) = refused(f"{{ ...{name} }} fragment {name} on Q {{ ...{name} }}")
    assert entry["fragment"] == "f" * 60
