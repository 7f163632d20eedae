"""Selection sets of one generated operation: fields, fields once more, and fragments of every kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast

from graphql import (
    GraphQLCompositeType,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
)
from graphql.type.directives import GraphQLIncludeDirective
from graphql.utilities import do_types_overlap

from gateway.testing.arguments import PAGE, Arguments
from gateway.testing.budget import Budget, Fragment, Place
from gateway.testing.chance import Chance
from gateway.testing.merging import Scope, Scopes, Use
from gateway.testing.variables import Variables

_NESTED: Final = 3
_CONDITION: Final = GraphQLIncludeDirective.args["if"].type
_TYPENAME: Final = GraphQLField(GraphQLNonNull(GraphQLString))
_TYPENAME_FIELD: Final = "__typename"
_STATED: Final = re.compile(r"\b(?:first|last): ([0-9]+)")


class Selections:
    """Writes selection sets; each selection fits those that are there already, so nothing is written in vain."""

    def __init__(
        self,
        schema: GraphQLSchema,
        chance: Chance,
        budget: Budget,
        arguments: Arguments,
        variables: Variables,
    ) -> None:
        self._schema = schema
        self._chance = chance
        self._budget = budget
        self._arguments = arguments
        self._variables = variables
        self.fragments: list[Fragment] = []

    def all_of(self, place: Place) -> str:
        """A selection set, in braces."""
        wanted = range(1, self._chance.number(1, 4 if place.depth else 5) + 1)
        shared = not place.depth and not place.nested and self._chance.percent(50)
        found = []
        for number in wanted:
            if shared:  # or the first root would often take all
                self._budget.part = number / len(wanted)
            if self._budget.more(place):
                found.append(self._selection(place))
        selections = [selection for selection in found if selection is not None]
        return f"{{ {' '.join(selections) if selections else self._anything(place)} }}"

    def _selection(self, place: Place) -> str | None:
        fields = 60 if hasattr(place.parent, "fields") else 4  # a union has none of its own
        kinds = [
            (fields, self._field),
            (4, self._typename),
            (8, self._again),
            (8, self._spread),
            (6 if place.depth else 30, self._beside),
        ]
        if place.nested < _NESTED and self._budget.open:
            abstract = is_abstract_type(place.parent)
            kinds += [(40 if abstract else 8, self._inline), (20 if abstract else 8, self._fragment)]
        return self._chance.weighted(kinds)(place)

    # --- fields ---------------------------------------------------------------------------------------------------

    def _typename(self, place: Place) -> str | None:
        return self._written(place, Use(place.parent, _TYPENAME_FIELD, _TYPENAME.type, ""), 1)

    def _anything(self, place: Place) -> str:
        # An alias beyond the limit: a selection set must not be empty, and every short name may be taken.
        use = Use(place.parent, _TYPENAME_FIELD, _TYPENAME.type, "")
        names = [_TYPENAME_FIELD, *(f"t{number}" for number in range(1, 1000))]
        free = next(name for name in names if place.scopes.admits(name, use))
        return self._written(place, use, 1, free) or ""

    def _field(self, place: Place) -> str | None:
        fields: Mapping[str, GraphQLField] = getattr(place.parent, "fields", {})
        likely = [(weight, name) for name, field in fields.items() if (weight := self._likely(place, field))]
        if not likely:
            return self._typename(place)
        return self._called(place, self._chance.weighted(likely))

    def _beside(self, place: Place) -> str | None:
        """Beside what is selected already: the field with arguments of its own, or another way to the same type."""
        fields: Mapping[str, GraphQLField] = getattr(place.parent, "fields", {})
        selected = {use.field for _, use in place.scopes.selected(place.parent)}
        types = {fields[name].type for name in selected & fields.keys()}
        reached = {named for type_ in types if is_composite_type(named := get_named_type(type_))}
        found = [
            (weight, name)
            for name, field in fields.items()
            if (field.args if name in selected else get_named_type(field.type) in reached)
            and (weight := self._likely(place, field))
        ]
        return self._called(place, self._chance.weighted(found)) if found else self._field(place)

    def _called(self, place: Place, name: str) -> str | None:
        fields: Mapping[str, GraphQLField] = getattr(place.parent, "fields", {})
        declared = self._variables.declared
        written = self._arguments.of(place.parent, name, fields[name], self._budget.room(place))
        use = Use(place.parent, name, fields[name].type, written.text)
        selected = self._written(place, use, self._factor(place, fields[name], written.factor))
        if selected is None:
            self._variables.forget(declared)
        return selected

    def _likely(self, place: Place, field: GraphQLField) -> int:
        """The weight of a field in the choice of the next one; 0 where there is no room for it."""
        if not self._arguments.callable(field):
            return 0
        if is_leaf_type(get_named_type(field.type)):
            return 2 if self._budget.admits_leaf(place) else 0
        if not self._budget.admits_object(place, self._factor(place, field, 1)):
            return 0
        if not place.depth:
            return 4 + len(getattr(get_named_type(field.type), "fields", ())) // 2
        return 8 if is_list_type(get_nullable_type(field.type)) else 4

    def _again(self, place: Place) -> str | None:
        """A field that is selected already, to be merged with it."""
        found = [
            (response, use, factor)
            for response, use in place.scopes.selected(place.parent)
            if (factor := self._repeats(place, use)) and (response == use.field or self._budget.aliases)
        ]
        if not found:
            return self._field(place)
        response, use, factor = self._chance.pick(found)
        return self._written(place, use, factor, response)

    def _repeats(self, place: Place, use: Use) -> int:
        """The factor of a field that is selected already, or 0 where there is no room for it once more."""
        if use.field == _TYPENAME_FIELD:
            return 1
        if is_leaf_type(get_named_type(use.type_)):
            return int(self._budget.admits_leaf(place))
        sizes = [int(size) for size in _STATED.findall(use.arguments)]
        page = max([1, *sizes]) if sizes else self._budget.limits.page_size
        factor = self._factor(place, getattr(place.parent, "fields", {})[use.field], page)
        return factor if self._budget.admits_object(place, factor) else 0

    def _written(self, place: Place, use: Use, factor: int, response: str | None = None) -> str | None:
        name = self._response(place.scopes, use) if response is None else response
        if name is None:
            return None
        scopes = place.scopes.add(name, use)
        self._budget.select(place, use.field, aliased=name != use.field)
        alias = f"{name}: " if name != use.field else ""
        start = f"{alias}{use.field}{use.arguments}{self._directive()}"
        inner = get_named_type(use.type_)
        if not is_composite_type(inner):
            return start
        inside = Place(inner, scopes, place.depth + 1, place.weight * factor, place.nested)
        return f"{start} {self.all_of(inside)}"

    def _response(self, scopes: Scopes, use: Use) -> str | None:
        """The response name: mostly the field's own, at times another field's; None where no name is left."""
        wanted = use.field
        if self._chance.percent(10):
            wanted = self._chance.pick(["a", "b", *getattr(use.parent, "fields", ())])
        for name in (wanted, use.field, *(f"r{number}" for number in range(1, 20))):
            if (name == use.field or self._budget.aliases) and scopes.admits(name, use):
                return name
        return None

    def _factor(self, place: Place, field: GraphQLField, page: int) -> int:
        if field.args.keys() >= PAGE:
            return page
        in_page = "pageInfo" in getattr(place.parent, "fields", ())
        return (
            self._budget.limits.list_size
            if is_list_type(get_nullable_type(field.type)) and not in_page
            else 1
        )

    def _directive(self) -> str:
        if not self._budget.directives or not self._chance.percent(12):
            return ""
        self._budget.direct()
        name = self._chance.pick(("include", "skip"))
        if self._chance.percent(50):
            condition = self._variables.use(_CONDITION, "flag", lambda chance: chance.percent(50))
        else:
            shown = not self._chance.percent(30)
            condition = "true" if shown is (name == "include") else "false"
        return f" @{name}(if: {condition})"

    # --- fragments ------------------------------------------------------------------------------------------------

    def _conditions(self, parent: GraphQLNamedType) -> list[GraphQLNamedType]:
        """Types that a fragment inside this one may be on, the type itself first."""
        others = [
            type_
            for name, type_ in sorted(self._schema.type_map.items())
            if is_composite_type(type_) and not name.startswith("__") and self._overlap(parent, type_)
        ]
        return [parent, *(type_ for type_ in others if type_ is not parent)]

    def _overlap(self, one: GraphQLNamedType, other: GraphQLNamedType) -> bool:
        return do_types_overlap(
            self._schema, cast("GraphQLCompositeType", one), cast("GraphQLCompositeType", other)
        )

    def _inline(self, place: Place) -> str:
        bare = self._chance.percent(20)
        on = place.parent if bare else self._chance.pick(self._conditions(place.parent))
        inside = Place(on, place.scopes, place.depth, place.weight, place.nested + 1)
        return f"...{'' if bare else f' on {on.name}'}{self._directive()} {self.all_of(inside)}"

    def _fragment(self, place: Place) -> str:
        """A new named fragment, first spread here; it can be spread elsewhere once it is complete."""
        on, scope = self._chance.pick(self._conditions(place.parent)), Scope()
        inside = Place(on, place.scopes.inside(scope), place.depth, place.weight, place.nested + 1)
        before = self._budget.begin(place)
        body = self.all_of(inside)
        added = self._budget.end(place, before)
        name = f"F{len(self.fragments) + 1}"
        self.fragments.append(Fragment(name, on, f"fragment {name} on {on.name} {body}", scope, added))
        return f"...{name}{self._directive()}"

    def _spread(self, place: Place) -> str | None:
        """A fragment that is complete, once more."""
        found = [
            fragment
            for fragment in self.fragments
            if self._overlap(place.parent, fragment.on)
            and self._budget.admits(place, fragment)
            and place.scopes.fits(fragment.scope)
        ]
        if not found:
            return self._field(place)
        fragment = self._chance.pick(found)
        place.scopes.absorb(fragment.scope)
        self._budget.spread(place, fragment)
        return f"...{fragment.name}{self._directive()}"
