"""What of a request decides its SQL, so that each shape of a document has a plan of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    visit,
)

from gateway.access import AccessDenied, Audience, Viewer
from gateway.authoring.sources import ManySource
from gateway.model import RowSet
from gateway.planning.build import Catalog, Shape
from gateway.planning.stepping import StepAside
from gateway.reference.reads import Narrowing, narrowing_of

ShapeKey = tuple[tuple[bool, ...], tuple[bool, ...], tuple[bool | None, ...]]


@dataclass(frozen=True)
class Questions:
    """Variables that conditions ask, variables whose presence filters and cursors ask, and the row scopes that are met."""

    truths: tuple[str, ...]
    given: tuple[str, ...]
    scoped: tuple[RowSet, ...]

    def narrowings(self, viewer: Viewer) -> Mapping[RowSet, Narrowing | None]:
        """What each row scope does to this viewer; None where a claim is missing."""
        return {row_set: _narrowing(row_set, viewer) for row_set in self.scoped} if self.scoped else {}

    def key(self, variables: Mapping[str, Any], narrowings: Mapping[RowSet, Narrowing | None]) -> ShapeKey:
        """The shape of a request."""
        return (
            tuple([_truth(variables.get(name)) for name in self.truths]) if self.truths else (),
            tuple([variables.get(name) is not None for name in self.given]) if self.given else (),
            tuple([None if one is None else one.active for one in narrowings.values()]) if narrowings else (),
        )

    def extremes(self, audience: Audience) -> list[ShapeKey]:
        """The shape of requests that give everything, and of those that give nothing; one where there are no questions.

        A row scope that leaves alone whoever belongs to the audience, and holds nothing more, is not expected to narrow anybody
        of it.
        """
        anybody = Viewer(audience)
        narrowed = tuple(_narrows(row_set, anybody) for row_set in self.scoped)
        every = (True,) * len(self.truths), (True,) * len(self.given), narrowed
        none = (False,) * len(self.truths), (False,) * len(self.given), (False,) * len(self.scoped)
        return [every] if every == none else [every, none]

    def shape(self, key: ShapeKey) -> Shape:
        """The shape of a key."""
        truths, given, active = key
        return Shape(
            dict(zip(self.truths, truths, strict=True)),
            dict(zip(self.given, given, strict=True)),
            dict(zip(self.scoped, active, strict=True)),
        )


def _truth(value: object) -> bool:
    if value is True or value is False:
        return value
    raise StepAside("condition")


def _narrowing(row_set: RowSet, viewer: Viewer) -> Narrowing | None:
    try:
        return narrowing_of(row_set, viewer)
    except AccessDenied:
        return None


def _narrows(row_set: RowSet, viewer: Viewer) -> bool:
    try:
        return narrowing_of(row_set, viewer).active
    except Exception:  # noqa: BLE001  a claim is missing, or a plugin's rule looks for it
        return True


def questions_of(
    catalog: Catalog, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Questions:
    """The questions of an operation and of the fragments that it uses."""
    types = TypeInfo(catalog.graph)
    found = _Scan(catalog, types)
    for definition in _used(operation, fragments):
        visit(definition, TypeInfoVisitor(types, found))
    return catalog.shared.one(Questions, tuple(found.truths), tuple(found.given), tuple(found.scoped))


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document by name."""
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


def _used(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[ExecutableDefinitionNode]:
    if not fragments:
        yield operation
        return
    waiting: list[ExecutableDefinitionNode] = [operation]
    seen: set[str] = set()
    while waiting:
        definition = waiting.pop()
        yield definition
        spreads = _Spreads()
        visit(definition, spreads)
        for name in spreads.names:
            if name not in seen:
                seen.add(name)
                waiting.append(fragments[name])


class _Spreads(Visitor):
    """Names of the fragments that a definition spreads."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        """One."""
        self.names.append(node.name.value)


class _Scan(Visitor):
    """Collects questions; dictionaries keep their order and each one once."""

    def __init__(self, catalog: Catalog, types: TypeInfo) -> None:
        super().__init__()
        self._catalog = catalog
        self._types = types
        self.truths: dict[str, None] = {}
        self.given: dict[str, None] = {}
        self.scoped: dict[RowSet, None] = {}

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """A field: whose rows it reads, and which of its arguments may be absent."""
        parent = self._types.get_parent_type()
        member = None if parent is None else self._catalog.member(parent.name, node.name.value)
        if member is None:
            return
        model = self._catalog.model
        for row_set in (model.row_sets.get(member.declared_in), model.target_of(member)):
            if row_set is not None and row_set.rows is not None:
                self.scoped[row_set] = None
        if isinstance(member.source, ManySource) and member.source.paged:
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.given[argument.value.name.value] = None

    def enter_directive(self, node: Any, *_: object) -> None:
        """A condition."""
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.truths[argument.value.name.value] = None
