"""What an upgrade would apply; asked whenever a process begins to serve, so without Alembic."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, String, column, inspect, select, table

from gateway.database import Timeouts, connected, open_engine, sqlite_path
from gateway.migrations.branches import MigrationBranch
from gateway.migrations.reading import Revision, read_lines

PATIENCE: Final = Timeouts(statement=None, connect=5, wait=3)

logger = logging.getLogger(__name__)


class Pending(NamedTuple):
    """A revision that is not applied; ``title`` is the first line of its docstring."""

    plugin: str
    revision: str
    title: str


async def pending(url: str, branches: Sequence[MigrationBranch]) -> list[Pending]:
    """What :func:`~gateway.migrations.upgrading.upgrade` would apply, in its order. Changes nothing.

    Raises :class:`~gateway.migrations.MigrationsRefused` where the branches do not go together.
    """
    lines = list(zip(branches, _lines(branches), strict=True))
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return [Pending(branch.plugin, *revision) for branch, line in lines for revision in line]
    engine = open_engine(url, 1, PATIENCE, read_only=True)
    try:
        async with connected(engine) as connection:
            return [
                one for branch, line in lines for one in await connection.run_sync(awaiting, branch, line)
            ]
    finally:
        await engine.dispose()


def _lines(branches: Sequence[MigrationBranch]) -> Sequence[Sequence[Revision]]:
    read = read_lines(branches)
    if read is not None:
        return read
    from gateway.migrations.loading import loaded_lines  # noqa: PLC0415  Alembic, where nothing else will do

    return loaded_lines(branches)


def awaiting(connection: Connection, branch: MigrationBranch, line: Sequence[Revision]) -> list[Pending]:
    """What of a line the database does not have yet."""
    current = _current(connection, branch)
    names = [revision.name for revision in line]
    if current is not None and current not in names:
        logger.warning("%s: the database is at %s, which is newer than this program", branch.plugin, current)
        return []
    applied = 0 if current is None else names.index(current) + 1
    return [Pending(branch.plugin, *revision) for revision in line[applied:]]


def _current(connection: Connection, branch: MigrationBranch) -> str | None:
    """The last revision applied, as Alembic keeps it."""
    if not inspect(connection).has_table(branch.version_table):
        return None
    version = select(column("version_num", String)).select_from(table(branch.version_table))
    return connection.scalars(version).one_or_none()
