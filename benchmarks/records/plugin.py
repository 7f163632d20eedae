"""What records contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.records import models, schema
from gateway.hookspecs import Tables, hookimpl


@hookimpl
def graphql_types() -> Sequence[type]:
    return (schema.InsuranceRecord,)


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")
