"""What participation contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.demo import DemoData
from gateway.downloads import Download
from gateway.hookspecs import Tables, hookimpl
from gateway.imports import Importer
from plugins.participation import models, schema
from plugins.participation.demo import ParticipationDemo
from plugins.participation.importing import PERIODS
from plugins.participation.papers import DOWNLOADS


@hookimpl
def graphql_types() -> Sequence[type]:
    return (schema.Participation,)


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return ParticipationDemo()


@hookimpl
def downloads() -> Sequence[Download]:
    return DOWNLOADS


@hookimpl
def importers() -> Sequence[Importer]:
    return (PERIODS,)
