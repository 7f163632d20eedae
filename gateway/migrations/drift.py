"""Do the revisions make the tables that the plugins declare?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Inspector, create_engine, inspect

from gateway.database import connected, open_engine
from gateway.migrations.awaiting import PATIENCE
from gateway.migrations.branches import MigrationBranch

Shapes = Mapping[str, frozenset[str]]
"""Of each table: its columns, keys, indexes and checks, each as a line."""

MODELS: Final = "vssid_models"
"""A schema in PostgreSQL that exists within one transaction."""


async def table_problems(url: str, branches: Sequence[MigrationBranch]) -> list[str]:
    """Differences between an upgraded database and the plugins' tables, a line each; none is as it should be.

    The declared tables are made beside the migrated ones and both are read back, so that the database itself says
    what is the same. ``branches`` are all that the database has. PostgreSQL asks for the right to create a schema.
    """
    engine = open_engine(url, 1, PATIENCE, read_only=False)
    try:
        async with connected(engine) as connection:
            migrated = await connection.run_sync(_shapes)
            declared = await connection.run_sync(_declared_shapes, branches)
    finally:
        await engine.dispose()
    versions = {branch.version_table for branch in branches}
    return [
        line
        for table in sorted((migrated.keys() | declared.keys()) - versions)
        for line in _differences(table, migrated.get(table), declared.get(table))
    ]


def _differences(table: str, migrated: Iterable[str] | None, declared: Iterable[str] | None) -> list[str]:
    if migrated is None or declared is None:
        return [f"{table}: no revision makes it" if migrated is None else f"{table}: no plugin declares it"]
    missing, surplus = set(declared) - set(migrated), set(migrated) - set(declared)
    return [
        *(f"{table}: declared, but made by no revision: {line}" for line in sorted(missing)),
        *(f"{table}: made by a revision, but not declared: {line}" for line in sorted(surplus)),
    ]


def _declared_shapes(connection: Connection, branches: Sequence[MigrationBranch]) -> Shapes:
    if connection.dialect.name == "sqlite":
        engine = create_engine("sqlite://")
        try:
            with engine.begin() as scratch:
                return _make(scratch, branches)
        finally:
            engine.dispose()
    connection.exec_driver_sql(f"CREATE SCHEMA {MODELS}")
    connection.exec_driver_sql(f"SET LOCAL search_path TO {MODELS}")
    shapes = _make(connection, branches)
    connection.rollback()
    return shapes


def _make(connection: Connection, branches: Sequence[MigrationBranch]) -> Shapes:
    for branch in branches:
        branch.metadata.create_all(connection, checkfirst=False)
    return _shapes(connection)


def _shapes(connection: Connection) -> Shapes:
    inspector = inspect(connection)
    shapes = {table: frozenset(_shape(inspector, table)) for table in inspector.get_table_names()}
    if connection.dialect.name == "sqlite":
        strict = {row.name for row in connection.exec_driver_sql("PRAGMA table_list") if row.strict}
        shapes = {table: shape | {"strict"} if table in strict else shape for table, shape in shapes.items()}
    return shapes


def _shape(inspector: Inspector, table: str) -> Iterable[str]:
    for column in inspector.get_columns(table):
        kind = column["type"].compile(inspector.dialect)
        null = "null" if column["nullable"] else "not null"
        made = column.get("identity") or column.get("computed")
        yield f"column {column['name']} {kind} {null} default {column['default']}{_plain(made) if made else ''}"
    yield f"primary key {_plain(inspector.get_pk_constraint(table))}"
    for index in inspector.get_indexes(table):
        yield f"index {_plain(index)}"
    for kind, constraints in (
        ("foreign key", inspector.get_foreign_keys(table)),
        ("unique", inspector.get_unique_constraints(table)),
        ("check", inspector.get_check_constraints(table)),
    ):
        for constraint in constraints:
            yield f"{kind} {_plain(constraint)}"


def _plain(reflected: Mapping[str, Any]) -> str:
    parts = (
        (key, _plain(value) if isinstance(value, Mapping) else value)
        for key, value in sorted(reflected.items())
    )
    return " ".join(f"{key}={value}" for key, value in parts if value not in (None, [], "", False))
