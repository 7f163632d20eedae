"""Whom an answer tells of: for each place where data of participants stand, the source of their keys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, ColumnElement

from gateway.entities import Participant
from gateway.model import Member, RowSet
from gateway.planning.build import Build
from gateway.planning.places import EntityPlace, Place, View


def observe_field(build: Build, member: Member, place: Place) -> None:
    """A field of a participant: of somebody else than the viewer, as far as that is known beforehand."""
    if member.owner is not Participant or not isinstance(place, EntityPlace) or place.known in build.own:
        return
    data = build.catalog.model.data_of(member)
    if data is not None:
        build.observe(data, place.key, place.chain)


def is_own(build: Build, known: int | None, on: ColumnElement[Any] | None, row_set: RowSet) -> bool:
    """Whether rows whose column ``on`` is a known key are about the viewer, by that key."""
    return known in build.own and on is not None and (on is row_set.about or _equal(on, row_set.about))


def _equal(on: ColumnElement[Any], about: ColumnElement[Any] | None) -> bool:
    """Whether the store sees to it that two columns of a table are equal where neither is NULL."""
    if not isinstance(on, Column) or not isinstance(about, Column) or on.table is not about.table:
        return False
    pairs = {f"{on.name} = {about.name}", f"{about.name} = {on.name}"}
    checks = (found for found in on.table.constraints if isinstance(found, CheckConstraint))
    return any(str(check.sqltext) in pairs for check in checks)


def observe_rows(build: Build, view: View) -> None:
    """Rows that are about participants."""
    row_set = view.occurrence.row_set
    if view.own:
        return
    if row_set.about is not None and row_set.data is not None:
        build.observe(row_set.data, view.cell(row_set.about), view.chain)
