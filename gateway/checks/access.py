"""Checks of rules: declared scopes, keys, and that a refusal can be null."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.access import ANYONE, VIA_PARENT, Audience, Rule, Scope
from gateway.authoring.sources import Rows
from gateway.authoring.types import declared_extension, declared_rows
from gateway.entities import is_entity
from gateway.model import Member, Model
from gateway.registry import Problem


def problems(model: Model, scopes: Mapping[str, Scope]) -> Iterator[Problem]:
    """Rules that ask for undeclared scopes, that need a key where there is none, or whose refusal would null the parent."""
    for member in model.members():
        yield from _of_member(member, scopes)
    for name, cls in model.types.items():
        declared = declared_rows(cls)
        if declared is not None:
            yield from _of_rows(model.owners[name], name, declared.rows, scopes)
    for member in model.members():
        extension = member.extension
        if extension is not None:
            yield from _of_rows(member.plugin, member.declared_in.__name__, extension.rows, scopes)
    yield from _empty_types(model, scopes)


def _empty_types(model: Model, scopes: Mapping[str, Scope]) -> Iterator[Problem]:
    """An object type needs a field in every schema that has it."""
    for audience in Audience:
        for name in sorted(model.reached(audience, scopes) & model.fields.keys() - {"Query", "Mutation"}):
            if not model.visible(name, audience, scopes):
                yield Problem(
                    model.owners[name],
                    name,
                    f"the audience {audience.value} reaches it but may never see a field of it; guard what leads to it",
                )


def _of_member(member: Member, scopes: Mapping[str, Scope]) -> Iterator[Problem]:
    rule = member.rule
    yield from _undeclared(member.plugin, member.coordinate, rule, scopes)
    if rule is not VIA_PARENT and VIA_PARENT.name in rule.name:
        yield Problem(
            member.plugin,
            member.coordinate,
            "VIA_PARENT admits everybody; do not combine it with other rules",
        )
    extends = declared_extension(member.declared_in) is not None
    if extends and rule is VIA_PARENT and member.source is not None and member.source.rule is VIA_PARENT:
        yield Problem(
            member.plugin,
            member.coordinate,
            "a field added to an entity or a root needs a rule of its own; federation reaches entities without their parents",
        )
    if rule.needs_key and not is_entity(member.owner):
        yield Problem(
            member.plugin,
            member.coordinate,
            f"rule {rule.name} needs the key of an entity; there is none here",
        )
    if rule not in (VIA_PARENT, ANYONE) and not member.shape.nullable:
        yield Problem(
            member.plugin,
            member.coordinate,
            "make the guarded field nullable; a refusal would null everything around it",
        )


def _of_rows(plugin: str, where: str, rows: Rows | None, scopes: Mapping[str, Scope]) -> Iterator[Problem]:
    if rows is not None and rows.unless is not None:
        yield from _undeclared(plugin, where, rows.unless, scopes)
        if rows.unless.needs_key:
            yield Problem(plugin, where, f"rows {rows.name}: unless= must be a rule on the viewer alone")


def _undeclared(plugin: str, where: str, rule: Rule, scopes: Mapping[str, Scope]) -> Iterator[Problem]:
    for name in sorted(rule.scopes - scopes.keys()):
        yield Problem(plugin, where, f"no plugin declares the scope {name}; add it to access_scopes")
