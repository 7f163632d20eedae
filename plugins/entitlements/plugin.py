"""What entitlements contribute to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.demo import DemoData
from gateway.hookspecs import Tables, hookimpl
from gateway.imports import Importer
from plugins.entitlements import models, schema
from plugins.entitlements.demo import EntitlementsDemo
from plugins.entitlements.importing import ENTITLEMENTS


@hookimpl
def graphql_types() -> Sequence[type]:
    return (
        schema.Recipient,
        schema.LumpSumEntitlement,
        schema.ShortTermEntitlement,
        schema.MonthlyEntitlement,
        schema.UnemploymentEntitlement,
        schema.OccupationalEntitlement,
    )


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return EntitlementsDemo()


@hookimpl
def importers() -> Sequence[Importer]:
    return (ENTITLEMENTS,)
