"""Generated operations are valid, of every shape, and inside the limits."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from hypothesis import HealthCheck, given, settings

from gateway.documents.limits import Limits, refusals
from gateway.documents.measuring import measure
from gateway.documents.parsing import parse_document
from gateway.documents.validation import masked_variable_errors
from gateway.errors import ClientError
from gateway.testing import Operation, ValuePool, operations
from gateway.testing.chance import Chance
from gateway.testing.documents import operation

SCHEMA = build_schema(
    """
    scalar Date scalar Money scalar Unknown
    type Query {
      me: Person
      person(id: ID!): Person
      search(text: String, kinds: [Kind!], box: Box, one: One): [Hit!]!
      cards(text: String, kind: Kind, since: Date, first: Int = 20, after: String, last: Int, before: String): CardConnection
      card(number: String!): Card
      needs(thing: Unknown!): String
    }
    enum Kind { A B }
    input Box { a: Int! b: [String!] inner: Inner }
    input Inner { day: Date money: Money = 3 }
    input One @oneOf { left: Int right: String }
    union Hit = Card | Person
    type Person {
      id: ID!
      name(loud: Boolean! = false): String
      card: Card
      grants: [Grant!]
      cards(since: Date, first: Int = 20, after: String, last: Int, before: String): CardConnection
      friend: Person
    }
    type Card { number: String! amount: Money kind: Kind holder: Person grants: [Grant!] name: String }
    interface Grant { amount: Int kind: Kind! }
    type Sickness implements Grant { amount: Int kind: Kind! days: Int name: String! owner: Person }
    type Birth implements Grant { amount: Int kind: Kind! days: String name: String! }
    type CardConnection { edges: [CardEdge!]! pageInfo: PageInfo! totalCount: Int! }
    type CardEdge { cursor: String! node: Card! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    """
)
POOL = ValuePool({"Query.card(number:)": ["C1", "C2"]}, {"Query.cards": ["real"]})


def sample(
    schema: GraphQLSchema = SCHEMA, pool: ValuePool = POOL, limits: Limits | None = None, size: int = 400
) -> list[Operation]:
    """Many operations, the same each time."""
    bounds = limits if limits is not None else Limits()
    return [operation(Chance.seeded(f"sample {number}"), schema, pool, bounds) for number in range(size)]


def check_valid(written: Operation) -> None:
    """By the specification's rules; variables fit their types; the operation named is there."""
    document = parse(written.text)
    assert not validate(SCHEMA, document), written.text
    known = {
        node.name.value if node.name else None: node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    assert written.name in known or len(known) == 1
    chosen = known[written.name] if written.name else next(iter(known.values()))
    for variables in written.variables:
        assert not masked_variable_errors(SCHEMA, chosen.variable_definitions or (), variables, 10), written


@pytest.fixture(scope="module")
def documents() -> list[Operation]:
    """A sample of the schema above."""
    return sample()


def test_they_are_valid(documents: list[Operation]) -> None:
    """Every one of them."""
    for written in documents:
        check_valid(written)


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(operations(SCHEMA, POOL))
def test_they_are_a_strategy_of_hypothesis(written: Operation) -> None:
    """For tests of a plugin's own."""
    check_valid(written)


@pytest.mark.parametrize(
    "limits",
    [Limits(), Limits(depth=5, aliases=2, fields=30, root_fields=2, directives=3, cost=900)],
    ids=["default", "tight"],
)
def test_nearly_all_are_inside_the_limits(limits: Limits) -> None:
    """Those beyond are few: they show that a limit answers alike everywhere, and prove nothing else."""
    beyond: Counter[str] = Counter()
    found = sample(limits=limits)
    for written in found:
        try:
            refused = refusals(measure(parse_document(written.text, limits), limits, SCHEMA), limits)
        except ClientError as error:
            refused = [error]
        beyond.update(str(error.details["limit"]) for error in refused)
    assert sum(beyond.values()) <= len(found) // 20, beyond


@pytest.mark.parametrize(
    ("pattern", "least"),
    [
        (r"\b\w+: \w+ [{(@}]?", 20),  # an alias
        (r"fragment F1 on", 25),
        (r"fragment F3 on", 3),
        (r"(\.\.\.F1\b).*\1", 5),
        (r"\.\.\. on (Sickness|Birth|Card|Person)", 15),
        (r"\.\.\. (@|\{)", 5),
        (r"@(skip|include)\(if: (true|false)\)", 15),
        (r"@(skip|include)\(if: \$", 15),
        (r"\b(\w+) \1\b", 10),
        (r"__typename", 30),
        (r"\$v1: ", 40),
        (r"\$v\d+: \w+ =", 10),
        (r"\$v\d+: \w+! =", 5),
        (r"\(?\b\w+: null", 5),
        (r'after: ("real"|\$)', 8),
        (r'(after|before): "(?!real)', 3),
        (r"\bfirst: ", 15),
        (r"\blast: ", 8),
        (r"kind: [AB]\b", 3),
        (r"box: \{a: ", 3),
        (r'number: "C1"', 3),
        (r"query Other", 2),
        (r"(\bcards\([^)]*\)).*: cards\((?!\1)", 2),  # one list twice, with arguments of its own
        (r"\bloud: null|\bkinds: \[[AB$]", 1),
    ],
)
def test_they_have_every_shape(documents: list[Operation], pattern: str, least: int) -> None:
    """So many per cent of the documents at least."""
    having = sum(bool(re.search(pattern, written.text)) for written in documents)
    assert 100 * having >= least * len(documents), f"{having} of {len(documents)}"


def test_variables_are_given_null_and_absent(documents: list[Operation]) -> None:
    """In different sets for one document."""
    sets = [values for written in documents for values in written.variables]
    assert sum(None in values.values() for values in sets) > len(sets) // 50
    differing = [
        written for written in documents if len({frozenset(found) for found in written.variables}) > 1
    ]
    assert len(differing) > len(documents) // 20
    assert {len(written.variables) for written in documents} == {3}


def test_unknown_scalars_are_left_out_until_the_pool_knows_them(documents: list[Operation]) -> None:
    """A required argument that cannot be written takes its field along."""
    assert not [written for written in documents if "needs(" in written.text]
    pool = ValuePool(scalars={"Unknown": ["something"]})
    assert [written for written in sample(pool=pool) if 'needs(thing: "something")' in written.text]


CHANGING = build_schema(
    """
    type Query { a: Int }
    type Mutation { rename(name: String!, box: Box): Person remove(id: ID): Int }
    input Box { text: String! }
    type Person { name(like: String): String cards(text: String, first: Int = 20, after: String, last: Int,
      before: String): CardConnection }
    type CardConnection { edges: [CardEdge!]! totalCount: Int! }
    type CardEdge { cursor: String! node: Person! }
    """
)


def test_mutations_are_one_change_with_values_in_variables() -> None:
    """As the gateway demands of them, in defaults too."""
    written = [
        operation(Chance.seeded(f"change {number}"), CHANGING, POOL, Limits(), changing=True)
        for number in range(150)
    ]
    for found in written:
        document = parse(found.text)
        assert not validate(CHANGING, document), found.text
        assert '"' not in found.text
        (measured,) = measure(document, Limits(), CHANGING).operations[:1]
        assert measured.size.root_fields <= 1
    assert sum("rename(name: $" in found.text for found in written) > 50


def test_mutations_are_never_written() -> None:
    """Only reading is generated, unless it is asked for."""
    schema = build_schema("type Query { a: Int } type Mutation { destroy: Int }")
    assert not [
        written for written in sample(schema) if "destroy" in written.text or "mutation" in written.text
    ]
