"""Branches as Alembic loads them: whether each is sound, and how Alembic is told of it."""

from __future__ import annotations

import warnings
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection

from gateway.migrations.branches import BranchProblem, MigrationBranch, MigrationsRefused
from gateway.migrations.reading import Revision

ENVIRONMENT: Final = Path(__file__).parent / "alembic"


def branch_problems(branches: Sequence[MigrationBranch]) -> list[BranchProblem]:
    """Everything that keeps the branches from being applied together."""
    problems: list[BranchProblem] = []
    owners: dict[str, list[str]] = {}
    for branch in branches:
        owners.setdefault(f"branch label {branch.plugin}", []).append(branch.plugin)
        for table in branch.metadata.tables:
            owners.setdefault(f"table {table}", []).append(branch.plugin)
        try:
            found = scripts(branch)
        except Exception as error:  # noqa: BLE001  loading a revision runs its code, which may raise anything
            problems.append(
                BranchProblem(branch.plugin, str(branch.directory), f"{type(error).__name__}: {error}")
            )
            continue
        problems += (
            BranchProblem(branch.plugin, str(branch.directory), what)
            for what in _line_problems(branch, found)
        )
        for script in found:
            owners.setdefault(f"revision {script.revision}", []).append(branch.plugin)
    for claimed, plugins in owners.items():
        if len(plugins) > 1:
            problems.append(
                BranchProblem(" and ".join(plugins), claimed, "is claimed more than once; rename one")
            )
    return problems


def refuse_problems(branches: Sequence[MigrationBranch]) -> None:
    """Raise :class:`MigrationsRefused` if there are any :func:`branch_problems`."""
    if problems := branch_problems(branches):
        raise MigrationsRefused(problems)


def loaded_lines(branches: Sequence[MigrationBranch]) -> list[list[Revision]]:
    """The revisions of each branch, oldest first; raise :class:`MigrationsRefused`."""
    refuse_problems(branches)
    return [loaded_line(branch) for branch in branches]


def loaded_line(branch: MigrationBranch) -> list[Revision]:
    """The same of a branch that is sound."""
    return [Revision(script.revision, script.doc) for script in scripts(branch)]


def _line_problems(branch: MigrationBranch, line: Sequence[Script]) -> Iterable[str]:
    prefix = f"{branch.plugin}_"
    if not line:
        yield "holds no revision; write one with `vssid revise`"
        return
    if any(script.is_branch_point or script.is_merge_point for script in line) or not line[-1].is_head:
        yield "revisions fork; each must follow the one before"
    if line[0].branch_labels != {branch.plugin}:
        yield f"{line[0].revision} must have branch_labels = ({branch.plugin!r},)"
    for script in line:
        if not script.revision.startswith(prefix):
            yield f"revision {script.revision} must be named {prefix}..."
    for table in branch.metadata.tables:
        if not table.startswith(prefix):
            yield f"table {table} must be named {prefix}..."


def scripts(branch: MigrationBranch) -> list[Script]:
    """The branch's revisions, oldest first; loading them may raise anything."""
    if not branch.directory.is_dir():
        raise FileNotFoundError("no such folder")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # a revision id that is there twice
        return list(reversed(list(ScriptDirectory.from_config(alembic_config(branch)).walk_revisions())))


def alembic_config(
    branch: MigrationBranch,
    connection: Connection | None = None,
    comparison: Mapping[str, Any] | None = None,
    **options: str,
) -> Config:
    """Alembic's configuration; ``comparison`` goes to its environment, ``options`` are as in alembic.ini."""
    environment = {
        "connection": connection,
        "target_metadata": branch.metadata,
        "version_table": branch.version_table,
        "transaction_per_migration": True,
        **(comparison or {}),
    }
    config = Config(cmd_opts=Namespace(quiet=True), attributes={"configure": environment})
    folders = {
        "script_location": ENVIRONMENT,
        "version_locations": branch.directory,
        "path_separator": "newline",
    }
    for key, value in {**folders, **options}.items():
        config.set_main_option(key, str(value).replace("%", "%%"))
    return config
