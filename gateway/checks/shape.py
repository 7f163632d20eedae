"""Checks of the graph's form: descriptions, what may be extended, what is reachable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.authoring.sources import (
    CodeSource,
    DerivedSource,
    EntitySource,
    LookupSource,
    ManySource,
    Source,
)
from gateway.entities import Mutation, Query, is_entity
from gateway.model import Member, Model, definition_of
from gateway.registry import Problem

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


def problems(model: Model) -> Iterator[Problem]:
    """Undescribed types and fields, extensions of what is not ours to extend, fields nobody can reach."""
    for name, cls in model.types.items():
        if not (definition_of(cls).description or "").strip():
            yield Problem(model.owners[name], name, "describe it with a docstring")
    reached = _reached(model)
    for member in model.members():
        yield from _of_member(member)
        if member.extension is not None and not member.on_root and member.owner not in reached:
            yield Problem(
                member.plugin,
                member.coordinate,
                f"nothing returns {member.owner_name}, so no client could reach this field",
            )


def _reached(model: Model) -> set[type]:
    return {target for member in model.members() for target in member.shape.targets}


def _of_member(member: Member) -> Iterator[Problem]:
    if not (member.field.description or "").strip():
        yield Problem(
            member.plugin, member.coordinate, "describe it (second argument of its source, or the docstring)"
        )
    if member.extension is not None and not (member.on_root or is_entity(member.owner)):
        yield Problem(
            member.plugin, member.coordinate, "only shared entities, Query and Mutation can be extended"
        )
    if member.owner is Mutation and not isinstance(member.source, CodeSource):
        yield Problem(member.plugin, member.coordinate, "a mutation is real code: use resolved(...)")
    if isinstance(member.source, LookupSource | EntitySource) and member.owner is not Query:
        yield Problem(member.plugin, member.coordinate, "lookup, viewer_entity and entity_by belong on Query")
    wrong = _wrong_wrapping(member.source, member)
    if wrong:
        yield Problem(member.plugin, member.coordinate, wrong)


def _wrong_wrapping(source: Source | None, member: Member) -> str | None:
    if source is None or isinstance(source, CodeSource):
        return None
    paged = isinstance(source, ManySource) and source.paged
    listed = isinstance(source, ManySource) and not source.paged
    if paged and not member.shape.is_connection:
        return "a connection's type is Connection[...]"
    if listed and not member.shape.is_list:
        return "a to_many's type is list[...]"
    many = member.shape.is_connection or (member.shape.is_list and not isinstance(source, DerivedSource))
    if not paged and not listed and many:
        return "this source gives one value, not a list"
    if isinstance(source, EntitySource) and not is_entity(member.shape.target):
        return "its type must be a shared entity"
    return None
