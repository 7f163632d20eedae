"""Batched reads: one loader per field, arguments and request; each batch is one statement on one short connection."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from aiodataloader import DataLoader
from sqlalchemy import Dialect, Select

from gateway.access import AccessDenied, Viewer
from gateway.authoring.sources import ManySource
from gateway.context import RequestContext
from gateway.model import Member, Model, RowSet
from gateway.ordering import order_terms
from gateway.reference.arguments import prepared
from gateway.reference.pages import PageRequest, page_request
from gateway.reference.rows import Row, RowPage, RowReader
from gateway.reference.statements import EVERYTHING, Statements


@dataclass(frozen=True)
class Narrowing:
    """A viewer's row scope on one row set: whether it narrows, and the claims to bind."""

    active: bool
    parameters: Mapping[str, str]


EVERY_ROW: Final = Narrowing(False, MappingProxyType({}))
"""No row scope narrows."""


@dataclass(frozen=True)
class _Listing:
    """A list field as one request asks for it."""

    member: Member
    target: RowSet
    source: ManySource
    request: PageRequest
    narrowing: Narrowing
    filters: Mapping[str, Any]

    @property
    def present(self) -> tuple[str, ...]:
        """The filters that apply."""
        return tuple(self.filters)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statement binds besides keys and place."""
        return {f"filter_{name}": value for name, value in self.filters.items()} | dict(
            self.narrowing.parameters
        )


class Reads:
    """All reads of declared data; statements and readers are made once, loaders once per request."""

    def __init__(self, model: Model, dialect: Dialect, page_size: int) -> None:
        self._page_size = page_size
        self._statements = {row_set: Statements(row_set) for row_set in model.row_sets.values()}
        self._readers = {row_set: RowReader.of(row_set, dialect) for row_set in model.row_sets.values()}

    async def one(
        self, context: RequestContext, member: Member, target: RowSet, by: Any, key: Any
    ) -> Row | None:
        """The row whose unique column ``by`` is ``key``."""
        row = await self._one(context, member, target, by).load(key)
        if row is not None and by is not target.entity_key:
            self._remember(context, member, target, [row])
        return row

    def _one(
        self, context: RequestContext, member: Member, target: RowSet, by: Any
    ) -> DataLoader[Any, Row | None]:
        narrowing = narrowing_of(target, context.viewer)
        statement = self._statements[target].one(by, narrowing.active)

        async def batch(keys: list[Any]) -> list[Row | None]:
            rows = await self._fetch(context, member, statement, {"keys": keys, **narrowing.parameters})
            found = {raw[0]: self._readers[target].read(raw) for raw in rows}
            return [found.get(key) for key in keys]

        return context.loader_for(("one", statement), batch)

    def _remember(self, context: RequestContext, member: Member, target: RowSet, rows: Sequence[Row]) -> None:
        """Rows about entities were read whole, so the entities' own fields need not read them again."""
        if target.entity_key is not None:
            loader = self._one(context, member, target, target.entity_key)
            for row in rows:
                loader.prime(row.cell(target.at(target.entity_key)), row)

    async def many(
        self, context: RequestContext, member: Member, target: RowSet, source: ManySource, key: Any
    ) -> list[Row]:
        """All rows that hold ``key``, in order."""
        narrowing = narrowing_of(target, context.viewer)
        statement = self._statements[target].many(source, narrowing.active)

        async def batch(keys: list[Any]) -> list[list[Row]]:
            rows = await self._fetch(context, member, statement, {"keys": keys, **narrowing.parameters})
            return self._grouped(target, rows, keys)

        rows = await context.loader_for(("many", statement), batch).load(key)
        self._remember(context, member, target, rows)
        return rows

    async def page(
        self,
        context: RequestContext,
        member: Member,
        target: RowSet,
        source: ManySource,
        key: Any,
        arguments: Mapping[str, Any],
    ) -> RowPage:
        """A page of the rows that hold ``key`` (of all rows when None)."""
        terms = order_terms(source.order, target.table)
        secret = context.services.secret
        request = page_request(
            arguments,
            place=member.coordinate,
            types=[term.expression.type.python_type for term in terms],
            secret=secret,
            maximum=self._page_size,
        )
        listing = _Listing(
            member, target, source, request, narrowing_of(target, context.viewer), _filters(source, arguments)
        )
        rows = await self._page_rows(context, listing, key)
        self._remember(context, member, target, rows[: request.size])
        return RowPage(
            rows,
            request,
            place=member.coordinate,
            order=[target.at(term.expression) for term in terms],
            secret=secret,
            count=lambda: self._count(context, listing, key),
            observed=context.observed,
        )

    async def _page_rows(self, context: RequestContext, listing: _Listing, key: Any) -> list[Row]:
        """The page's rows in reading direction, and one more where there is one."""
        position = listing.request.position or ()
        statement = self._statements[listing.target].page(
            listing.source,
            listing.present,
            listing.request.backward,
            bool(position),
            listing.narrowing.active,
        )
        parameters = {
            **listing.parameters,
            **{f"at_{index}": value for index, value in enumerate(position)},
            "limit": listing.request.size + 1,
        }

        async def batch(keys: list[Any]) -> list[list[Row]]:
            given = parameters if key is None else {**parameters, "keys": keys}
            return self._grouped(
                listing.target, await self._fetch(context, listing.member, statement, given), keys
            )

        identity = ("page", statement, tuple(parameters.items()))
        return await context.loader_for(identity, batch).load(EVERYTHING if key is None else key)

    async def _count(self, context: RequestContext, listing: _Listing, key: Any) -> int:
        statement = self._statements[listing.target].count(
            listing.source, listing.present, listing.narrowing.active
        )
        parameters = listing.parameters

        async def batch(keys: list[Any]) -> list[int]:
            given = parameters if key is None else {**parameters, "keys": keys}
            rows = await self._fetch(context, listing.member, statement, given)
            counts = {raw[0]: raw[1] for raw in rows}
            return [counts.get(key, 0) for key in keys]

        identity = ("count", statement, tuple(parameters.items()))
        return await context.loader_for(identity, batch).load(EVERYTHING if key is None else key)

    def _grouped(self, target: RowSet, rows: Sequence[Sequence[Any]], keys: Sequence[Any]) -> list[list[Row]]:
        groups: dict[Any, list[Row]] = {key: [] for key in keys}
        for raw in rows:
            groups[raw[0]].append(self._readers[target].read(raw))
        return [groups[key] for key in keys]

    async def _fetch(
        self, context: RequestContext, member: Member, statement: Select[Any], parameters: Mapping[str, Any]
    ) -> list[Sequence[Any]]:
        telemetry = context.services.telemetry
        size = len(parameters.get("keys", ("",)))
        started, failed = time.perf_counter(), True
        attributes: dict[str, str | int] = {
            "vssid.plugin": member.plugin,
            "vssid.coordinate": member.coordinate,
            "vssid.batch.size": size,
        }
        with telemetry.span("batch", **attributes):
            try:
                async with context.services.database.read() as connection:
                    rows = list(await connection.execute(statement, dict(parameters)))
                failed = False
                return rows
            finally:
                telemetry.batch(
                    member.plugin, member.coordinate, size, time.perf_counter() - started, failed=failed
                )


def narrowing_of(target: RowSet, viewer: Viewer) -> Narrowing:
    """Whether a row scope narrows this viewer; raise :class:`AccessDenied` where a claim that it needs is missing."""
    rows = target.rows
    if rows is None or (rows.unless is not None and rows.unless.admits(viewer, None) is True):
        return EVERY_ROW
    needed = [name for name, _ in rows.claims]
    missing = [name for name in needed if name not in viewer.claims]
    if missing:
        raise AccessDenied(f"rows of {target.name}: the viewer has no claim {', '.join(missing)}")
    return Narrowing(True, {f"claim_{name}": viewer.claims[name] for name in needed})


def _filters(source: ManySource, arguments: Mapping[str, Any]) -> dict[str, Any]:
    given = {found.parameter[0]: found.prepare for found in source.filters}
    return {
        name: prepared(name, prepare, arguments[name])
        for name, prepare in given.items()
        if arguments.get(name) is not None
    }
