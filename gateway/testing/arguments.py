"""Arguments of one generated field: literals and variables, given, null and left out, and pages that mostly make sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLScalarType,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from gateway.documents.limits import Limits
from gateway.testing.chance import Chance
from gateway.testing.values import FORGED_CURSORS, ValuePool, literal
from gateway.testing.variables import Variables

PAGE: Final = frozenset({"first", "after", "last", "before"})
_CURSORS: Final = frozenset({"after", "before"})
_PATTERNS: Final[tuple[tuple[int, tuple[str, ...]], ...]] = (
    (25, ()),
    (25, ("first",)),
    (18, ("first", "after")),
    (8, ("last",)),
    (12, ("last", "before")),
    (5, ("after",)),
    (2, ("first", "last")),
    (2, ("after", "before")),
    (2, ("last", "after")),
    (2, ("first", "before")),
    (3, ("first", "after", "last", "before")),
)
"""Which page arguments are given together, the forbidden companions seldom."""


@dataclass(frozen=True)
class Written:
    """Arguments as text, and how many times they may repeat what is selected inside the field."""

    text: str
    factor: int


class Arguments:
    """Writes the arguments of fields; ``bound`` ones only as variables, but for page sizes."""

    def __init__(
        self, chance: Chance, pool: ValuePool, limits: Limits, variables: Variables, *, bound: bool = False
    ) -> None:
        self._chance = chance
        self._pool = pool
        self._limits = limits
        self._variables = variables
        self._bound = bound

    def callable(self, field: GraphQLField) -> bool:
        """Whether every argument that the field requires can be written."""
        return all(
            self._known(argument.type) for argument in field.args.values() if is_required_argument(argument)
        )

    def of(self, parent: GraphQLNamedType, name: str, field: GraphQLField, room: int) -> Written:
        """The arguments of a field, below which ``room`` more fields may be answered."""
        coordinate = f"{parent.name}.{name}"
        paged = field.args.keys() >= PAGE
        given = {
            argument: self._text(found.type, f"{coordinate}({argument}:)", has_default=_has_default(found))
            for argument, found in field.args.items()
            if not (paged and argument in PAGE) and self._wanted(found)
        }
        factor = 1
        if paged:
            pages, factor = self._page(coordinate, field.args, room)
            given |= pages
        text = ", ".join(f"{argument}: {value}" for argument, value in given.items())
        return Written(f"({text})" if text else "", factor)

    def _wanted(self, argument: GraphQLArgument) -> bool:
        if is_required_argument(argument):
            return True
        return self._known(argument.type) and self._chance.percent(45)

    def _page(
        self, coordinate: str, args: Mapping[str, GraphQLArgument], room: int
    ) -> tuple[dict[str, str], int]:
        if room < 20 * self._limits.page_size:
            size = self._chance.number(1, max(1, min(3, room // 10)))
            return {self._chance.pick(("first", "last")): str(size)}, size
        names = self._chance.weighted(_PATTERNS)
        given = {name: self._page_text(coordinate, name, args[name].type) for name in names}
        stated = [int(given[name]) for name in ("first", "last") if given.get(name, "").isdigit()]
        return given, max([1, *stated]) if stated else self._limits.page_size if "first" in given else 20

    def _page_text(self, coordinate: str, name: str, type_: GraphQLInputType) -> str:
        cursor = name in _CURSORS
        if (self._bound and cursor) or self._chance.percent(40):
            if cursor:
                return self._variables.use(
                    type_, f"cursor of {coordinate}", lambda chance: self._cursor(chance, coordinate)
                )
            return self._variables.use(type_, "page size", self._any_size)
        if self._chance.percent(4):
            return "null"
        value = self._cursor(self._chance, coordinate) if cursor else self._size(self._chance)
        return literal(value, type_)

    def _cursor(self, chance: Chance, coordinate: str) -> str:
        real, foreign = self._pool.cursors_of(coordinate), self._pool.foreign_cursors(coordinate)
        if real and not chance.percent(15):
            return chance.pick(real)
        if foreign and chance.percent(30):
            return chance.pick(foreign)
        return chance.pick(_spoiled(real[0]) if real else FORGED_CURSORS)

    def _size(self, chance: Chance) -> int:
        few = chance.number(1, 5)
        return chance.weighted([(80, few), (5, 0), (12, 20), (2, self._limits.page_size), (1, -1)])

    def _any_size(self, chance: Chance) -> int:
        beyond = chance.pick((self._limits.page_size + 1, -1, 2**31 - 1, -(2**31)))
        return chance.weighted([(92, self._size(chance)), (8, beyond)])

    def _text(self, type_: GraphQLInputType, source: str, *, has_default: bool = False) -> str:
        if self._bound or self._chance.percent(40):
            return self._variables.use(
                type_, source, lambda chance: self._value(chance, type_, source), has_default=has_default
            )
        named = get_nullable_type(type_)
        if not is_non_null_type(type_) and self._chance.percent(30 if has_default else 10):
            return "null"  # which is not the default
        if is_list_type(named):
            return (
                f"[{', '.join(self._text(named.of_type, source) for _ in range(self._chance.number(0, 2)))}]"
            )
        if is_input_object_type(named) and not named.is_one_of:
            fields = self._fields(self._chance, named)
            return f"{{{', '.join(f'{name}: {self._text(field.type, source)}' for name, field in fields.items())}}}"
        if is_input_object_type(named):
            name, field = self._chance.pick(list(named.fields.items()))
            return f"{{{name}: {literal(self._value(self._chance, field.type, source), field.type)}}}"
        return literal(self._value(self._chance, type_, source), type_)

    def _value(self, chance: Chance, type_: GraphQLInputType, source: str) -> object:
        """A JSON value of a type, never null outside lists and objects."""
        named = get_nullable_type(type_)
        if is_list_type(named):
            return [self._value(chance, named.of_type, source) for _ in range(chance.number(0, 2))]
        if isinstance(named, GraphQLInputObjectType):
            fields = (
                dict([chance.pick(list(named.fields.items()))])
                if named.is_one_of
                else self._fields(chance, named)
            )
            return {name: self._value(chance, field.type, source) for name, field in fields.items()}
        if isinstance(named, GraphQLEnumType):
            return chance.pick(list(named.values))
        fitting = self._pool.fitting(source)
        if fitting and not chance.percent(25):
            return chance.pick(fitting)
        return chance.pick(self._pool.any_of(get_named_type(type_).name))

    def _fields(self, chance: Chance, type_: GraphQLInputObjectType) -> dict[str, GraphQLInputField]:
        return {
            name: field
            for name, field in type_.fields.items()
            if is_required_input_field(field) or (self._known(field.type) and chance.percent(60))
        }

    def _known(self, type_: GraphQLInputType, seen: frozenset[str] = frozenset()) -> bool:
        named = get_named_type(type_)
        if isinstance(named, GraphQLScalarType):
            return bool(self._pool.any_of(named.name))
        if isinstance(named, GraphQLInputObjectType):
            # An object inside itself could go on for ever.
            inner = seen | {named.name}
            return named.name not in seen and all(
                self._known(field.type, inner) for field in named.fields.values()
            )
        return True


def _has_default(argument: GraphQLArgument) -> bool:
    return argument.default is not None or argument.default_value is not Undefined


def _spoiled(cursor: str) -> tuple[str, ...]:
    """A real cursor with a character less, more or other, and texts that never were one."""
    other = "A" if cursor[:1] != "A" else "B"
    return (cursor[:-1], f"{cursor}A", f"{other}{cursor[1:]}", *FORGED_CURSORS)
