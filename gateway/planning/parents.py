"""Whose list it is: of many parents by a key found in rows, of one by a value known beforehand, or of nobody."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam

from gateway.authoring.sources import ManySource
from gateway.model import Member
from gateway.planning.frames import Frame, Occurrence
from gateway.planning.places import EntityPlace, Place, RowPlace
from gateway.planning.script import ONCE
from gateway.planning.stepping import StepAside


@dataclass(frozen=True, eq=False)
class Parent:
    """``key`` and ``chain`` are sources, of a parent's key and of the way to all of them; ``known`` a place among the values."""

    round: int
    many: bool = False
    key: str = ""
    chain: str = ""
    known: int | None = None

    @property
    def keys(self) -> str:
        """Source of the set of keys."""
        return f"{{{self.key} {self.chain}}}"

    def every(self, frame: Frame, shown: str = "") -> str:
        """The way to every row of the list's statement; ``shown`` leads from a group of them to its rows."""
        if self.many:
            group = f"g{frame.slot}"
            return f"for {group} in {frame.data}.values() for {frame.row} in {group}{shown}"
        return f"{ONCE} for {frame.row} in {frame.data}{shown}"

    def narrow(self, frame: Frame, occurrence: Occurrence, source: ManySource) -> None:
        """Put a statement over the list's table under its parents' keys."""
        if source.there is None:
            return
        there = occurrence.here(source.there)
        if self.many:
            frame.among(there, self.keys)
        else:
            assert self.known is not None
            frame.where.append(there == bindparam("key", type_=source.there.type))
            frame.binds["key"] = frame.needs = self.known


def parent_of(member: Member, source: ManySource, place: Place) -> Parent:
    """Whose list a field is."""
    if source.there is None:
        return Parent(0)
    if isinstance(place, EntityPlace) and place.known is not None:
        return Parent(0, known=place.known)
    if isinstance(place, EntityPlace | RowPlace):
        return Parent(place.round, True, place.key, place.chain)
    raise StepAside(f"{member.coordinate}: no key here")
