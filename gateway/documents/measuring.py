"""One linear, memoised pass that measures a document as it would be executed.

A document is expanded through its fragments, but each definition is walked once and each fragment's size
computed once, so 60 fragments that double each other cost 60 steps and give the exact number 2^60. Nothing
here recurses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)

from gateway.documents.limits import Limits, Measure, OperationSize, Size

PAGE_ARGUMENTS: Final = ("first", "last")

_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_INCREMENTAL: Final = frozenset({"defer", "stream"})


def measure(document: DocumentNode, limits: Limits, schema: GraphQLSchema | None = None) -> Measure:
    """Measure a parsed document, valid or not, in time linear in its text.

    With a schema, ``cost`` knows page sizes: of a field with ``first`` or ``last``, the literal given, else
    the argument's default, else ``limits.page_size``, which also stands for any variable: its value comes
    later, and the measure must hold for all values. Without a schema only given page arguments multiply.
    """
    survey = _Survey(limits, schema)
    operations: list[tuple[OperationDefinitionNode, _Outline]] = []
    fragments: dict[str, _Outline] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            operations.append((definition, survey.operation(definition)))
        elif isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = survey.fragment(definition)
    sizes, cycle = _resolved(fragments)
    return Measure(
        operations=tuple(
            OperationSize(node.name.value if node.name else None, node.operation, _expanded(outline, sizes))
            for node, outline in operations
        ),
        page_size=survey.pages.largest(),
        incremental=survey.incremental,
        cycle=cycle,
    )


@dataclass(frozen=True)
class _Spread:
    """A fragment spread inside a definition: ``weight`` is the product of the page sizes above it there."""

    fragment: str
    depth: int
    weight: int
    introspective: bool


@dataclass
class _Outline:
    """What one definition selects itself, and where it spreads fragments."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    root_fields: int = 0
    directives: int = 0
    cost: int = 0
    introspection: bool = False
    spreads: list[_Spread] = field(default_factory=list)


def _expanded(outline: _Outline, sizes: Mapping[str, Size]) -> Size:
    """The size of a definition, from its own outline and the sizes of the fragments that it spreads."""
    pairs = [(spread, sizes[spread.fragment]) for spread in outline.spreads if spread.fragment in sizes]
    counted = [(spread, size) for spread, size in pairs if not spread.introspective]
    return Size(
        depth=max([outline.depth, *(spread.depth + size.depth for spread, size in counted)]),
        aliases=outline.aliases + sum(size.aliases for _, size in pairs),
        fields=outline.fields + sum(size.fields for _, size in counted),
        root_fields=outline.root_fields
        + sum(size.root_fields for spread, size in counted if not spread.depth),
        directives=outline.directives + sum(size.directives for _, size in pairs),
        cost=outline.cost + sum(spread.weight * size.cost for spread, size in counted),
        introspection=outline.introspection or any(size.introspection for _, size in pairs),
    )


def _resolved(outlines: Mapping[str, _Outline]) -> tuple[dict[str, Size], str | None]:
    """The sizes of all fragments, each computed once, after those it spreads; and one that is in a cycle."""
    sizes: dict[str, Size] = {}
    cycle: str | None = None
    for root in outlines:
        trail = {} if root in sizes else {root: iter(outlines[root].spreads)}
        while trail:
            name, spreads = trail.popitem()
            for spread in spreads:
                if spread.fragment == name or spread.fragment in trail:
                    cycle = spread.fragment
                elif spread.fragment in outlines and spread.fragment not in sizes:
                    trail[name] = spreads
                    trail[spread.fragment] = iter(outlines[spread.fragment].spreads)
                    break
            else:
                sizes[name] = _expanded(outlines[name], sizes)
    return sizes, cycle


@dataclass(frozen=True)
class _Place:
    """A selection set still to be walked; ``weight`` is the product of the page sizes above it."""

    selections: SelectionSetNode
    parent: GraphQLNamedType | None
    depth: int
    weight: int
    introspective: bool


