"""A failing document made small: what can be left out without its passing is left out."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

REMOVABLE = ("field", "inline_fragment", "fragment_spread", "directive", "argument")


async def reduced(
    text: str, schema: GraphQLSchema, fails: Callable[[str], Awaitable[bool]], seconds: float
) -> str:
    """The smallest valid document found in so much time that fails too; variables keep their names."""
    due, position = time.monotonic() + seconds, 0
    document = parse(text)
    while time.monotonic() < due:
        without = _Without(position)
        smaller = _tidy(visit(document, without))
        if not without.found:
            break
        if _is_whole(smaller) and not validate(schema, smaller) and await fails(print_ast(smaller)):
            document = smaller
        else:
            position += 1
    return print_ast(document)


def _is_whole(document: DocumentNode) -> bool:
    """Whether something is left of every selection set; validation does not ask."""
    emptied = _Emptied()
    visit(document, emptied)
    return not emptied.found


class _Emptied(Visitor):
    """Looks for selection sets without selections."""

    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        """One."""
        self.found = self.found or not node.selections


class _Without(Visitor):
    """Leaves out what stands at one position among all that can be left out, counted from the outside in."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self._left = position
        self.found = False

    def enter(self, node: Node, *_: Any) -> Any:
        """Remove the node at the position; a fragment's place is taken by nothing, not by what it holds."""
        if node.kind not in REMOVABLE:
            return None
        self._left -= 1
        if self._left == -1:
            self.found = True
            return REMOVE
        return None


def _tidy(document: DocumentNode) -> DocumentNode:
    """Without fragments that nothing spreads and variables that nothing uses, which would be invalid."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    kept: list[Any] = []
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        spread, variables = set[str](), set[str]()
        waiting: list[Node] = [operation.selection_set]
        while waiting:
            uses = _Uses()
            visit(waiting.pop(), uses)
            variables |= uses.variables
            waiting += [fragments[name] for name in uses.fragments - spread]
            spread |= uses.fragments
        declared = operation.variable_definitions or ()
        used = tuple(definition for definition in declared if definition.variable.name.value in variables)
        kept.append(replace(operation, variable_definitions=used))
        kept += [fragments[name] for name in sorted(spread) if fragments[name] not in kept]
    return DocumentNode(definitions=tuple(kept))


class _Uses(Visitor):
    """Which fragments and variables a definition names."""

    def __init__(self) -> None:
        super().__init__()
        self.fragments: set[str] = set()
        self.variables: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """A fragment's name."""
        self.fragments.add(node.name.value)

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """A variable's name."""
        self.variables.add(node.name.value)
