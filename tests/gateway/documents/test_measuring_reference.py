"""The linear measure of a document equals what naive expansion through its fragments finds."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.limits import Limits, Size
from gateway.documents.measuring import measure

RECURSIVE = build_schema(
    "type Query { a: Query b: [Query] p(first: Int): [Query] q(first: Int = 3): Query n: Int __schema: Query }",
    assume_valid=True,
)
FACTORS = {"a": 1, "b": 10, "p": 100, "q": 3, "n": 1, "__schema": 1, "__type": 1}


def expanded(
    document: DocumentNode, selections: SelectionSetNode, depth: int, weight: int, introspective: bool
) -> Iterator[tuple[FieldNode | None, int, int, bool, int]]:
    """Every selection that expansion meets: its field, depth, weight, whether introspective, its directives."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    for node in selections.selections:
        directives = len(node.directives or ())
        if isinstance(node, FieldNode):
            yield node, depth + 1, weight, introspective, directives
            stated = [a.value for a in node.arguments or () if isinstance(a.value, IntValueNode)]
            factor = int(stated[0].value) if stated else FACTORS[node.name.value]
            if node.selection_set:
                hidden = introspective or node.name.value.startswith("__")
                yield from expanded(document, node.selection_set, depth + 1, weight * factor, hidden)
        elif isinstance(node, InlineFragmentNode):
            yield None, depth, weight, introspective, directives
            yield from expanded(document, node.selection_set, depth, weight, introspective)
        elif isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            yield None, depth, weight, introspective, directives + len(fragment.directives or ())
            yield from expanded(document, fragment.selection_set, depth, weight, introspective)


def reference(document: DocumentNode) -> Size:
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    met = list(expanded(document, operation.selection_set, 0, 1, introspective=False))
    fields = [(node, depth, weight) for node, depth, weight, hidden, _ in met if node and not hidden]
    return Size(
        depth=max((depth for _, depth, _ in fields), default=0),
        aliases=sum(node.alias is not None for node, *_ in met if node),
        fields=len(fields),
        root_fields=sum(depth == 1 for _, depth, _ in fields),
        directives=sum(directives for *_, directives in met) + len(operation.directives or ()),
        cost=sum(weight for *_, weight in fields),
        introspection=any(node.name.value in {"__schema", "__type"} for node, *_ in met if node),
    )


@st.composite
def selection_sets(draw: st.DrawFn, spreads: list[str], levels: int = 3) -> str:
    return "{ " + " ".join(draw(st.lists(selections(spreads, levels), min_size=1, max_size=3))) + " }"


@st.composite
def selections(draw: st.DrawFn, spreads: list[str], levels: int) -> str:
    directive = draw(st.sampled_from(["", "", "@x", "@x @y(z: 1)"]))
    kind = draw(
        st.sampled_from(["leaf", *(["field", "inline"] if levels else []), *(["spread"] if spreads else [])])
    )
    if kind == "spread":
        return f"...{draw(st.sampled_from(spreads))} {directive}"
    if kind == "inline":
        condition = draw(st.sampled_from(["", "on Query"]))
        return f"... {condition} {directive} {draw(selection_sets(spreads, levels - 1))}"
    alias = draw(st.sampled_from(["", "", "alias: "]))
    if kind == "leaf":
        return f"{alias}n {directive}"
    name = draw(st.sampled_from(["a", "b", "p", "p(first: 4)", "q", "q(first: 2)", "__schema", "__type"]))
    return f"{alias}{name} {directive} {draw(selection_sets(spreads, levels - 1))}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    names = [f"f{i}" for i in range(draw(st.integers(0, 4)))]
    parts = [f"query {draw(st.sampled_from(['', '@x']))} {draw(selection_sets(names))}"]
    for i, name in enumerate(names):
        directive = draw(st.sampled_from(["", "@x"]))
        parts.append(f"fragment {name} on Query {directive} {draw(selection_sets(names[i + 1 :], 2))}")
    return "\n".join(draw(st.permutations(parts)))


@given(documents())
def test_the_measure_equals_naive_expansion(text: str) -> None:
    document = parse(text)
    assert measure(document, Limits(), RECURSIVE).operations[0].size == reference(document)
