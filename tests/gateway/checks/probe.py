"""A sound little plugin to plant one fault in, and what start-up then says."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Enum,
    Index,
    Integer,
    MetaData,
    Named,
    Numeric,
    String,
    Table,
    TypedColumns,
)

from gateway.access import ANYONE, Scope
from gateway.assembly import checked_model
from gateway.authoring import Money, entity_by, extends
from gateway.contributions import contributions_of
from gateway.entities import Participant, Query
from gateway.hookspecs import Tables, hookimpl
from gateway.registry import StartupRefused, register
from gateway.sql import Dong

metadata = MetaData()
"""Tables of the plugin ``probe``."""


class Colour(enum.Enum):
    """An enum."""

    RED = "red"


class PersonColumns(TypedColumns):
    """Rows about participants."""

    participant_id = Column(String(20), primary_key=True)
    number: Named[int] = Column(Integer, unique=True)
    name: Named[str] = Column(String(50))
    nick: Named[str | None] = Column(String(50))
    team: Named[str] = Column(String(50))
    fortune: Named[int] = Column(BigInteger)


person = Table("probe_person", metadata, PersonColumns)


class ItemColumns(TypedColumns):
    """Rows of any kind."""

    id = Column(Integer, primary_key=True)
    owner: Named[str] = Column(String(20))
    code: Named[str] = Column(String(20), unique=True)
    live_code: Named[str] = Column(String(20))
    parent_id: Named[int] = Column(Integer)
    note: Named[str | None] = Column(String(50))
    on_day: Named[dt.date] = Column(Date)
    active: Named[bool] = Column(Boolean, unique=True)
    price: Named[Any] = Column(Numeric)
    worth: Named[Money] = Column(Dong)
    kind: Named[str] = Column(String(10))
    colour: Named[Colour] = Column(Enum(Colour, native_enum=False), unique=True)
    german: Named[str] = Column(String(50, collation="de_DE"))


item = Table("probe_item", metadata, ItemColumns)
Index(
    "probe_item_live",
    item.c.live_code,
    unique=True,
    sqlite_where=item.c.active,
    postgresql_where=item.c.active,
)

pair = Table(
    "probe_pair",
    metadata,
    Column("left", Integer, primary_key=True),
    Column("right", Integer, primary_key=True),
    Column("owner", String(20), nullable=False),
)

elsewhere = Table(
    "other_thing",
    MetaData(),
    Column("code", String(20), primary_key=True),
    Column("name", String(50), nullable=False),
)
"""A table of nobody's, or of another plugin's."""

HERE = Path(__file__).parent


@extends(Query)
class Root:
    """Leads to participants, so that what is added to them can be reached."""

    participant: Participant | None = entity_by("id", "Somebody.", rule=ANYONE)


def plugin(*types: type, **hooks: Callable[..., Any]) -> ModuleType:
    """A plugin of these types; further hooks by name, misspelt ones too."""
    made = ModuleType("made for a test")
    for name, answer in {"graphql_types": lambda: types, **hooks}.items():
        setattr(made, name, hookimpl(answer))
    return made


def probe(*types: type, scopes: Sequence[Scope] = ()) -> ModuleType:
    """The plugin ``probe``, which has the tables above."""
    return plugin(*types, access_scopes=lambda: scopes, database_tables=lambda: Tables(metadata, HERE))


def refusals(**plugins: object) -> list[str]:
    """The lines that start-up prints about these plugins; none if it starts."""
    registry = register(plugins)
    try:
        checked_model(registry, contributions_of(registry))
    except StartupRefused as refusal:
        lines = [line.strip() for line in str(refusal).splitlines()]
        assert lines[0].startswith(f"Start-up refused, {len(lines) - 1} problem")
        return lines[1:]
    return []
