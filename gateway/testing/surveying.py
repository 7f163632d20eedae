"""What whole documents ask of an executor, found by reading them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_nullable_type,
    is_interface_type,
    is_list_type,
    is_object_type,
    is_union_type,
    parse,
    visit,
)

from gateway.model import Member, Model
from gateway.testing.arguments import PAGE
from gateway.testing.features import Feature, is_paged, own_features, placed_features


@dataclass(frozen=True)
class Survey:
    """What a document asks, whichever of its operations is run, and the variables that it declares."""

    features: frozenset[Feature]
    variables: frozenset[str]

    def asked(self, given: Mapping[str, object]) -> frozenset[Feature]:
        """The same of a request with these variables."""
        found = set(self.features)
        if any(given.get(name, "") is None for name in self.variables):
            found.add(Feature.NULL)
        if not self.variables <= given.keys():
            found.add(Feature.ABSENT)
        return frozenset(found)


def survey(model: Model, schema: GraphQLSchema, text: str) -> Survey:
    """Read a valid document of a schema that was assembled from the model."""
    types, document = TypeInfo(schema), parse(text)
    found = _Features(model, schema, document, types)
    visit(document, TypeInfoVisitor(types, found))
    found.finish()
    return Survey(frozenset(found.features), frozenset(found.variables))


_OF_PAGES: Final = {
    "after": Feature.AFTER,
    "before": Feature.BEFORE,
    "totalCount": Feature.TOTAL,
    "pageInfo": Feature.FLAGS,
    "cursor": Feature.CURSOR,
}


class _Features(Visitor):
    """Collects features; ``_way`` holds the declared fields around the place where it stands."""

    def __init__(self, model: Model, schema: GraphQLSchema, document: DocumentNode, types: TypeInfo) -> None:
        super().__init__()
        self.features: set[Feature] = set()
        self.variables: set[str] = set()
        self._model = model
        self._schema = schema
        self._types = types
        self._conditions = {
            node.name.value: node.type_condition.name.value
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._members = {(member.owner_name, member.name): member for member in model.members()}
        self._way: list[Member | None] = []
        self._objects = 0
        self._fragment = False
        self._spreads: Counter[str] = Counter()

    def finish(self) -> None:
        """What only the whole document tells."""
        if any(times > 1 for times in self._spreads.values()):
            self.features.add(Feature.SPREAD_TWICE)

    # --- the document's own forms ---------------------------------------------------------------------------------

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Its kind."""
        if node.operation is OperationType.MUTATION:
            self.features.add(Feature.MUTATION)

    def enter_fragment_definition(self, *_: Any) -> None:
        """Spreads inside it are nested."""
        self._fragment = True

    def leave_fragment_definition(self, *_: Any) -> None:
        """The end of it."""
        self._fragment = False

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """A named fragment."""
        self._spreads[node.name.value] += 1
        self._conditioned(self._conditions[node.name.value])
        if self._fragment:
            self.features.add(Feature.NESTED)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        """A variable, perhaps with a default."""
        self.variables.add(node.variable.name.value)
        if node.default_value is not None:
            self.features.add(Feature.DEFAULT)

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """A condition."""
        if any(isinstance(argument.value, VariableNode) for argument in node.arguments or ()):
            self.features.add(Feature.CONDITION)

    def enter_object_value(self, *_: Any) -> None:
        """An input object begins."""
        self._objects += 1

    def leave_object_value(self, *_: Any) -> None:
        """It ends."""
        self._objects -= 1

    def enter_variable(self, *_: Any) -> None:
        """A variable, perhaps inside an input object."""
        if self._objects:
            self.features.add(Feature.INSIDE_OBJECT)

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> None:
        """A condition on the type."""
        if node.type_condition is not None:
            # The type is the condition's already, the parent type still that of the selection around it.
            self._conditioned(node.type_condition.name.value)

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        """Fields that stand beside each other."""
        keys: Counter[str] = Counter()
        names: dict[str, set[str]] = {}
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                keys[key] += selection.selection_set is not None
                names.setdefault(selection.name.value, set()).add(key)
        if any(times > 1 for times in keys.values()):
            self.features.add(Feature.MERGED)
        parent = self._types.get_parent_type()
        for name, found in names.items():
            member = None if parent is None else self._members.get((parent.name, name))
            if len(found) > 1 and member is not None and is_paged(member):
                self.features.add(Feature.TWO_PAGES)

    # --- fields ---------------------------------------------------------------------------------------------------

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """A field, the declared ones around it known as far as its own definition goes."""
        parent = self._types.get_parent_type()
        member = None if parent is None else self._members.get((parent.name, node.name.value))
        if node.alias is not None:
            self.features.add(Feature.ALIAS)
        if node.name.value in _OF_PAGES:
            self.features.add(_OF_PAGES[node.name.value])
        for argument in node.arguments or ():
            self._argument(member, argument)
        if member is not None:
            self.features.update(own_features(self._model, member))
            self.features.update(placed_features(member, [outer for outer in self._way if outer is not None]))
        self._way.append(member)

    def leave_field(self, *_: Any) -> None:
        """Its end."""
        self._way.pop()

    def _argument(self, member: Member | None, node: ArgumentNode) -> None:
        argument = self._types.get_field_def()
        type_ = None if argument is None else argument.args[node.name.value].type
        if type_ is not None and is_list_type(get_nullable_type(type_)):
            self.features.add(Feature.LIST_ARGUMENT)
        if node.name.value in _OF_PAGES:
            self.features.add(_OF_PAGES[node.name.value])
        elif node.name.value not in PAGE and member is not None and is_paged(member):
            self.features.add(Feature.FILTER)

    def _conditioned(self, condition: str) -> None:
        outer = self._types.get_parent_type()
        if is_object_type(self._schema.type_map[condition]):
            if is_interface_type(outer):
                self.features.add(Feature.INTERFACE)
            if is_union_type(outer):
                self.features.add(Feature.UNION)
