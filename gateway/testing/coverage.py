"""What a run of generated requests has touched; a run that touched little proves little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    is_interface_type,
    is_object_type,
    parse,
    visit,
)

from gateway.access import Audience
from gateway.testing.features import Feature
from gateway.testing.watching import PLANNED


@dataclass
class Coverage:
    """Counts over requests: ``with_data`` answered some value in an object, ``with_cursor`` gave a place in a list.

    ``with_errors_above`` had an error that took more than its own field away. ``codes`` counts errors; ``selected`` holds
    (audience, ``Type.field``) of every field that some document asked for. ``features`` counts what the requests asked that
    were answered without an error. Of these, ``planned`` counts what plans answered, ``planned_features`` what was asked of
    them, and ``needless`` the reasons for which plans stepped aside; ``asides`` has the reasons of all requests.
    """

    requests: int = 0
    with_data: int = 0
    with_errors: int = 0
    with_errors_above: int = 0
    with_cursor: int = 0
    refused: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    selected: set[tuple[Audience, str]] = field(default_factory=set)
    features: Counter[Feature] = field(default_factory=Counter)
    planned: int = 0
    planned_features: Counter[Feature] = field(default_factory=Counter)
    asides: Counter[str] = field(default_factory=Counter)
    needless: Counter[str] = field(default_factory=Counter)

    @property
    def share_planned(self) -> float:
        """The share of plans among the answers without an error."""
        return self.planned / max(1, self.requests - self.with_errors)

    def watch(self, answer: Mapping[str, Any], asked: Collection[Feature], outcome: str | None) -> None:
        """Count what one request asked, and what became of it by plan."""
        plain = not answer.get("errors")
        if outcome is not None and outcome != PLANNED:
            self.asides[outcome] += 1
            self.needless.update([outcome] if plain else [])
        if plain:
            self.features.update(asked)
        if outcome == PLANNED:
            self.planned += 1
            self.planned_features.update(asked)

    def count(self, answer: Mapping[str, Any], cursor: bool, type_names: Collection[object]) -> None:
        """Count one answer."""
        errors = answer.get("errors", [])
        self.requests += 1
        self.with_data += any(value not in type_names for value in _values(answer.get("data")))
        self.with_errors += bool(errors)
        self.with_errors_above += any(
            takes_more(answer.get("data"), error.get("path", ())) for error in errors
        )
        self.with_cursor += cursor
        self.refused += "data" not in answer
        self.codes.update(error["extensions"]["code"] for error in errors)

    def select(self, audience: Audience, schema: GraphQLSchema, document: str) -> None:
        """Note the fields that a document asks for."""
        info = TypeInfo(schema)
        visit(parse(document), TypeInfoVisitor(info, _Fields(info, audience, self.selected)))

    def unselected(self, schemas: Mapping[Audience, GraphQLSchema]) -> list[str]:
        """Fields that no document asked for, as ``participant: Type.field``."""
        fields = {
            (audience, f"{name}.{field}")
            for audience, schema in schemas.items()
            for name, type_ in schema.type_map.items()
            if (is_object_type(type_) or is_interface_type(type_))
            and not name.startswith("__")
            and name != "Mutation"
            for field in type_.fields
        }
        return sorted(f"{audience.value}: {coordinate}" for audience, coordinate in fields - self.selected)

    def __str__(self) -> str:
        return (
            f"{self.requests} requests: {self.with_data} with data, {self.with_errors} with errors, "
            f"{self.with_cursor} with a cursor, {self.refused} refused; errors {dict(self.codes)}; "
            f"{self.planned} planned, needlessly aside {dict(self.needless)}"
        )


class _Fields(Visitor):
    """Collects coordinates."""

    def __init__(self, info: TypeInfo, audience: Audience, found: set[tuple[Audience, str]]) -> None:
        super().__init__()
        self._info = info
        self._audience = audience
        self._found = found

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """A field and the type that it is selected from."""
        parent = self._info.get_parent_type()
        if parent is not None:
            self._found.add((self._audience, f"{parent.name}.{node.name.value}"))


def takes_more(data: Any, path: Sequence[Any]) -> bool:
    """Whether what is around the field with an error at this path is gone too."""
    for step in path[:-1]:
        data = None if data is None else data[step]
    return bool(path) and data is None


def _values(answer: object) -> Iterator[object]:
    """Values inside the objects of an answer; false, nothing and what stands at the root prove nothing."""
    objects = list(answer.values()) if isinstance(answer, Mapping) else []
    while objects:
        found = objects.pop()
        for value in (
            found.values() if isinstance(found, Mapping) else found if isinstance(found, list) else ()
        ):
            if isinstance(value, Mapping | list):
                objects.append(value)
            elif value:
                yield value
