"""What an operation selects of an object once its conditions are decided: fields merged by response key, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)


@dataclass(frozen=True)
class Wanted:
    """One entry of an answer: its key, the field, and the places in the document that ask for it."""

    key: str
    name: str
    nodes: tuple[FieldNode, ...]

    @property
    def node(self) -> FieldNode:
        """The first of them; the arguments of all are the same."""
        return self.nodes[0]


class Selections:
    """Reads selection sets for concrete types; ``truths`` decides ``@skip`` and ``@include`` of variables."""

    def __init__(
        self,
        graph: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        truths: Mapping[str, bool],
    ) -> None:
        self._graph = graph
        self._fragments = fragments
        self._truths = truths

    def of(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> list[Wanted]:
        """The fields that the selection sets, merged, ask of an object of this type."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            if selection_set is not None:
                self._collect(type_, selection_set, found, seen)
        return [Wanted(key, nodes[0].name.value, tuple(nodes)) for key, nodes in found.items()]

    def below(self, type_: GraphQLObjectType, wanted: Wanted) -> list[Wanted]:
        """What an entry asks of the object of this type that it leads to."""
        return self.of(type_, (node.selection_set for node in wanted.nodes))

    def _collect(
        self,
        type_: GraphQLObjectType,
        selection_set: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for selection in selection_set.selections:
            if not self._included(selection):
                continue
            match selection:
                case FieldNode():
                    key = selection.alias.value if selection.alias else selection.name.value
                    found.setdefault(key, []).append(selection)
                case InlineFragmentNode(type_condition=condition):
                    if condition is None or self._applies(type_, condition.name.value):
                        self._collect(type_, selection.selection_set, found, seen)
                case FragmentSpreadNode(name=name) if name.value not in seen:
                    seen.add(name.value)
                    fragment = self._fragments[name.value]
                    if self._applies(type_, fragment.type_condition.name.value):
                        self._collect(type_, fragment.selection_set, found, seen)

    def _applies(self, type_: GraphQLObjectType, condition: str) -> bool:
        named = self._graph.type_map[condition]
        return named is type_ or (is_abstract_type(named) and self._possible(named, type_))

    def _possible(self, abstract: GraphQLAbstractType, type_: GraphQLObjectType) -> bool:
        return self._graph.is_sub_type(abstract, type_)

    def _included(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            if directive.name.value in ("skip", "include"):
                assert directive.arguments
                decided = self._decided(directive.arguments[0].value)
                if decided is (directive.name.value == "skip"):
                    return False
        return True

    def _decided(self, value: object) -> bool:
        if isinstance(value, VariableNode):
            return self._truths[value.name.value]
        assert isinstance(value, BooleanValueNode)
        return value.value
