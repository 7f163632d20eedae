"""What look-ups contribute to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.demo import DemoData
from gateway.hookspecs import Tables, hookimpl
from plugins.lookups import models, schema
from plugins.lookups.demo import LookupsDemo


@hookimpl
def graphql_types() -> Sequence[type]:
    return schema.MedicalFacility, schema.Directory


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return LookupsDemo()
