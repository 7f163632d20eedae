"""Valid operations of one audience's schema: fragments, aliases, merged fields, directives, variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from graphql import GraphQLSchema
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from gateway.documents.limits import Limits
from gateway.testing.arguments import Arguments
from gateway.testing.budget import Budget, Place
from gateway.testing.chance import Chance
from gateway.testing.merging import Scope, Scopes
from gateway.testing.selections import Selections
from gateway.testing.values import ValuePool
from gateway.testing.variables import Variables

SIZES: Final = (8, 15, 25, 40, 70)
"""How many fields an operation is to have at most, fragments expanded; one is drawn."""

SETS: Final = 3
"""With how many sets of variables each operation is to be run."""


@dataclass(frozen=True)
class Operation:
    """A document, the operation in it to run (None: the only one), and sets of variables to run it with."""

    text: str
    name: str | None
    variables: tuple[Mapping[str, object], ...]


def operations(
    schema: GraphQLSchema, pool: ValuePool, limits: Limits | None = None, *, sets: int = SETS
) -> SearchStrategy[Operation]:
    """A hypothesis strategy: valid queries of a schema, nearly all inside the limits, each with some sets of variables.

    Arguments come from the pool. Fields with a required argument of a scalar that neither the pool nor the core knows are
    left out; give the pool values for it.
    """

    @st.composite
    def written(draw: DrawFn) -> Operation:
        return operation(Chance.drawn(draw), schema, pool, limits if limits is not None else Limits(), sets)

    return written()


def operation(
    chance: Chance,
    schema: GraphQLSchema,
    pool: ValuePool,
    limits: Limits,
    sets: int = SETS,
    *,
    changing: bool = False,
) -> Operation:
    """One such operation; or, ``changing``, a mutation of one change, whose texts are all in variables."""
    root = schema.mutation_type if changing else schema.query_type
    assert root is not None, "the schema has a type for the root"
    if changing:
        limits = replace(limits, root_fields=limits.mutations)
    variables = Variables(chance, defaults=not changing)
    budget = Budget(limits, min(limits.fields, chance.pick(SIZES)))
    arguments = Arguments(chance, pool, limits, variables, bound=changing)
    selections = Selections(schema, chance, budget, arguments, variables)
    body = selections.all_of(Place(root, Scopes(Scope())))
    values = tuple(variables.values() for _ in range(sets))
    second = chance.percent(5)
    named = second or chance.percent(60)
    word = "mutation" if changing else "query"
    head = variables.head
    start = f"{word} Q{head} " if named else f"{word} {head} " if head or changing else ""
    parts = [f"{start}{body}", *(fragment.text for fragment in selections.fragments)]
    if second:
        parts.append("query Other { __typename }")
    return Operation("\n".join(parts), "Q" if second or (named and chance.percent(50)) else None, values)
