"""One plan in the making: its statements, its steps in code, the values it binds, and the source that assembles the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLSchema
from sqlalchemy import ColumnElement, FromClause

from gateway.access import ANYONE, VIA_PARENT, Rule, Viewer
from gateway.assembly import AudienceSchema
from gateway.authoring import DataKind
from gateway.database.rounds import Rounds
from gateway.model import Member, Model, RowSet
from gateway.planning.arguments import ByVariable, compiled_arguments, presence
from gateway.planning.frames import Frame, Occurrence, narrowed, seed
from gateway.planning.places import Step
from gateway.planning.results import Arranged, first
from gateway.planning.script import Script
from gateway.planning.selections import Selections, Wanted
from gateway.planning.sharing import Shared
from gateway.reference.reads import Narrowing


class Catalog:
    """What is declared, as the compiler looks it up: one audience's schema over the model."""

    def __init__(
        self, schema: AudienceSchema, model: Model, rounds: Rounds, secret: bytes, page_size: int
    ) -> None:
        self.schema = schema
        self.model = model
        self.rounds = rounds
        self.secret = secret
        self.page_size = page_size
        self.shared = Shared()
        self._members = {(member.owner_name, member.name): member for member in model.members()}

    @property
    def graph(self) -> GraphQLSchema:
        """The audience's schema."""
        return self.schema.graph

    def member(self, type_name: str, field_name: str) -> Member | None:
        """A declared field; None for fields of the core's own types and of introspection."""
        return self._members.get((type_name, field_name))


@dataclass(slots=True)
class Bound:
    """One request on its way through a plan: who asks, and the values that the plan has made of its variables."""

    viewer: Viewer
    values: list[Any]


@dataclass(frozen=True)
class Shape:
    """What of a request decides its SQL: conditions, variables that are given and not null, and row scopes.

    A row scope narrows or does not, or is None where the viewer lacks a claim of it.
    """

    truths: Mapping[str, bool]
    given: Mapping[str, bool]
    active: Mapping[RowSet, bool | None]


class Build:
    """Collects what a plan consists of."""

    def __init__(self, catalog: Catalog, selections: Selections, shape: Shape) -> None:
        self.catalog = catalog
        self.selections = selections
        self.shape = shape
        self.script = Script()
        self.frames: list[Frame] = []
        self.steps: list[Step] = []
        self.binding: list[str] = []
        self.rules: list[str] = []
        self.observed: dict[tuple[DataKind, str], None] = {}
        self.own: set[int] = set()
        self.slots = 0
        self.values = 0
        self._checked: set[tuple[int, int | None]] = set()
        self._claims: dict[tuple[int, str], int] = {}
        self._seeds: dict[int, tuple[Frame, ColumnElement[Any]]] = {}
        self._kept: list[object] = []

    def value(self, source: str) -> int:
        """The place of a value that is made for each request, in this order; making it may refuse.

        ``source`` is over ``viewer``, ``variables``, ``narrowings`` and the values made before, ``v0`` and so on.
        """
        self.binding.append(f"v{self.values} = {source}")
        self.values += 1
        return self.values - 1

    def arguments(self, field_: GraphQLField, wanted: Wanted) -> int:
        """The place of a field's arguments, by their Python names."""
        read = compiled_arguments(self.catalog.schema, self.catalog.shared, field_, wanted.node)
        return self.value(f"{self.script.constant(read)}(variables)")

    def given(self, field_: GraphQLField, wanted: Wanted, argument: str) -> bool:
        """Whether requests of this shape give an argument, by its Python name, a value other than null."""
        found = presence(field_, wanted.node, argument)
        return self.shape.given[found.variable] if isinstance(found, ByVariable) else found.present

    def require(self, rule: Rule, coordinate: str, known: int | None) -> None:
        """Check a rule before anything is read: on the viewer alone, or with a known key."""
        if rule is VIA_PARENT or rule is ANYONE or (id(rule), known) in self._checked:
            return
        self._checked.add((id(rule), known))
        self._kept.append(rule)
        self.rules.append(f"{coordinate}: {rule.name}")
        asked = f"{self.script.constant(rule.admits)}(viewer, {None if known is None else f'v{known}'})"
        self.binding.append(f"if {asked} is not True: aside({f'rule of {coordinate}'!r})")

    def observe(self, data: DataKind, key: str, chain: str) -> None:
        """Note whom the answer tells of: the source of a participant's key, and the way to every place that has one."""
        self.observed[data, f"{{{key} {chain}}}"] = None

    def frame(self, round_: int, arranged: Arranged, source: FromClause) -> Frame:
        """A statement of a round."""
        made = Frame(self.slots, round_, arranged, source)
        self.slots += 1
        self.frames.append(made)
        return made

    def step(self, step: Callable[[int], Step]) -> Step:
        """A step in code; it is given its place among the data."""
        made = step(self.slots)
        self.slots += 1
        self.steps.append(made)
        return made

    def scope(self, row_set: RowSet) -> ColumnElement[bool] | None:
        """The row scope that reads of these rows are under, over the declared table; ask before there is a statement."""
        return narrowed(row_set, self.shape.active)

    def bind_claims(self, frame: Frame, row_set: RowSet) -> None:
        """Give a statement the claims that the row scope compares with."""
        if row_set.rows is not None and self.shape.active[row_set]:
            for name, _ in row_set.rows.claims:
                frame.binds[f"claim_{name}"] = self._claim(row_set, f"claim_{name}")

    def narrowed(self, frame: Frame, row_set: RowSet) -> ColumnElement[bool] | None:
        """Both."""
        self.bind_claims(frame, row_set)
        return self.scope(row_set)

    def narrow(self, frame: Frame, occurrence: Occurrence) -> None:
        """Put the table that a statement starts from under its row scope."""
        condition = self.narrowed(frame, occurrence.row_set)
        if condition is not None:
            frame.where.append(occurrence.here(condition))

    def _claim(self, row_set: RowSet, name: str) -> int:
        found = self._claims.get((id(row_set), name))
        if found is None:
            claimed, rows = self.script.constant(_claimed), self.script.constant(row_set)
            found = self.value(f"{claimed}({rows}, {name!r}, narrowings)")
            self._claims[(id(row_set), name)] = found
        return found

    def seed(self, known: int) -> tuple[Frame, ColumnElement[Any]]:
        """The statement of all single rows that hang on a known key, and its column of the key."""
        found = self._seeds.get(known)
        if found is None:
            source, key = seed()
            frame = self.frame(0, first, source)
            frame.binds["key"] = frame.needs = known
            found = self._seeds[known] = frame, key
        return found


def _claimed(row_set: RowSet, name: str, narrowings: Mapping[RowSet, Narrowing | None]) -> str:
    narrowing = narrowings[row_set]
    assert narrowing is not None
    return narrowing.parameters[name]
