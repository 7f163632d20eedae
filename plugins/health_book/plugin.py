"""What the health care book contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.demo import DemoData
from gateway.hookspecs import Tables, hookimpl
from gateway.imports import Importer
from plugins.health_book import models, schema
from plugins.health_book.demo import VisitsDemo
from plugins.health_book.importing import VISITS


@hookimpl
def graphql_types() -> Sequence[type]:
    return (schema.Patient,)


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return VisitsDemo()


@hookimpl
def importers() -> Sequence[Importer]:
    return (VISITS,)
