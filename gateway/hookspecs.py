"""THE CONTRACT: what a plugin may contribute, one function per hook, in the order in which the gateway asks.

A plugin is a module named in the entry-point group ``vssid.plugins``; it implements the hooks it needs with ``@hookimpl``.
Hooks run once, at start-up, synchronously, without I/O, and return plain frozen objects; only the core awaits. A misspelt
hook, or one with arguments that are not listed here, stops start-up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol, runtime_checkable

import click
import pluggy
from sqlalchemy import MetaData, Select
from starlette.routing import Route

from gateway.access import Scope, Viewer
from gateway.context import Services
from gateway.demo import DemoData
from gateway.directory import ParticipantDirectory
from gateway.downloads import Download
from gateway.errors import Code
from gateway.imports import Importer
from gateway.jobs import Job
from gateway.outbox import DeliveryAdapter
from gateway.settings import Section, Settings

PROJECT: Final = "vssid"
hookspec: Final = pluggy.HookspecMarker(PROJECT)
hookimpl: Final = pluggy.HookimplMarker(PROJECT)


_EVER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Tables:
    """A plugin's tables and the folder of its own Alembic branch, labelled with the plugin's name."""

    metadata: MetaData
    migrations: Path


class Authenticator(Protocol):
    """Turns a bearer token into a viewer."""

    async def authenticate(self, token: str, services: Services) -> Viewer | None:
        """The viewer whose token this is, or None where this authenticator does not know it or it has expired."""
        ...


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a row says of its token: it counts as ``viewer`` before ``until``.

    A use at ``note_from`` or later is noted with :meth:`RowAuthenticator.used`; None: never. ``dependants`` are the
    participants whom the viewer acts for, each with the moment from which that is over.
    """

    viewer: Viewer
    until: dt.datetime
    note_from: dt.datetime | None = None
    dependants: Mapping[str, dt.datetime] = field(default_factory=lambda: MappingProxyType({}))
    _first: Viewer = field(init=False, repr=False, compare=False)
    _first_until: dt.datetime = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The same viewer for years, until a child comes of age: made once instead of with every request.
        first, until = self.viewer, _EVER
        if self.dependants:
            first = replace(first, dependants=frozenset(self.dependants))
            until = min(self.dependants.values())
        object.__setattr__(self, "_first", first)
        object.__setattr__(self, "_first_until", until)

    def viewer_at(self, now: dt.datetime) -> Viewer:
        """The viewer, with those whom he acts for at a moment."""
        if now < self._first_until:
            return self._first
        acting_for = frozenset(key for key, until in self.dependants.items() if now < until)
        return replace(self.viewer, dependants=acting_for)

    def is_alive(self, now: dt.datetime) -> bool:
        """Whether the token counts."""
        return now < self.until

    def is_noted(self, now: dt.datetime) -> bool:
        """Whether its use is to be noted."""
        return self.note_from is not None and self.note_from <= now


@runtime_checkable
class RowAuthenticator(Protocol):
    """Turns a bearer token into a viewer by one row, which the core reads, together with the rows of the answer where it can.

    The row is read for every request, so what changes in it counts at once.
    """

    @property
    def statement(self) -> Select[*tuple[Any, ...]]:
        """Finds a token's row: one or none. Its columns have names of their own; parameters are ``bindparam`` by name."""
        ...

    def parameters(self, token: str) -> Mapping[str, object] | None:
        """What the statement finds a token's row by, a hash at best; None for what is no token of ours. No I/O."""
        ...

    def bearer(self, row: Mapping[str, Any]) -> Bearer | None:
        """What a row means, by its values and nothing else, the clock neither; None where its token is dead for good.

        Raises :class:`~gateway.errors.ClientError` with a code of status 401 where the client is to be told why it is dead.
        """
        ...

    async def used(self, viewer: Viewer, services: Services, now: dt.datetime) -> None:
        """Note that a token was used, after its request was answered where possible; the answer waits for it."""
        ...


# --- configuration -----------------------------------------------------------------------------------------------


@hookspec
def settings_section() -> type[Section]:  # type: ignore[empty-body]
    """The plugin's settings: a class whose fields become ``VSSID_<PLUGIN>_<FIELD>``."""


# --- the graph ---------------------------------------------------------------------------------------------------


@hookspec
def graphql_types() -> Sequence[type]:  # type: ignore[empty-body]
    """Classes made with ``@extends``, ``@kinds_of`` and ``@value_type``; types only reached through fields may be left out."""


@hookspec
def access_scopes() -> Sequence[Scope]:  # type: ignore[empty-body]
    """The scopes that the plugin's rules ask for; a rule over an undeclared scope stops start-up."""


@hookspec
def error_codes() -> Sequence[Code]:  # type: ignore[empty-body]
    """The codes of the plugin's errors and failures, with their texts, for the published table."""


# --- data --------------------------------------------------------------------------------------------------------


@hookspec
def database_tables() -> Tables:  # type: ignore[empty-body]
    """The plugin's tables and migrations. Table names start with the plugin's name and an underscore."""


@hookspec
def demo_data() -> DemoData:  # type: ignore[empty-body]
    """How to fill the plugin's tables with synthetic people, and the identities that a newcomer can try."""


@hookspec
def importers() -> Sequence[Importer]:  # type: ignore[empty-body]
    """What can be brought in by file, with ``vssid import NAME FILE``: columns, and how a row is made of them."""


@hookspec
def participant_directory() -> ParticipantDirectory:  # type: ignore[empty-body]
    """Who participants are, for other plugins' code. The plugin that keeps them declares it, and no other one can."""


# --- running -----------------------------------------------------------------------------------------------------


@hookspec
def resources(settings: Settings) -> Sequence[AbstractAsyncContextManager[object]]:  # type: ignore[empty-body]
    """Long-lived objects (a bounded worker pool, a client), entered at start and left at stop; code finds them by type."""


@hookspec
def downloads() -> Sequence[Download]:  # type: ignore[empty-body]
    """Files over HTTP: papers, pictures, spreadsheets. A field gives a client the address of one that is made for it."""


@hookspec
def authenticators(  # type: ignore[empty-body]
    scopes: Mapping[str, Scope],
) -> Sequence[Authenticator | RowAuthenticator]:
    """Who can turn a bearer token into a viewer; asked in the order of the plugins' names. ``scopes`` are all declared ones."""


@hookspec
def http_routes(services: Services) -> Sequence[Route]:  # type: ignore[empty-body]
    """Pages and files over HTTP, outside the graph; a path that is the core's or another plugin's stops start-up."""


@hookspec
def delivery_adapters(settings: Settings) -> Sequence[DeliveryAdapter]:  # type: ignore[empty-body]
    """What delivers messages to people, where the plugin's settings say that it does; settings choose where several do."""


@hookspec
def background_jobs() -> Sequence[Job]:  # type: ignore[empty-body]
    """Work that comes round again, as deleting what is old; of many processes one does it at a time."""


@hookspec
def command_line(group: click.Group) -> None:
    """Add commands to ``vssid``, inside a group named after the plugin; ``@click.pass_obj`` gives them the Installation."""


@hookspec
def root_commands() -> Sequence[click.Command]:  # type: ignore[empty-body]
    """Commands directly below ``vssid``, for what people do; the core's names win, and two plugins with one name are refused."""
