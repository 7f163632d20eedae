"""Values that Python makes: results of real code, of derived functions, and attributes of the objects among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from gateway.authoring.sources import CodeSource
from gateway.authoring.types import is_made_by_code
from gateway.entities import is_entity
from gateway.model import Member
from gateway.planning.build import Build
from gateway.planning.cells import converted, leaf_writer
from gateway.planning.places import EntityPlace, Place, RootPlace, RowPlace, Step, ValuePlace
from gateway.planning.script import ONCE
from gateway.planning.selections import Wanted
from gateway.planning.stepping import StepAside
from gateway.reference.rows import RowReader

if TYPE_CHECKING:
    from gateway.planning.objects import Objects


class Values:
    """Writes what comes from code, completed as graphql-core completes values."""

    def __init__(self, build: Build, objects: Objects) -> None:
        self._build = build
        self._objects = objects

    def code(
        self, member: Member, field: GraphQLField, wanted: Wanted, source: CodeSource, place: Place
    ) -> str:
        """Source of a field of real code, and a step that calls it."""
        arguments = self._build.arguments(field, wanted)
        if isinstance(place, RootPlace):
            step = self._build.step(lambda slot: Step(slot, 0, member, source, wanted.key, arguments))
            each = f"x{step.slot}"
            every = f"{ONCE} for {each} in ({step.data},)"
            return self._completed(field.type, wanted, step.data, every, each, step.round + 1)
        if isinstance(place, ValuePlace):
            raise StepAside(f"{member.coordinate}: code on a value")
        if isinstance(place, EntityPlace):
            parents = f"{{{place.key}: None {place.chain}}}"
            step = self._build.step(
                lambda slot: Step(slot, place.round, member, source, wanted.key, arguments, parents)
            )
        else:
            step = self._on_rows(member, wanted, source, place, arguments)
        result, each = f"{step.data}[{place.key}]", f"x{step.slot}"
        every = f"for {each} in {step.data}.values()"
        return self._completed(field.type, wanted, result, every, each, step.round + 1)

    def _on_rows(
        self, member: Member, wanted: Wanted, source: CodeSource, place: RowPlace, arguments: int
    ) -> Step:
        view, rounds = place.view, self._build.catalog.rounds
        row_set = view.occurrence.row_set
        cells = [view.frame.cell(view.occurrence, cell) for cell in row_set.cells]
        reader = RowReader(row_set, [converted(rounds, cell.type, nullable=False) for cell in row_set.cells])
        parents = f"{{{place.key}: {view.row} {place.chain}}}"
        return self._build.step(
            lambda slot: Step(
                slot, place.round, member, source, wanted.key, arguments, parents, reader, cells
            )
        )

    def attribute(self, member: Member, field: GraphQLField, wanted: Wanted, place: Place) -> str:
        """Source of a field without a source of its own: an entity's key, or an attribute of an object."""
        if isinstance(place, EntityPlace):
            if place.view is not None or place.known is not None:
                return place.key  # text, as a key of the store or of a request
            return self._completed(field.type, wanted, place.key, place.chain, "", place.round)
        if not isinstance(place, ValuePlace) or member.field.base_resolver is not None:
            raise StepAside(f"{member.coordinate}: no plan for its source")
        made = f"{place.value}.{member.field.python_name}"
        return self.written(field.type, wanted, made, place.chain, place.round)

    def written(self, type_: GraphQLOutputType, wanted: Wanted, made: str, chain: str, round_: int) -> str:
        """Source of the value that the source ``made`` gives, written as its type demands."""
        each = self._build.script.fresh("x")
        return self._completed(type_, wanted, made, f"{chain} for {each} in ({made},)", each, round_)

    def _completed(
        self, type_: GraphQLOutputType, wanted: Wanted, made: str, chain: str, each: str, round_: int
    ) -> str:
        """``chain`` leads to each such value under the name ``each``."""
        script = self._build.script
        nullable = not is_non_null_type(type_)
        inner = get_nullable_type(type_)
        if is_leaf_type(inner):
            writer = self._build.catalog.shared.one(leaf_writer, inner, nullable=nullable)
            return f"{script.constant(writer)}({made})"
        there = f"{chain} if {each} is not None"
        if is_list_type(inner):
            item = script.fresh("x")
            items = self._completed(
                inner.of_type, wanted, item, f"{there} for {item} in {each}", item, round_
            )
            body = f"[{items} for {item} in {script.constant(_items)}({each})]"
        else:
            body = self._object(get_named_type(inner), wanted, each, there, round_)
        missing = "None" if nullable else f"aside({wanted.name!r})"
        function = script.function(each, f"{missing} if {each} is None else {body}")
        return f"{function}({made})"

    def _object(self, type_: GraphQLNamedType, wanted: Wanted, each: str, chain: str, round_: int) -> str:
        if isinstance(type_, GraphQLObjectType):
            return self._of_type(type_, wanted, each, chain, round_)
        assert is_abstract_type(type_)
        made = "aside('type')"
        for option in self._build.catalog.graph.get_possible_types(type_):
            class_ = self._build.script.constant(self._build.catalog.model.types[option.name])
            condition = f"type({each}) is {class_}"
            written = self._of_type(option, wanted, each, f"{chain} if {condition}", round_)
            made = f"({written} if {condition} else {made})"
        return made

    def _of_type(self, type_: GraphQLObjectType, wanted: Wanted, each: str, chain: str, round_: int) -> str:
        class_ = self._build.catalog.model.types.get(type_.name)
        below = self._build.selections.below(type_, wanted)
        if class_ is not None and is_entity(class_):
            return self._objects.written(type_, below, EntityPlace(class_, f"{each}.id", chain, round_))
        if class_ is not None and is_made_by_code(class_):
            return self._objects.written(type_, below, ValuePlace(each, chain, round_))
        raise StepAside(f"{type_.name}: made by code")


def _items(found: object) -> list[object]:
    if not isinstance(found, list | tuple):
        raise StepAside("a list of code that is none")
    return list(found)
