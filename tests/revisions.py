"""Throw-away plugins: folders with revisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table

from gateway.migrations.branches import MigrationBranch


def write_revision(
    folder: Path, number: int, body: str, *, plugin: str | None = None, after: int | None = None
) -> None:
    """Write revision ``number`` of the plugin that the folder is named after, following the number before."""
    plugin = plugin or folder.name
    before = number - 1 if after is None else after
    lines = [
        f'"""Step {number} of {plugin}.\n\nMore about it.\n"""',
        "import os",
        "import sqlalchemy as sa",
        "from alembic import op",
        f'revision = "{plugin}_{number:04d}"',
        f"down_revision = {f'{plugin}_{before:04d}' if before else None!r}",
        f"branch_labels = {None if before else (plugin,)!r}",
        "def upgrade():",
        *(f"    {line}" for line in body.strip().splitlines()),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number:04d}_step.py").write_text("\n".join(lines))


def branch(folder: Path, *revisions: str, tables: Sequence[str] = ()) -> MigrationBranch:
    """A plugin named after the folder, with these revisions and tables."""
    for number, body in enumerate(revisions, 1):
        write_revision(folder, number, body)
    metadata = MetaData()
    for table in tables:
        Table(table, metadata, Column("id", Integer, primary_key=True))
    return MigrationBranch(folder.name, folder, metadata)
