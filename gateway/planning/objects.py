"""Source of the expressions that make objects of an answer: cells, functions of cells, and single rows and entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
)
from sqlalchemy import ColumnElement

from gateway.access import ANYONE, VIA_PARENT
from gateway.authoring.sources import (
    CellSource,
    CodeSource,
    DerivedSource,
    EntitySource,
    LookupSource,
    ManySource,
    ToOneSource,
)
from gateway.entities import is_entity
from gateway.model import Member, RowSet
from gateway.planning.build import Build
from gateway.planning.cells import cell_writer, converted
from gateway.planning.frames import Denied, base, column_of
from gateway.planning.lists import whole_list
from gateway.planning.nulls import leaf_of, optional
from gateway.planning.observing import is_own, observe_field, observe_rows
from gateway.planning.pages import Paged
from gateway.planning.parents import parent_of
from gateway.planning.places import EntityPlace, Place, RootPlace, RowPlace, View
from gateway.planning.results import NOTHING, by_key
from gateway.planning.roots import Roots
from gateway.planning.selections import Wanted
from gateway.planning.stepping import StepAside
from gateway.planning.values import Values


class Objects:
    """Writes objects; where a field is a list, a root or code, others of this package write it."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._values = Values(build, self)
        self._roots = Roots(build, self)
        self._by_key: dict[tuple[EntityPlace, RowSet, int], View] = {}

    def written(self, type_: GraphQLObjectType, wanted: Sequence[Wanted], place: Place) -> str:
        """Source of a dictionary: what is wanted of an object of this type that stands at a place."""
        guards: dict[str, None] = {}
        entries = [f"{one.key!r}: {self._entry(type_, one, place, guards)}" for one in wanted]
        made = "{" + ", ".join(entries) + "}"
        return f"({made} if {' and '.join(guards)} else aside('rule'))" if guards else made

    def row(self, type_: GraphQLNamedType, wanted: Wanted, place: RowPlace) -> str:
        """The same of a row, whose kind tells its type where the type is an interface."""
        observe_rows(self._build, place.view)
        if isinstance(type_, GraphQLObjectType):
            return self.written(type_, self._build.selections.below(type_, wanted), place)
        assert isinstance(type_, GraphQLInterfaceType)
        row_set = place.view.occurrence.row_set
        assert row_set.by is not None
        kind = self._python(place.view, row_set.by)
        made = "aside('kind')"
        for value, name in row_set.kinds.items():
            found = self._build.catalog.graph.type_map[name]
            assert isinstance(found, GraphQLObjectType)
            condition = f"{kind} == {self._build.script.constant(value)}"
            view = View(
                place.view.frame,
                place.view.occurrence,
                place.view.row,
                f"{place.view.chain} if {condition}",
            )
            below = self._build.selections.below(found, wanted)
            made = f"({self.written(found, below, RowPlace(view))} if {condition} else {made})"
        return made

    def node(self, type_: GraphQLNamedType, wanted: Wanted, view: View) -> str:
        """What a list or look-up gives for a row: the row, or the entity that it is about."""
        row_set = view.occurrence.row_set
        if row_set.entity is None or row_set.entity_key is None:
            return self.row(type_, wanted, RowPlace(view))
        observe_rows(self._build, view)
        key = view.occurrence.here(row_set.entity_key)
        view.frame.remember(view.occurrence, row_set.entity_key, key)
        place = self._entity(row_set.entity, view, row_set.entity_key)
        assert isinstance(type_, GraphQLObjectType)
        return self.written(type_, self._build.selections.below(type_, wanted), place)

    def _entry(self, type_: GraphQLObjectType, wanted: Wanted, place: Place, guards: dict[str, None]) -> str:
        if wanted.name == "__typename":
            return repr(type_.name)
        member = self._build.catalog.member(type_.name, wanted.name)
        if member is None:
            raise StepAside(f"{type_.name}.{wanted.name} is not declared data")
        self._guard(member, place, guards)
        observe_field(self._build, member, place)
        try:
            return self._field(member, type_.fields[wanted.name], wanted, place)
        except Denied:  # but null above it is still an answer
            return "aside('row scope')"

    def _guard(self, member: Member, place: Place, guards: dict[str, None]) -> None:
        rule = member.rule
        if rule is VIA_PARENT or rule is ANYONE:
            return
        if isinstance(place, EntityPlace) and place.known is None:
            admits = self._build.script.constant(rule.admits)
            guards[f"{admits}(viewer, {place.key}) is True"] = None
            self._build.rules.append(f"{member.coordinate}: {rule.name}, for each")
        else:
            known = place.known if isinstance(place, EntityPlace) else None
            self._build.require(rule, member.coordinate, known)

    def _field(  # noqa: PLR0911  one for each source
        self, member: Member, field: GraphQLField, wanted: Wanted, place: Place
    ) -> str:
        match member.source:
            case None:
                return self._values.attribute(member, field, wanted, place)
            case CellSource() as source:
                return self._cell(member, field, source, place)
            case DerivedSource() as source:
                return self._derived(member, field, wanted, source, place)
            case ToOneSource() as source:
                return self._to_one(member, field, wanted, source, place)
            case ManySource() as source:
                return self._list(member, field, wanted, source, place)
            case CodeSource() as source:
                return self._values.code(member, field, wanted, source, place)
            case LookupSource() | EntitySource() if isinstance(place, RootPlace):
                return self._roots.written(member, field, wanted)
            case _:
                raise StepAside(f"{member.coordinate}: no plan for its source")

    def _list(
        self, member: Member, field: GraphQLField, wanted: Wanted, source: ManySource, place: Place
    ) -> str:
        target = self._build.catalog.model.target_of(member)
        assert target is not None
        parent = parent_of(member, source, place)
        if source.paged:
            return Paged(self._build, self.node, member, field, wanted, target, parent).written()
        return whole_list(self._build, self.node, field, wanted, source, target, parent)

    # --- rows that hang on a place -------------------------------------------------------------------------------

    def _own(self, member: Member, place: Place) -> View:
        """The row that a field's cells are in: the place's own, or the plugin's row about the entity."""
        if isinstance(place, RowPlace) and member.extension is None:
            return place.view
        if isinstance(place, EntityPlace) and member.extension is not None:
            row_set = self._build.catalog.model.row_sets[member.declared_in]
            assert row_set.entity_key is not None
            return self.about(place, row_set, row_set.entity_key)
        raise StepAside(f"{member.coordinate}: no row here")

    def about(self, place: EntityPlace | RowPlace, row_set: RowSet, on: ColumnElement[Any]) -> View:
        """The row whose unique column ``on`` holds the place's key."""
        if isinstance(place, RowPlace):
            view, occurrence = place.view, place.view.occurrence
            return self._joined(view, view.chain, row_set, on, occurrence.here(occurrence.row_set.key))
        if place.view is not None and place.sql is not None:
            return self._joined(place.view, place.chain, row_set, on, place.sql)
        if place.known is not None:
            self._build.scope(row_set)
            frame, key = self._build.seed(place.known)
            occurrence = frame.join(row_set, on, key, self._build.narrowed(frame, row_set))
            own = is_own(self._build, place.known, on, row_set)
            return View(frame, occurrence, frame.data, place.chain, own)
        found = self._by_key.get((place, row_set, id(on)))
        if found is None:
            found = self._by_key[place, row_set, id(on)] = self._read_by_key(place, row_set, on)
        return found

    def _read_by_key(self, place: EntityPlace, row_set: RowSet, on: ColumnElement[Any]) -> View:
        """A statement of its own, for an entity whose key code has made."""
        self._build.scope(row_set)
        occurrence = base(row_set)
        frame = self._build.frame(place.round, by_key, occurrence.table)
        self._build.narrow(frame, occurrence)
        frame.among(occurrence.here(on), f"{{{place.key} {place.chain}}}")
        row = f"{frame.data}.get({place.key}, {self._build.script.constant(NOTHING)})"
        return View(frame, occurrence, row, place.chain)

    def _joined(
        self, view: View, chain: str, row_set: RowSet, on: ColumnElement[Any], key: ColumnElement[Any]
    ) -> View:
        occurrence = view.frame.join(row_set, on, key, self._build.narrowed(view.frame, row_set))
        return View(view.frame, occurrence, view.row, chain)

    def _entity(self, entity: type, view: View, key: ColumnElement[Any]) -> EntityPlace:
        if key.type.python_type is not str:
            raise StepAside(f"{entity.__name__}: a key that is not text")
        cell = view.cell(key)
        chain = f"{view.chain} if {cell} is not None"
        return EntityPlace(
            entity, cell, chain, view.frame.round + 1, sql=view.occurrence.here(key), view=view
        )

    # --- fields --------------------------------------------------------------------------------------------------

    def _cell(self, member: Member, field: GraphQLField, source: CellSource, place: Place) -> str:
        view = self._own(member, place)
        leaf, nullable = leaf_of(member, field)
        stored = column_of(source.expression, view.occurrence.row_set.table)
        writer = self._build.catalog.shared.one(
            cell_writer,
            self._build.catalog.rounds,
            source.expression.type,
            leaf,
            nullable=nullable,
            trusted=isinstance(place, RowPlace) and stored is not None and not stored.nullable,
            stored=stored is not None,
        )
        cell = view.cell(source.expression)
        return cell if writer is None else f"{self._build.script.constant(writer)}({cell})"

    def _derived(
        self, member: Member, field: GraphQLField, wanted: Wanted, source: DerivedSource, place: Place
    ) -> str:
        view = self._own(member, place)
        inputs = ", ".join(self._python(view, column) for column in source.inputs)
        made = f"{self._build.script.constant(source.function)}({inputs})"
        written = self._values.written(field.type, wanted, made, view.chain, view.frame.round + 1)
        if member.extension is None:
            return written
        row_set = view.occurrence.row_set
        assert row_set.entity_key is not None
        return f"(None if {view.cell(row_set.entity_key)} is None else {written})"

    def _python(self, view: View, column: ColumnElement[Any]) -> str:
        """Source of a cell as code gets it."""
        catalog = self._build.catalog
        convert = catalog.shared.one(converted, catalog.rounds, column.type)
        cell = view.cell(column)
        return cell if convert is None else f"{self._build.script.constant(convert)}({cell})"

    def _to_one(
        self, member: Member, field: GraphQLField, wanted: Wanted, source: ToOneSource, place: Place
    ) -> str:
        assert isinstance(place, EntityPlace | RowPlace)
        target = self._build.catalog.model.rows_of(member.shape.target)
        if source.there is not None:
            assert target is not None
            return self._single(member, field, wanted, self.about(place, target, source.there))
        view = self._own(member, place)
        assert source.here is not None
        if target is not None:
            here = view.occurrence.here(source.here)
            return self._single(
                member, field, wanted, self._joined(view, view.chain, target, target.key, here)
            )
        entity = member.shape.target
        assert entity is not None
        assert is_entity(entity)
        found = self._entity(entity, view, source.here)
        type_ = get_named_type(field.type)
        assert isinstance(type_, GraphQLObjectType)
        made = self.written(type_, self._build.selections.below(type_, wanted), found)
        return optional(member, field, found.key, made)

    def _single(self, member: Member, field: GraphQLField, wanted: Wanted, view: View) -> str:
        presence = view.cell(view.occurrence.row_set.key)
        chain = f"{view.chain} if {presence} is not None"
        there = View(view.frame, view.occurrence, view.row, chain, view.own)
        made = self.row(get_named_type(field.type), wanted, RowPlace(there))
        return optional(member, field, presence, made)
