"""Resolvers of declared fields: what strawberry calls for each field of each audience's schema."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from gateway.access import VIA_PARENT, AccessDenied
from gateway.authoring import DataKind
from gateway.authoring.sources import (
    CellSource,
    CodeSource,
    DeclaredField,
    DerivedSource,
    EntitySource,
    LookupSource,
    ManySource,
    ToOneSource,
)
from gateway.context import RequestContext
from gateway.entities import Mutation, Participant, is_entity
from gateway.model import Member, Model, RowSet
from gateway.reference.arguments import arguments_of, context_parameter, prepared
from gateway.reference.reads import Reads
from gateway.reference.rows import Row

Inner = Callable[[Any, RequestContext, dict[str, Any]], Awaitable[Any]]
_ENTITY_KEY: Final = "id"


class Resolvers:
    """Binds a copy of each declared field to its resolver."""

    def __init__(self, model: Model, reads: Reads) -> None:
        self._model = model
        self._reads = reads

    def bind(self, member: Member, field: DeclaredField) -> None:
        """Give a field (a copy of the member's own) its arguments and its resolver."""
        field.arguments = arguments_of(member.source, member.on_root) or []
        cell = self._cell_at_hand(member)
        if cell is not None:
            field.immediate = True
            field.resolve = lambda row, info, arguments: cell(row)
            return
        inner = self._inner(member)
        guarded = self._guarded(member, inner)
        field.resolve = lambda source, info, arguments: guarded(source, info.context, arguments)

    def _cell_at_hand(self, member: Member) -> Callable[[Row], Any] | None:
        if member.extension is not None or member.rule is not VIA_PARENT:
            return None
        own = self._model.rows_of(member.declared_in)
        match member.source:
            case CellSource(expression=expression) if own is not None:
                index = own.at(expression)
                return lambda row: row.cell(index)
            case DerivedSource(function=function, inputs=inputs) if own is not None:
                indexes = [own.at(expression) for expression in inputs]
                return lambda row: function(*(row.cell(index) for index in indexes))
            case ToOneSource(here=here) if (
                own is not None and here is not None and is_entity(member.shape.target)
            ):
                index, entity = own.at(here), member.shape.target
                return lambda row: _entity(entity, row.cell(index))
            case _:
                return None

    def _guarded(self, member: Member, inner: Inner) -> Inner:
        rule = member.rule
        if rule is VIA_PARENT:
            return inner
        keyed, data = is_entity(member.owner), self._model.data_of(member)

        async def guarded(source: Any, context: RequestContext, arguments: dict[str, Any]) -> Any:
            rule.check(context.viewer, source.id if keyed else None)
            return await inner(source, context, arguments)

        return guarded if data is None else self._observed(member, data, guarded)

    @staticmethod
    def _observed(member: Member, data: DataKind, inner: Inner) -> Inner:
        """Notes what a field tells of a participant, or that a rule refused it."""
        keyed = member.owner is Participant

        async def observed(source: Any, context: RequestContext, arguments: dict[str, Any]) -> Any:
            key = source.id if keyed else None
            try:
                value = await inner(source, context, arguments)
            except AccessDenied:
                context.observed.refuse(data, key)
                raise
            context.observed.read(data, (key,))
            return value

        return observed

    def _inner(self, member: Member) -> Inner:
        match member.source:
            case CellSource() | DerivedSource() as source:
                inner = self._own_cells(member, source)
            case ToOneSource() as source:
                inner = self._to_one(member, source)
            case ManySource() as source:
                inner = self._page(member, source) if source.paged else self._list(member, source)
            case LookupSource() as source:
                inner = self._lookup(member, source)
            case EntitySource() as source:
                inner = _entity_of(member, source)
            case CodeSource() as source:
                inner = _code(member, source)
            case _:
                raise AssertionError(f"{member.coordinate} has no declared source")
        return inner

    def _target(self, member: Member) -> RowSet:
        target = self._model.target_of(member)
        assert target is not None, f"{member.coordinate} leads to no rows"
        return target

    async def _row(self, member: Member, source: Any, context: RequestContext) -> Row | None:
        """The row of ours that a field reads: the parent itself, or our row about the parent entity."""
        extension = member.extension
        if extension is None:
            row: Row = source
            return row
        own = self._model.row_sets[member.declared_in]
        assert extension.row is not None
        return await self._reads.one(context, member, own, extension.row, source.id)

    def _own_cells(self, member: Member, source: CellSource | DerivedSource) -> Inner:
        own = self._model.row_sets[member.declared_in]
        derive = source.function if isinstance(source, DerivedSource) else None
        inputs = source.inputs if isinstance(source, DerivedSource) else (source.expression,)
        indexes = [own.at(expression) for expression in inputs]

        async def read(parent: Any, context: RequestContext, _: dict[str, Any]) -> Any:
            row = await self._row(member, parent, context)
            if row is None:
                return None
            cells = [row.cell(index) for index in indexes]
            return cells[0] if derive is None else derive(*cells)

        return read

    def _to_one(self, member: Member, source: ToOneSource) -> Inner:
        entity = member.shape.target if is_entity(member.shape.target) else None
        target = self._model.rows_of(member.shape.target)

        async def read(parent: Any, context: RequestContext, _: dict[str, Any]) -> Any:
            if source.there is not None:
                assert target is not None
                return _shown(
                    context, await self._reads.one(context, member, target, source.there, _key(parent))
                )
            row = await self._row(member, parent, context)
            if row is None or source.here is None:
                return None
            key = row.cell(self._model.row_sets[member.declared_in].at(source.here))
            if entity is not None:
                return _entity(entity, key)
            assert target is not None
            if key is None:
                return None
            return _shown(context, await self._reads.one(context, member, target, target.key, key))

        return read

    def _list(self, member: Member, source: ManySource) -> Inner:
        target = self._target(member)

        async def read(parent: Any, context: RequestContext, _: dict[str, Any]) -> Any:
            rows = await self._reads.many(context, member, target, source, _key(parent))
            for row in rows:
                row.observe(context.observed)
            return [row.node() for row in rows]

        return read

    def _page(self, member: Member, source: ManySource) -> Inner:
        target = self._target(member)

        async def read(parent: Any, context: RequestContext, arguments: dict[str, Any]) -> Any:
            key = None if source.there is None else _key(parent)
            return await self._reads.page(context, member, target, source, key, arguments)

        return read

    def _lookup(self, member: Member, source: LookupSource) -> Inner:
        target = self._target(member)

        async def read(_: Any, context: RequestContext, arguments: dict[str, Any]) -> Any:
            key = prepared(source.argument, source.prepare, arguments[source.argument])
            row = _shown(context, await self._reads.one(context, member, target, source.column, key))
            return None if row is None else row.node()

        return read


def _entity_of(member: Member, source: EntitySource) -> Inner:
    entity = member.shape.target

    async def read(_: Any, context: RequestContext, arguments: dict[str, Any]) -> Any:
        key = context.viewer.subject if source.argument is None else arguments[source.argument]
        return _entity(entity, key)

    return read


def _code(member: Member, source: CodeSource) -> Inner:
    function, named = source.function, context_parameter(source.function)

    async def call(parent: Any, context: RequestContext, arguments: dict[str, Any]) -> Any:
        given: Mapping[str, Any] = arguments if named is None else {**arguments, named: context}
        return await (function(**given) if member.on_root else function(parent, **given))

    if member.owner is not Mutation:
        return call

    async def change(parent: Any, context: RequestContext, arguments: dict[str, Any]) -> Any:
        if context.changes:  # a plan has run it, and could not answer
            return context.changes.popleft().told()
        async with context.unit_of_work():
            return await call(parent, context, arguments)

    return change


def _shown(context: RequestContext, row: Row | None) -> Row | None:
    """A row that is going to be in the answer."""
    if row is not None:
        row.observe(context.observed)
    return row


def _key(parent: Any) -> Any:
    return parent.key if isinstance(parent, Row) else parent.id


def _entity(entity: Any, key: Any) -> Any:
    return None if key is None else entity(**{_ENTITY_KEY: key})
