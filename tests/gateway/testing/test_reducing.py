"""Failing documents are made small, and stay documents."""

from __future__ import annotations

import pytest
from graphql import build_schema, parse, print_ast, validate

from gateway.testing.reducing import reduced

SCHEMA = build_schema("type Query { a(n: Int): A b: Int } type A { a: A c: Int d: Int }")
LARGE = """query ($n: Int, $if: Boolean!) { b a(n: $n) { ...F c @skip(if: $if) ... { a { d c } } } }
fragment F on A { d ...G } fragment G on A { a { c } }"""


@pytest.mark.parametrize(
    ("needed", "smallest"),
    [
        ((), {"{ a { ... { a { c } } } }"}),
        (("d",), {"{ a { ...F } } fragment F on A { d }", "{ a { a { d } } }", "{ a { ... { a { d } } } }"}),
        (("$if",), {"query ($if: Boolean!) { a { c @skip(if: $if) } }"}),
    ],
)
async def test_what_is_not_needed_is_left_out(needed: tuple[str, ...], smallest: set[str]) -> None:
    """Fields, fragments, directives, arguments, and then variables and fragments that nothing uses."""
    seen = []

    async def fails(text: str) -> bool:
        seen.append(text)
        return all(part in text for part in needed)

    found = await reduced(LARGE, SCHEMA, fails, 30)
    assert " ".join(found.split()) in smallest
    for text in seen:
        assert not validate(SCHEMA, parse(text))


async def test_there_is_an_end_to_it() -> None:
    """Without time nothing is tried."""

    async def fails(_: str) -> bool:
        pytest.fail("tried")

    assert await reduced(LARGE, SCHEMA, fails, 0) == print_ast(parse(LARGE))
