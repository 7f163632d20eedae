"""What the clinic contributes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.access import Audience, Scope
from gateway.hookspecs import Tables, hookimpl
from tests.gateway.clinic import rows, schema, tables


@hookimpl
def graphql_types() -> Sequence[type]:
    return (
        schema.Patient,
        schema.Visitor,
        schema.Hospital,
        schema.Visited,
        schema.Licensed,
        rows.SicknessGrant,
        rows.BirthGrant,
        schema.Questions,
        schema.Changes,
    )


@hookimpl
def access_scopes() -> Sequence[Scope]:
    return (
        Scope("clinic:read", frozenset({Audience.OFFICER, Audience.HOSPITAL}), "Read what the clinic knows."),
        Scope("clinic:all", frozenset({Audience.OFFICER}), "Read the wards of every agency."),
    )


@hookimpl
def database_tables() -> Tables:
    return Tables(tables.metadata, Path(__file__).parent / "migrations")
