"""THE CONTRACT: what a plugin may contribute, one function per hook, in the order in which the gateway asks.

A plugin is a module named in the entry-point group ``vssid.plugins``; it implements the hooks it needs with ``@hookimpl``.
Hooks run once, at start-up, synchronously, without I/O, and return plain frozen objects; only the core awaits. A misspelt
hook, or one with arguments that are not listed here, stops start-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import click
import pluggy
from sqlalchemy import MetaData

from gateway.access import Scope, Viewer
from gateway.context import Services
from gateway.demo import DemoData
from gateway.errors import Code
from gateway.settings import Section, Settings

PROJECT: Final = "vssid"
hookspec: Final = pluggy.HookspecMarker(PROJECT)
hookimpl: Final = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class Tables:
    """A plugin's tables and the folder of its own Alembic branch, labelled with the plugin's name."""

    metadata: MetaData
    migrations: Path


class Authenticator(Protocol):
    """Turns a bearer token into a viewer."""

    async def authenticate(self, token: str, services: Services) -> Viewer | None:
        """The viewer whose token this is, or None where this authenticator does not know it or it has expired."""


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


# --- running -----------------------------------------------------------------------------------------------------


@hookspec
def resources(settings: Settings) -> Sequence[AbstractAsyncContextManager[object]]:  # type: ignore[empty-body]
    """Long-lived objects (a bounded worker pool, a client), entered at start and left at stop; code finds them by type."""


@hookspec
def authenticators() -> Sequence[Authenticator]:  # type: ignore[empty-body]
    """Who can turn a bearer token into a viewer; asked in the order of the plugins' names."""


@hookspec
def command_line(group: click.Group) -> None:
    """Add commands to ``vssid``, inside a group named after the plugin; ``@click.pass_obj`` gives them the Installation."""
