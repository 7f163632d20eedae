"""What hi_card contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import click
from starlette.routing import Route

from gateway.access import Scope
from gateway.context import Services
from gateway.demo import DemoData
from gateway.downloads import Download
from gateway.errors import Code
from gateway.hookspecs import Tables, hookimpl
from gateway.imports import Importer
from plugins.hi_card import models, rules, schema
from plugins.hi_card.commands import card
from plugins.hi_card.demo import CardsDemo
from plugins.hi_card.downloading import DOWNLOADS
from plugins.hi_card.importing import CARDS_FILE
from plugins.hi_card.publishing import Publishing
from plugins.hi_card.refusals import NO_SIGNING_KEY
from plugins.hi_card.settings import HiCardSettings
from plugins.hi_card.signing_keys import ProcessKey


@hookimpl
def settings_section() -> type[HiCardSettings]:
    return HiCardSettings


@hookimpl
def graphql_types() -> Sequence[type]:
    return schema.CardHolder, schema.CardCheck


@hookimpl
def access_scopes() -> Sequence[Scope]:
    return (rules.READ_CARDS,)


@hookimpl
def error_codes() -> Sequence[Code]:
    return (NO_SIGNING_KEY,)


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return CardsDemo()


@hookimpl
def resources() -> Sequence[AbstractAsyncContextManager[object]]:
    return (ProcessKey(),)


@hookimpl
def downloads() -> Sequence[Download]:
    return DOWNLOADS


@hookimpl
def importers() -> Sequence[Importer]:
    return (CARDS_FILE,)


@hookimpl
def http_routes(services: Services) -> Sequence[Route]:
    return Publishing(services).routes()


@hookimpl
def root_commands() -> Sequence[click.Command]:
    return (card,)