class _Survey:
    """The walk over every definition, and what it learns about the document as a whole."""

    def __init__(self, limits: Limits, schema: GraphQLSchema | None) -> None:
        self._schema = schema
        self.pages = _Pages(limits)
        self.incremental = False

    def operation(self, node: OperationDefinitionNode) -> _Outline:
        """Outline an operation; directives of the operation and of its variables count as its own."""
        outline = _Outline()
        for variable in node.variable_definitions or ():
            self.pages.declare(variable)
            self._directives(outline, variable.directives)
        root = self._schema.get_root_type(node.operation) if self._schema else None
        return self._walk(outline, node, root)

    def fragment(self, node: FragmentDefinitionNode) -> _Outline:
        """Outline a fragment; its type condition says what it selects from, wherever it is spread."""
        return self._walk(_Outline(), node, self._type(node.type_condition.name.value))

    def _type(self, name: str) -> GraphQLNamedType | None:
        return self._schema.get_type(name) if self._schema else None

    def _walk(
        self,
        outline: _Outline,
        node: OperationDefinitionNode | FragmentDefinitionNode,
        root: GraphQLNamedType | None,
    ) -> _Outline:
        self._directives(outline, node.directives)
        places = [_Place(node.selection_set, root, depth=0, weight=1, introspective=False)]
        while places:
            place = places.pop()
            for selection in place.selections.selections:
                self._directives(outline, selection.directives)
                inner = self._select(outline, selection, place)
                if inner is not None:
                    places.append(inner)
        return outline

    def _select(self, outline: _Outline, selection: SelectionNode, place: _Place) -> _Place | None:
        """Count one selection, and return the selection set inside it."""
        match selection:
            case FieldNode():
                return self._field(outline, selection, place)
            case InlineFragmentNode():
                condition = selection.type_condition
                parent = self._type(condition.name.value) if condition else place.parent
                return replace(place, selections=selection.selection_set, parent=parent)
            case FragmentSpreadNode():
                spread = _Spread(selection.name.value, place.depth, place.weight, place.introspective)
                outline.spreads.append(spread)
        return None

    def _field(self, outline: _Outline, node: FieldNode, place: _Place) -> _Place | None:
        name = node.name.value
        outline.aliases += node.alias is not None
        outline.introspection |= name in _INTROSPECTION
        if not place.introspective:
            outline.fields += 1
            outline.cost += place.weight
            outline.depth = max(outline.depth, place.depth + 1)
            outline.root_fields += place.depth == 0 and name != "__typename"
        definition = self._definition(place.parent, name)
        size = self.pages.size(node, definition, place.parent)
        if node.selection_set is None:
            return None
        return _Place(
            node.selection_set,
            parent=get_named_type(definition.type) if definition else None,
            depth=place.depth + 1,
            weight=place.weight * size,
            introspective=place.introspective or name in _INTROSPECTION,
        )

    def _definition(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        return self._schema.get_field(parent, name) if self._schema and is_composite_type(parent) else None

    def _directives(self, outline: _Outline, directives: Sequence[DirectiveNode] | None) -> None:
        for directive in directives or ():
            outline.directives += 1
            self.incremental |= directive.name.value in _INCREMENTAL


class _Pages:
    """How many times an answer may repeat what is selected inside a field."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._literals: list[int] = []
        self._variables: set[str] = set()
        self._defaults: list[tuple[str, int]] = []

    def declare(self, variable: VariableDefinitionNode) -> None:
        """Remember the default of an operation's variable, in case it becomes a page size."""
        if isinstance(variable.default_value, IntValueNode):
            self._defaults.append((variable.variable.name.value, int(variable.default_value.value)))

    def largest(self) -> int:
        """The largest page size that the document itself states, once all of it has been walked."""
        defaults = [value for name, value in self._defaults if name in self._variables]
        return max([0, *self._literals, *defaults])

    def size(self, node: FieldNode, definition: GraphQLField | None, parent: GraphQLNamedType | None) -> int:
        """The factor that a field puts on everything inside it."""
        if definition is None:
            return max([1, *self._given(node, PAGE_ARGUMENTS)])
        known = [name for name in PAGE_ARGUMENTS if name in definition.args]
        if not known:
            return self._list_size(definition, parent)
        stated = self._given(node, known) or _defaults(definition, known) or [self._limits.page_size]
        return max([1, *stated])

    def _given(self, node: FieldNode, known: Collection[str]) -> list[int]:
        """The page sizes that a field states."""
        sizes: list[int] = []
        for argument in node.arguments or ():
            value = argument.value
            if argument.name.value not in known:
                continue
            if isinstance(value, VariableNode):
                self._variables.add(value.name.value)
                sizes.append(self._limits.page_size)
            elif isinstance(value, IntValueNode):
                self._literals.append(int(value.value))
                sizes.append(int(value.value))
        return sizes

    def _list_size(self, definition: GraphQLField, parent: GraphQLNamedType | None) -> int:
        """A list inside a connection is its page; the field that returned the connection has counted it."""
        paged = (is_object_type(parent) or is_interface_type(parent)) and "pageInfo" in parent.fields
        size, inner = 1, get_nullable_type(definition.type)
        while is_list_type(inner) and not paged:
            size, inner = size * self._limits.list_size, get_nullable_type(inner.of_type)
        return size


def _defaults(definition: GraphQLField, known: Collection[str]) -> list[int]:
    """The page sizes that hold when a field states none."""
    defaults = [_default(definition.args[name]) for name in known]
    return [size for size in defaults if isinstance(size, int)]


def _default(argument: GraphQLArgument) -> object:
    default = argument.default
    if default is None:
        return argument.default_value
    return int(default.literal.value) if isinstance(default.literal, IntValueNode) else default.value
