"""Which selections may stand beside each other: GraphQL merges those with one response name, so they must agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLNamedType, is_leaf_type, is_object_type
from graphql.type import GraphQLOutputType, get_named_type


@dataclass(frozen=True)
class Use:
    """A field as it is selected under one response name; ``arguments`` as written."""

    parent: GraphQLNamedType
    field: str
    type_: GraphQLOutputType
    arguments: str

    def agrees(self, other: Use) -> bool:
        """Whether both may have one response name."""
        if str(self.type_) != str(other.type_):
            return False
        if self.field == other.field and self.arguments == other.arguments:
            return True
        exclusive = (
            self.parent is not other.parent and is_object_type(self.parent) and is_object_type(other.parent)
        )
        return exclusive and is_leaf_type(get_named_type(self.type_))


class Scope:
    """What is selected under each response name at one place of the answer, over all fragments that lead there."""

    def __init__(self) -> None:
        self._uses: dict[str, list[Use]] = {}
        self._inner: dict[str, Scope] = {}

    def admits(self, response: str, use: Use) -> bool:
        """Whether a field may be selected under this name."""
        return all(use.agrees(other) for other in self._uses.get(response, ()))

    def add(self, response: str, use: Use) -> Scope:
        """Select a field; what it selects inside goes to the scope returned."""
        self._uses.setdefault(response, []).append(use)
        return self._inner.setdefault(response, Scope())

    def selected(self, parent: GraphQLNamedType) -> list[tuple[str, Use]]:
        """What is selected from a type so far."""
        return [
            (response, use)
            for response, uses in self._uses.items()
            for use in uses[:1]
            if use.parent is parent
        ]

    def fits(self, other: Scope) -> bool:
        """Whether everything in another scope may be selected here too."""
        return all(
            self.admits(response, use) and (response not in self._inner or self._inner[response].fits(inner))
            for response, use, inner in other._each()
        )

    def absorb(self, other: Scope) -> None:
        """Select everything that another scope has."""
        for response, use, inner in list(other._each()):
            self.add(response, use).absorb(inner)

    def _each(self) -> Iterator[tuple[str, Use, Scope]]:
        for response, uses in self._uses.items():
            for use in uses:
                yield response, use, self._inner[response]


class Scopes:
    """The scopes that one selection set adds to: the place in the answer, and each fragment around it."""

    def __init__(self, *scopes: Scope) -> None:
        self._scopes = scopes

    def admits(self, response: str, use: Use) -> bool:
        """Whether a field may be selected in all of them."""
        return all(scope.admits(response, use) for scope in self._scopes)

    def add(self, response: str, use: Use) -> Scopes:
        """Select a field in all of them."""
        return Scopes(*(scope.add(response, use) for scope in self._scopes))

    def selected(self, parent: GraphQLNamedType) -> list[tuple[str, Use]]:
        """What may be selected from a type once more."""
        return [
            (response, use)
            for response, use in self._scopes[0].selected(parent)
            if self.admits(response, use)
        ]

    def fits(self, other: Scope) -> bool:
        """Whether a whole fragment may be spread here."""
        return all(scope.fits(other) for scope in self._scopes)

    def absorb(self, other: Scope) -> None:
        """Spread a whole fragment."""
        for scope in self._scopes:
            scope.absorb(other)

    def inside(self, fragment: Scope) -> Scopes:
        """The same, and a fragment that is being written here."""
        return Scopes(*self._scopes, fragment)
