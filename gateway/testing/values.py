"""Values for arguments: taken from the data that is there, so that answers hold something, and hostile ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_nullable_type,
    is_list_type,
)

HOSTILE_TEXTS: Final = (
    "",
    " ",
    "'",
    '"',
    "\\",
    "%",
    "_",
    "%_%",
    "a%' OR '1'='1",
    "'; SELECT 1; --",
    "${x} {{x}} $1 :x ?",
    "Nguye\u0302\u0303n",  # NFD of Nguyễn
    "nguyễn",
    "ＮＧＵＹＥＮ",
    "Đ",
    "😀\u200b\u202e",
    "a\nb\tc",
    "x" * 300,
)
"""Quotes, LIKE wildcards, injections, empty and long texts, and Vietnamese in more than one spelling."""

FORGED_CURSORS: Final = ("", "x", "%", "W10", "AAAAAAAAAAAAAAAAW10", "====", "null", "é", "A" * 200)
"""Texts that are no cursor of any list."""

SCALARS: Final[Mapping[str, tuple[object, ...]]] = {
    "Int": (0, 1, 2, 5, -1, 2**31 - 1, -(2**31)),
    "Float": (0.0, 1.5, -1e300, 3),
    "Boolean": (True, False),
    "String": HOSTILE_TEXTS,
    "ID": ("", "00", "0", "%", "no-such-key", "Nguye\u0302\u0303n"),
    "Date": ("0001-01-01", "1999-12-31", "2024-02-29", "9999-12-31"),
    "DateTime": ("0001-01-02T00:00:00Z", "2024-02-29T23:59:59.999999+07:00", "9999-12-30T00:00:00-05:00"),
    "Money": (0, 1, -1, 2**31, 2**53 - 1, -(2**53) + 1),
}
"""Values of the scalars that the core has, as JSON spells them."""


@dataclass(frozen=True)
class ValuePool:
    """What arguments are drawn from, as JSON values.

    ``arguments`` holds values that fit one argument, by its coordinate ``Query.card(number:)``; ``cursors`` real cursors, by
    the coordinate of their list (``Query.facilities``); ``scalars`` values of a scalar, by its name, beside :data:`SCALARS`.
    """

    arguments: Mapping[str, Sequence[object]] = field(default_factory=lambda: MappingProxyType({}))
    cursors: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    scalars: Mapping[str, Sequence[object]] = field(default_factory=lambda: MappingProxyType({}))

    def fitting(self, coordinate: str) -> Sequence[object]:
        """Values that are likely to find something."""
        return self.arguments.get(coordinate, ())

    def any_of(self, scalar: str) -> Sequence[object]:
        """Values of a scalar, hostile ones among them; empty where nothing is known about it."""
        return (*self.scalars.get(scalar, ()), *SCALARS.get(scalar, ()))

    def cursors_of(self, coordinate: str) -> Sequence[str]:
        """Real cursors of one list."""
        return self.cursors.get(coordinate, ())

    def foreign_cursors(self, coordinate: str) -> Sequence[str]:
        """Real cursors of other lists."""
        return [found[0] for place, found in self.cursors.items() if place != coordinate and found]


def literal(value: object, type_: GraphQLInputType) -> str:
    """A JSON value as a GraphQL literal of a type; enum values lose their quotes."""
    named = get_nullable_type(type_)
    if value is None:
        return "null"
    if is_list_type(named):
        items = value if isinstance(value, list) else [value]
        return f"[{', '.join(literal(item, named.of_type) for item in items)}]"
    if isinstance(named, GraphQLInputObjectType) and isinstance(value, dict):
        inner = (f"{name}: {literal(found, named.fields[name].type)}" for name, found in value.items())
        return f"{{{', '.join(inner)}}}"
    if isinstance(named, GraphQLEnumType):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
