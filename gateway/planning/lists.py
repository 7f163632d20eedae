"""Whole lists of rows."""

from __future__ import annotations

from collections.abc import Callable

from graphql import GraphQLField, GraphQLNamedType, get_named_type

from gateway.authoring.sources import ManySource
from gateway.model import RowSet
from gateway.planning.build import Build
from gateway.planning.frames import Listing, base
from gateway.planning.observing import is_own
from gateway.planning.parents import Parent
from gateway.planning.places import View
from gateway.planning.results import groups, listed
from gateway.planning.selections import Wanted

Node = Callable[[GraphQLNamedType, Wanted, View], str]
"""Source of what a list gives for a row."""


def whole_list(
    build: Build,
    node: Node,
    field: GraphQLField,
    wanted: Wanted,
    source: ManySource,
    target: RowSet,
    parent: Parent,
) -> str:
    """Source of all rows of a list, in order."""
    build.scope(target)
    occurrence = base(target)
    frame = build.frame(parent.round, groups if parent.many else listed, occurrence.table)
    parent.narrow(frame, occurrence, source)
    build.narrow(frame, occurrence)
    frame.order = Listing(source, (), False, False, None).ordered(occurrence)
    rows = f"{frame.data}.get({parent.key}, EMPTY)" if parent.many else frame.data
    own = is_own(build, parent.known, source.there, target)
    view = View(frame, occurrence, frame.row, parent.every(frame), own)
    made = node(get_named_type(field.type), wanted, view)
    return f"[{made} for {frame.row} in {rows}]"
