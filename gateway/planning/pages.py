"""Connections: pages with their cursors, flags and counts."""

from __future__ import annotations

from graphql import GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy import Date, FromClause, Integer, bindparam, func

from gateway import cursors
from gateway.authoring.sources import ManySource
from gateway.model import Member, RowSet
from gateway.ordering import order_terms
from gateway.planning.build import Build
from gateway.planning.cells import converted
from gateway.planning.frames import Frame, Listing, Occurrence, base
from gateway.planning.lists import Node
from gateway.planning.observing import is_own, observe_rows
from gateway.planning.parents import Parent
from gateway.planning.places import View
from gateway.planning.results import counted, counts, page_of, pages_of
from gateway.planning.selections import Wanted
from gateway.planning.stepping import StepAside
from gateway.reference.arguments import prepared
from gateway.reference.pages import page_request


class Paged:
    """One connection field of a document."""

    def __init__(
        self,
        build: Build,
        node: Node,
        member: Member,
        field: GraphQLField,
        wanted: Wanted,
        target: RowSet,
        parent: Parent,
    ) -> None:
        assert isinstance(member.source, ManySource)
        self._build, self._node, self._member = build, node, member
        self._field, self._wanted = field, wanted
        self._source, self._target, self._parent = member.source, target, parent
        self._terms = order_terms(member.source.order, target.table)
        arguments = build.arguments(field, wanted)
        self._request = self._requested(arguments)
        self._filters = self._filtered(arguments)
        backward = build.given(field, wanted, "last")
        positioned = build.given(field, wanted, "before" if backward else "after")
        self._listing = Listing(
            member.source, tuple(self._filters), backward, positioned, build.scope(target)
        )

    def _requested(self, arguments: int) -> int:
        """The place of the request for a page, checked whether or not its rows are wanted."""
        catalog, constant = self._build.catalog, self._build.script.constant
        types = "".join(f"{constant(term.expression.type.python_type)}, " for term in self._terms)
        return self._build.value(
            f"{constant(page_request)}(v{arguments}, place={self._member.coordinate!r}, types=({types}),"
            f" secret={constant(catalog.secret)}, maximum={catalog.page_size})"
        )

    def _filtered(self, arguments: int) -> dict[str, int]:
        """The places of the values of the filters that are present."""
        constant = self._build.script.constant
        made = constant(prepared)
        return {
            name: self._build.value(f"{made}({name!r}, {constant(given.prepare)}, v{arguments}[{name!r}])")
            for given in self._source.filters
            for name in (given.parameter[0],)
            if self._build.given(self._field, self._wanted, name)
        }

    def written(self) -> str:
        """Source of the connection."""
        type_ = get_named_type(self._field.type)
        assert isinstance(type_, GraphQLObjectType)
        below = self._build.selections.below(type_, self._wanted)
        rows = self._rows() if any(one.name in ("edges", "pageInfo") for one in below) else None
        if rows is not None:
            observe_rows(self._build, self._shown(*rows))
        entries = [f"{one.key!r}: {self._part(type_, one, rows)}" for one in below]
        made = "{" + ", ".join(entries) + "}"
        if rows is None or not self._parent.many:
            return made
        frame = rows[0]
        return f"[{made} for p{frame.slot} in ({frame.data}[{self._parent.key}],)][0]"

    def _page(self, frame: Frame) -> str:
        return f"p{frame.slot}" if self._parent.many else frame.data

    def _part(self, type_: GraphQLObjectType, wanted: Wanted, rows: tuple[Frame, Occurrence] | None) -> str:
        if wanted.name == "__typename":
            return repr(type_.name)
        if wanted.name == "totalCount":
            return self._total()
        assert rows is not None
        part = get_named_type(type_.fields[wanted.name].type)
        assert isinstance(part, GraphQLObjectType)
        below = self._build.selections.below(part, wanted)
        if wanted.name == "pageInfo":
            entries = [f"{one.key!r}: {self._of_page(part, one, *rows)}" for one in below]
            return "{" + ", ".join(entries) + "}"
        entries = [f"{one.key!r}: {self._of_edge(part, one, *rows)}" for one in below]
        return "[{" + ", ".join(entries) + f"}} for {rows[0].row} in {self._page(rows[0])}.shown]"

    def _of_edge(self, type_: GraphQLObjectType, wanted: Wanted, frame: Frame, occurrence: Occurrence) -> str:
        match wanted.name:
            case "__typename":
                return repr(type_.name)
            case "cursor":
                return self._cursor(frame, occurrence)
            case "node":
                node = get_named_type(type_.fields["node"].type)
                return self._node(node, wanted, self._shown(frame, occurrence))
        raise StepAside(f"{type_.name}.{wanted.name}")

    def _shown(self, frame: Frame, occurrence: Occurrence) -> View:
        own = is_own(self._build, self._parent.known, self._source.there, self._target)
        return View(frame, occurrence, frame.row, self._parent.every(frame, ".shown"), own)

    def _of_page(self, type_: GraphQLObjectType, wanted: Wanted, frame: Frame, occurrence: Occurrence) -> str:
        page = self._page(frame)
        match wanted.name:
            case "__typename":
                return repr(type_.name)
            case "hasNextPage":
                return f"{page}.has_next"
            case "hasPreviousPage":
                return f"{page}.has_previous"
            case "startCursor" | "endCursor" as name:
                cursor = self._build.script.function(frame.row, self._cursor(frame, occurrence))
                at = 0 if name == "startCursor" else -1
                return f"({cursor}({page}.shown[{at}]) if {page}.shown else None)"
        raise StepAside(f"{type_.name}.{wanted.name}")

    def _cursor(self, frame: Frame, occurrence: Occurrence) -> str:
        script, catalog = self._build.script, self._build.catalog
        cells = []
        for term in self._terms:
            cell = f"{frame.row}[{frame.cell(occurrence, term.expression)}]"
            kind = term.expression.type
            # Days are the same ISO text in a cell and in a cursor.
            convert = (
                None
                if isinstance(kind, Date)
                else catalog.shared.one(converted, catalog.rounds, kind, nullable=False)
            )
            cells.append(cell if convert is None else f"{script.constant(convert)}({cell})")
        given = f"{script.constant(catalog.secret)}, {self._member.coordinate!r}, [{', '.join(cells)}]"
        return f"{script.constant(cursors.encode)}({given})"

    def _rows(self) -> tuple[Frame, Occurrence]:
        """The statement of a page's rows, and of one row more."""
        build, parent, listing, occurrence = (
            self._build,
            self._parent,
            self._listing,
            base(self._target),
        )
        source: FromClause = occurrence.table
        if parent.many:
            numbered = listing.numbered(self._target)
            joined = numbered.join(source, occurrence.here(self._target.key) == numbered.c.pk)
            frame = build.frame(parent.round, build.catalog.shared.one(pages_of, self._request), joined)
            frame.column(numbered.c.k)
            frame.key, frame.keys = numbered.c.k, parent.keys
            frame.where = [numbered.c.place <= bindparam("limit", type_=Integer)]
            frame.order = [numbered.c.place]
        else:
            frame = build.frame(parent.round, build.catalog.shared.one(page_of, self._request), source)
            parent.narrow(frame, occurrence, self._source)
            frame.where += listing.conditions(occurrence)
            frame.order = listing.ordered(occurrence)
            frame.limited = True
        request = self._request
        frame.binds["limit"] = build.value(f"v{request}.size + 1")
        if listing.positioned:
            for index in range(len(self._terms)):
                frame.binds[f"at_{index}"] = build.value(f"v{request}.position[{index}]")
        self._bind(frame)
        return frame, occurrence

    def _total(self) -> str:
        """Source of the number of all rows, and its statement."""
        parent, occurrence = self._parent, base(self._target)
        arranged = counts if parent.many else counted
        frame = self._build.frame(parent.round, arranged, occurrence.table)
        parent.narrow(frame, occurrence, self._source)
        frame.where += self._listing.counted(occurrence)
        frame.column(func.count())
        if parent.many and self._source.there is not None:
            frame.group = [occurrence.here(self._source.there)]
        self._bind(frame)
        return f"{frame.data}[{parent.key}]" if parent.many else frame.data

    def _bind(self, frame: Frame) -> None:
        for name, value in self._filters.items():
            frame.binds[f"filter_{name}"] = value
        self._build.bind_claims(frame, self._target)
