"""Variables of one generated operation, and the sets of values that it is run with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graphql import GraphQLInputType, get_nullable_type, is_non_null_type

from gateway.testing.chance import Chance
from gateway.testing.values import literal

Draw = Callable[[Chance], object]
"""Draws one JSON value."""


@dataclass(frozen=True)
class Variable:
    """A declared variable; ``source`` names what its values are drawn from, so that only likes share a variable."""

    name: str
    type_: str
    default: str | None
    source: str
    draw: Draw

    @property
    def declaration(self) -> str:
        """As it stands in the operation's head."""
        return f"${self.name}: {self.type_}" + (f" = {self.default}" if self.default is not None else "")

    @property
    def nullable(self) -> bool:
        """Whether null may be sent."""
        return not self.type_.endswith("!")


class Variables:
    """Declares variables where arguments and directives ask for them, some with ``defaults`` of their own."""

    def __init__(self, chance: Chance, *, defaults: bool = True) -> None:
        self._chance = chance
        self._defaults = defaults
        self._declared: list[Variable] = []

    def use(self, type_: GraphQLInputType, source: str, draw: Draw, *, has_default: bool = False) -> str:
        """A variable that may stand where a value of the type is wanted; ``has_default``: the place has one of its own."""
        declared, default = self._declared_type(type_, draw, has_default=has_default)
        found = [
            variable
            for variable in self._declared
            if variable.type_ == declared and variable.source == source and variable.default == default
        ]
        if found and self._chance.percent(40):
            return f"${self._chance.pick(found).name}"
        made = Variable(f"v{len(self._declared) + 1}", declared, default, source, draw)
        self._declared.append(made)
        return f"${made.name}"

    @property
    def declared(self) -> int:
        """How many there are."""
        return len(self._declared)

    def forget(self, since: int) -> None:
        """Take back those declared after there were so many: what would have used them is not written after all."""
        del self._declared[since:]

    @property
    def head(self) -> str:
        """The declarations, in parentheses; empty without any."""
        return f"({', '.join(variable.declaration for variable in self._declared)})" if self._declared else ""

    def values(self) -> Mapping[str, object]:
        """One set of values: some absent, some null, where that is allowed."""
        given: dict[str, object] = {}
        for variable in self._declared:
            optional = variable.nullable or variable.default is not None
            if optional and self._chance.percent(15):
                continue
            null = variable.nullable and self._chance.percent(10)
            given[variable.name] = None if null else variable.draw(self._chance)
        return given

    def _declared_type(
        self, type_: GraphQLInputType, draw: Draw, *, has_default: bool
    ) -> tuple[str, str | None]:
        """The type as wanted, or stricter, or nullable where a default stands in; and the variable's default."""
        named = get_nullable_type(type_)
        defaulted = self._defaults and self._chance.percent(20)
        default = literal(draw(self._chance), type_) if defaulted else None
        allowed = not is_non_null_type(type_) or defaulted or has_default
        lenient = allowed and self._chance.percent(30 if is_non_null_type(type_) else 75)
        return (str(named) if lenient else f"{named}!"), default
