"""Checks of whom rows are about: reads of personal data that nobody declared would leave no trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, ColumnElement

from gateway.authoring.data_kinds import DataKind, Unsaid
from gateway.authoring.sources import ToOneSource
from gateway.authoring.types import RowType, declared_extension, declared_rows
from gateway.checks.kinds import interface_of
from gateway.entities import Participant
from gateway.model import Model
from gateway.registry import Problem

TELLING: Final = "participant_id"
"""The column that holds a participant's key in the tables of plugins."""


def problems(model: Model) -> Iterator[Problem]:
    """Rows of which it is not said whom they are about, and kinds of data that cannot be told apart."""
    for name, cls in model.types.items():
        declared = declared_rows(cls)
        if declared is not None:
            for what in _of_type(model, name, cls, declared):
                yield Problem(model.owners[name], name, what)
    yield from _of_extensions(model)
    yield from _twice(model)


def _of_type(model: Model, name: str, cls: type, declared: RowType) -> Iterator[str]:
    if interface_of(cls) is not None:
        if not isinstance(declared.about, Unsaid) or declared.data is not None:
            yield "about= and data= belong on its interface, whose kinds are alike"
        return
    if isinstance(declared.about, Unsaid):
        if TELLING in declared.table.c or any(_leads_to_participants(model, name)):
            yield "say whom a row is about: about=table.c.participant_id, or about=None"
        return
    yield from _of_about(declared.about, declared)


def _of_about(about: ColumnElement[object] | None, declared: RowType) -> Iterator[str]:
    if about is None:
        if declared.data is not None:
            yield "data= goes with about="
    elif not isinstance(about, Column) or about.table is not declared.table:
        yield f"about={about} is not a column of {declared.table.name}"
    elif about.type.python_type is not str:
        yield f"about={about} holds no key of a participant, which is text"


def _leads_to_participants(model: Model, name: str) -> Iterator[bool]:
    for member in model.fields[name]:
        yield isinstance(member.source, ToOneSource) and member.shape.target is Participant


def _of_extensions(model: Model) -> Iterator[Problem]:
    for member in model.members():
        extension = declared_extension(member.declared_in)
        if extension is not None and extension.data is not None and extension.target is not Participant:
            yield Problem(member.plugin, member.declared_in.__name__, "data= is for fields of Participant")


def _twice(model: Model) -> Iterator[Problem]:
    known: dict[str, DataKind] = {}
    for plugin, where, data in _declared(model):
        if not data.name.startswith(f"{plugin}:"):
            yield Problem(plugin, where, f"the kind of data {data.name!r} must be named {plugin}:...")
        if known.setdefault(data.name, data) != data:
            yield Problem(plugin, where, f"there is another kind of data {data.name!r}")


def _declared(model: Model) -> Iterator[tuple[str, str, DataKind]]:
    for name, cls in model.types.items():
        declared = declared_rows(cls)
        if declared is not None and declared.data is not None:
            yield model.owners[name], name, declared.data
    for member in model.members():
        extension = member.extension
        if extension is not None and extension.data is not None:
            yield member.plugin, member.declared_in.__name__, extension.data
