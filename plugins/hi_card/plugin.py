"""What hi_card contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.access import Scope
from gateway.demo import DemoData
from gateway.hookspecs import Tables, hookimpl
from plugins.hi_card import models, rules, schema
from plugins.hi_card.demo import CardsDemo


@hookimpl
def graphql_types() -> Sequence[type]:
    return schema.CardHolder, schema.CardCheck


@hookimpl
def access_scopes() -> Sequence[Scope]:
    return (rules.READ_CARDS,)


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return CardsDemo()
