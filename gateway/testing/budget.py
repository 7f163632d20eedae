"""What a generated operation may still select inside the limits, fragments expanded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from graphql import GraphQLNamedType

from gateway.documents.limits import Limits
from gateway.testing.merging import Scope, Scopes

_SPARE: Final = 3


@dataclass(frozen=True)
class Place:
    """Where something is selected: ``depth`` fields above, which multiply it by ``weight``; ``nested`` fragments around."""

    parent: GraphQLNamedType
    scopes: Scopes
    depth: int = 0
    weight: int = 1
    nested: int = 0


@dataclass(frozen=True)
class Spent:
    """What the limits count; ``deepest`` in levels of fields."""

    fields: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    deepest: int = 0


@dataclass(frozen=True)
class Fragment:
    """A named fragment that is written, with what it adds wherever it is spread."""

    name: str
    on: GraphQLNamedType
    text: str
    scope: Scope
    added: Spent


class Budget:
    """Counts what is selected; ``size`` fields are wanted in all, and so far a ``part`` of them."""

    def __init__(self, limits: Limits, size: int) -> None:
        self.limits = limits
        self.size = size
        self.spent = Spent()
        self.part = 1.0

    @property
    def open(self) -> bool:
        """Whether more than what is needed may be selected."""
        return self.spent.fields < self.size * self.part

    def more(self, place: Place) -> bool:
        """Whether there is room for what need not be selected here, with a reserve for what must be elsewhere."""
        reserve = self.limits.depth
        return self.spent.fields + reserve < self.limits.fields and self.room(place) > _SPARE

    @property
    def aliases(self) -> bool:
        """Whether one more alias is admitted."""
        return self.spent.aliases < self.limits.aliases

    @property
    def directives(self) -> bool:
        """Whether one more directive is admitted."""
        return self.spent.directives < self.limits.directives

    def room(self, place: Place) -> int:
        """How many more fields may be answered for each object at a place."""
        return max(0, self.limits.cost - self.spent.cost) // place.weight

    def admits_leaf(self, place: Place) -> bool:
        """Whether a field without others inside may be here; only roots are counted apart."""
        return place.depth > 0 or self.spent.root_fields < self.limits.root_fields

    def admits_object(self, place: Place, factor: int) -> bool:
        """Whether there is room for a field at this place with a few fields inside, repeated ``factor`` times."""
        deep = place.depth + 2 <= self.limits.depth
        return self.admits_leaf(place) and self.open and deep and self.room(place) >= 20 * factor

    def admits(self, place: Place, fragment: Fragment) -> bool:
        """Whether a whole fragment may be spread once more."""
        after, limits = self._with(place, fragment.added), self.limits
        return (
            after.deepest <= limits.depth
            and after.fields <= limits.fields
            and after.aliases <= limits.aliases
            and after.directives <= limits.directives
            and after.cost <= limits.cost
            and after.root_fields <= limits.root_fields
        )

    def select(self, place: Place, field: str, *, aliased: bool) -> None:
        """Count a field."""
        self._add(place, Spent(1, field != "__typename", aliased, 0, 1, 1))

    def direct(self) -> None:
        """Count a directive."""
        self.spent = replace(self.spent, directives=self.spent.directives + 1)

    def spread(self, place: Place, fragment: Fragment) -> None:
        """Count a fragment that is spread once more."""
        self._add(place, fragment.added)

    def begin(self, place: Place) -> Spent:
        """Start a fragment at a place; give what this returns to :meth:`end`."""
        before = self.spent
        self.spent = replace(before, deepest=place.depth)
        return before

    def end(self, place: Place, before: Spent) -> Spent:
        """What was counted since :meth:`begin`, relative to the place."""
        since = self.spent
        self.spent = replace(since, deepest=max(before.deepest, since.deepest))
        return Spent(
            since.fields - before.fields,
            since.root_fields - before.root_fields,
            since.aliases - before.aliases,
            since.directives - before.directives,
            (since.cost - before.cost) // place.weight,
            since.deepest - place.depth,
        )

    def _add(self, place: Place, added: Spent) -> None:
        self.spent = self._with(place, added)

    def _with(self, place: Place, added: Spent) -> Spent:
        spent = self.spent
        return Spent(
            spent.fields + added.fields,
            spent.root_fields + (added.root_fields if place.depth == 0 else 0),
            spent.aliases + added.aliases,
            spent.directives + added.directives,
            spent.cost + added.cost * place.weight,
            max(spent.deepest, place.depth + added.deepest),
        )
