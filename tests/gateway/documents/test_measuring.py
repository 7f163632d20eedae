"""Measuring costs no more than the text is long and sees pages, lists, introspection and cycles everywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    Undefined,
    build_schema,
    get_introspection_query,
    parse,
)

from gateway.documents import measuring
from gateway.documents.limits import Limits, Measure, Size
from gateway.documents.measuring import measure

SCHEMA = build_schema(
    """
    type Query {
      me: Person
      people(first: Int = 20, last: Int): People!
      everyone(first: Int): [Person!]!
      node: Node
    }
    type Mutation { signIn: Person signOut: Boolean }
    interface Node { id: ID friends: [Person] }
    type Person implements Node {
      id: ID
      friends: [Person]
      grid: [[Person!]!]!
      people(first: Int = 20): People!
      tags: [String]
    }
    type People { edges: [Edge!]! nodes: [Person!]! pageInfo: PageInfo! }
    type Edge { node: Person cursor: String }
    type PageInfo { hasNextPage: Boolean! }
    """
)
UNLIMITED_TOKENS = 1_000_000


def measured(text: str, schema: GraphQLSchema | None = SCHEMA) -> Measure:
    return measure(parse(text), Limits(), schema)


def size(text: str, schema: GraphQLSchema | None = SCHEMA) -> Size:
    return measured(text, schema).operations[0].size


def doubling(count: int, body: str = "a") -> str:
    fragments = [f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(count)]
    return "\n".join(["{ ...f0 }", *fragments, f"fragment f{count} on Query {{ {body} }}"])


def chain(count: int) -> str:
    fragments = [f"fragment f{i} on Person {{ friends {{ ...f{i + 1} }} }}" for i in range(count)]
    return "\n".join(["{ me { ...f0 } }", *fragments, f"fragment f{count} on Person {{ id }}"])


def test_doubling_fragments_are_measured_exactly() -> None:
    text = doubling(60, body="x: a @y")
    assert size(text) == Size(1, 2**60, 2**60, 2**60, 2**60, 2**60, introspection=False)


def test_numbers_may_be_astronomic() -> None:
    document = parse(doubling(3000), max_lexical_tokens=UNLIMITED_TOKENS)
    assert measure(document, Limits()).operations[0].size.fields == 2**3000


def fan(count: int) -> str:
    spreads = " ".join(f"...f{i}" for i in range(count))
    leaves = [f"fragment f{i} on Query {{ a }}" for i in range(count)]
    return "\n".join([f"{{ ...f }} fragment f on Query {{ {spreads} }}", *leaves])


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of the module under test a call executes."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        if frame.f_code.co_filename != measuring.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("shape", [doubling, chain, fan], ids=["doubling", "chain", "fan"])
def test_work_grows_with_the_text_not_with_its_expansion(shape: Callable[[int], str]) -> None:
    def work(count: int) -> int:
        document = parse(shape(count))
        return lines_run(lambda: measure(document, Limits(), SCHEMA))

    ten, twenty, thirty = work(10), work(20), work(30)
    assert thirty - twenty == twenty - ten
    assert 0 < twenty - ten < 10 * 150


def test_order_of_definitions_does_not_matter() -> None:
    parts = doubling(30, body="a { b }").split("\n")
    assert size("\n".join(reversed(parts))) == size("\n".join(parts))


def ring(count: int) -> str:
    return " ".join(f"fragment f{i} on Query {{ ...f{(i + 1) % count} }}" for i in range(count))


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("{ ...a } fragment a on Query { me ...a }", {"a"}),
        ("{ ...f0 } " + ring(3), {"f0", "f1", "f2"}),
        ("{ me } " + ring(2), {"f0", "f1"}),
        (ring(5000), {f"f{i}" for i in range(5000)}),
    ],
    ids=["itself", "three", "unused", "long"],
)
def test_a_cycle_is_named_and_ends(text: str, cycle: set[str]) -> None:
    assert measure(parse(text), Limits(), SCHEMA).cycle in cycle


def test_no_cycle_is_seen_where_a_fragment_is_only_spread_twice() -> None:
    fragments = ["fragment a on Q { ...c }", "fragment b on Q { ...c ...a }", "fragment c on Q { n }"]
    assert measured("{ ...a ...b ...c } " + " ".join(fragments)).cycle is None


def test_nothing_recurses_however_deep_the_document() -> None:
    document = parse(chain(5000), max_lexical_tokens=UNLIMITED_TOKENS)
    deep = measure(document, Limits(), SCHEMA).operations[0].size
    assert deep.depth == 5002
    assert deep.cost == 1 + sum(10**level for level in range(5001))


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ me { id } }", 2),
        ("{ people { nodes { id } } }", 1 + 20 + 20),
        ("{ people(first: 5) { edges { node { id } } pageInfo { hasNextPage } } }", 1 + 5 * 5),
        ("{ people(first: 5, last: 9) { nodes { id } } }", 1 + 9 * 2),
        ("{ people(first: null) { nodes { id } } }", 1 + 20 * 2),
        ("query ($n: Int = 5) { people(first: $n) { nodes { id } } }", 1 + 100 * 2),
        ("{ people(first: 0) { nodes { id } } }", 3),
        ("{ people(first: -7) { nodes { id } } }", 3),
        ("{ everyone { id } }", 1 + 100),
        ("{ everyone(first: 7) { id } }", 1 + 7),
        ("{ everyone(first: 7) { id friends { id } tags } }", 1 + 7 * (3 + 10)),
        ("{ me { grid { id } } }", 2 + 100),
        ("{ node { friends { id } ... on Person { grid { id } } } }", 1 + 1 + 10 + 1 + 100),
        ("{ ...F } fragment F on Query { everyone(first: 7) { ...G } } fragment G on Person { friends { id } }",
         1 + 7 + 70),
        ("{ people(first: 3) { ...F } } fragment F on People { nodes { id people(first: 4) { nodes { id } } } }",
         1 + 3 * (3 + 4 * 2)),
        ("{ unknown(first: 6) { id } }", 1 + 6),
        ("{ me { unknown { friends { id } } } }", 4),
    ],
)  # fmt: skip
def test_cost_multiplies_by_pages_and_lists(text: str, cost: int) -> None:
    assert size(text).cost == cost


def test_nested_lists_cost_what_they_may_hold() -> None:
    text = "{ me { " + "friends { " * 14 + "id" + " }" * 14 + " } }"
    two_each = measure(parse(text), Limits(list_size=2), SCHEMA).operations[0].size
    assert two_each.cost == 1 + 2**15 - 1
    assert size(text).cost > 10**14


def test_without_a_schema_stated_pages_still_multiply() -> None:
    assert size("{ people(first: 50) { nodes { id } } friends { id } }", schema=None).cost == 1 + 50 * 2 + 2


@pytest.mark.parametrize(("default", "page"), [(8, 8), (None, 100), (Undefined, 100)])
def test_a_default_in_code_counts_as_one_in_a_schema_file(default: object, page: int) -> None:
    item = GraphQLObjectType("Item", {"id": GraphQLField(GraphQLInt)})
    arguments = {"first": GraphQLArgument(GraphQLInt, default_value=default)}
    query = GraphQLObjectType("Query", {"items": GraphQLField(item, args=arguments)})
    assert size("{ items { id } }", GraphQLSchema(query)).cost == 1 + page


@pytest.mark.parametrize(
    ("text", "largest"),
    [
        ("{ me { id } }", 0),
        ("{ people(first: 5) { nodes { people(first: 500) { nodes { id } } } } }", 500),
        ("query ($n: Int = 700) { people(first: $n) { nodes { id } } }", 700),
        ("{ me { ...F } } fragment F on Person { people(first: 101) { nodes { id } } }", 101),
        ("query ($n: Int = 700) { ...F } fragment F on Query { everyone(first: $n) { id } }", 700),
        ("query ($other: Int = 700) { people(first: 5) { nodes { id } } me(n: $other) { id } }", 5),
        ("{ people(first: " + "9" * 40 + ") { nodes { id } } }", int("9" * 40)),
    ],
)
def test_the_largest_page_that_a_document_states(text: str, largest: int) -> None:
    assert measured(text).page_size == largest


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Query") { name } }',
        "{ me { id } a: __schema { description } }",
        '{ ... { ... on Query { x: __type(name: "A") { kind } } } }',
        "{ ...F } fragment F on Query { ...G } fragment G on Query { __schema { description } }",
        "{ __schema @skip(if: true) { description } }",
        "query A { me { id } } query B { __schema { description } }",
        get_introspection_query(),
    ],
)
def test_introspection_is_seen_in_every_spelling(text: str) -> None:
    assert any(operation.size.introspection for operation in measured(text).operations)


def test_typename_is_neither_introspection_nor_a_root_field() -> None:
    found = size("mutation { __typename signIn { __typename id } }")
    assert not found.introspection
    assert (found.root_fields, found.fields) == (1, 4)


def test_the_usual_introspection_stays_within_the_limits() -> None:
    assert size(get_introspection_query()) == Size(1, 0, 1, 1, 0, 1, introspection=True)


@pytest.mark.parametrize(
    "text",
    [
        "{ ... @defer { me { id } } }",
        "{ everyone @stream(initialCount: 1) { id } }",
        "{ me { ...F @defer } } fragment F on Person { id }",
        "{ me { ...F } } fragment F on Person { friends @stream { id } }",
    ],
)
def test_incremental_directives_are_seen_everywhere(text: str) -> None:
    assert measured(text).incremental


def test_every_operation_is_measured_alone() -> None:
    operations = "query A { me { id } } mutation B { signIn { id } signOut } query C { ...F }"
    text = operations + " fragment F on Query { a: me { id } }"
    found = [
        (one.name, one.kind, one.size.root_fields, one.size.aliases) for one in measured(text).operations
    ]
    assert found == [
        ("A", OperationType.QUERY, 1, 0),
        ("B", OperationType.MUTATION, 2, 0),
        ("C", OperationType.QUERY, 1, 1),
    ]


def test_directives_of_operations_variables_and_fragments_count() -> None:
    text = "query ($a: Int @x) @y { me { id @z ...F @s } } fragment F on Person @t { id }"
    assert size(text).directives == 5


@pytest.mark.parametrize(
    "text", ["type Query { a: Int }", "{ ...missing }", "fragment F on Nowhere { a { b } }", "{ }"]
)
def test_an_invalid_document_is_measured_without_complaint(text: str) -> None:
    assert measured(text).cycle is None
