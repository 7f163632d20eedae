"""The next revision of a plugin, written from what it declares; for maintainers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.script import Script
from sqlalchemy import Connection, Constraint
from sqlalchemy.types import TypeEngine

from gateway.migrations.branches import MigrationBranch
from gateway.migrations.loading import alembic_config, scripts
from gateway.migrations.upgrading import maintenance, upgrade_branch


async def revise(branch: MigrationBranch, message: str) -> Path:
    """Write the plugin's next revision: what its tables have and its revisions do not make. Review it before use.

    The comparison runs on a new SQLite database. It overlooks what is declared for PostgreSQL alone and changes within a
    check; what a test of :func:`~gateway.migrations.drift.table_problems` then tells.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with maintenance(f"sqlite:///{folder}/revise.sqlite3") as connection:
            await upgrade_branch(connection, branch)
            return await connection.run_sync(_write_revision, branch, message)


def _write_revision(connection: Connection, branch: MigrationBranch, message: str) -> Path:
    number = len(scripts(branch)) + 1
    script = command.revision(
        alembic_config(branch, connection, _comparison(branch), file_template=f"{number:04d}_%(slug)s"),
        message,
        autogenerate=True,
        rev_id=f"{branch.plugin}_{number:04d}",
        head="head" if number > 1 else "base",
        branch_label=None if number > 1 else branch.plugin,
        version_path=str(branch.directory),
    )
    assert isinstance(script, Script)
    return Path(script.path)


def _comparison(branch: MigrationBranch) -> dict[str, Any]:
    return {
        "include_name": lambda name, kind, _: kind != "table" or name in branch.metadata.tables,
        "include_object": _is_for_sqlite,
        "render_as_batch": True,
        "render_item": _render,
        "process_revision_directives": _add_checks,
        "compare_server_default": True,
        "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
    }


class _AddCheck(ops.MigrateOperation):
    """A check that is for SQLite alone joins a table; Alembic would forget for whom it is."""

    def __init__(self, call: str) -> None:
        self.call = call


@renderers.dispatch_for(_AddCheck)
def _render_add_check(context: AutogenContext, operation: _AddCheck) -> str:
    context.imports.add("from gateway import sql")
    return f"sql.add_check(batch_op, {operation.call})"


def _add_checks(context: MigrationContext, _revision: object, directives: list[ops.MigrationScript]) -> None:
    calls = {
        (table.name, constraint.name): constraint.info["call"]
        for table in context.opts["target_metadata"].tables.values()
        for constraint in table.constraints
        if "call" in constraint.info
    }
    for script in directives:
        for change in script.upgrade_ops.ops if script.upgrade_ops else ():
            if isinstance(change, ops.ModifyTableOps):
                change.ops[:] = [_told_for_whom(operation, calls) for operation in change.ops]


def _told_for_whom(
    operation: ops.MigrateOperation, calls: Mapping[tuple[str, Any], str]
) -> ops.MigrateOperation:
    if isinstance(operation, ops.CreateCheckConstraintOp):
        call = calls.get((operation.table_name, operation.constraint_name))
        return _AddCheck(call) if call else operation
    return operation


def _is_for_sqlite(item: Any, *_: object) -> bool:
    condition = getattr(item, "_ddl_if", None)
    return condition is None or condition.dialect in (None, "sqlite")


def _render(_kind: str, item: Any, context: AutogenContext) -> str | bool:
    """How a revision spells what is not SQLAlchemy's own; False leaves it to Alembic."""
    if isinstance(item, Constraint) and "call" in item.info:
        context.imports.add("from gateway import sql")
        return str(item.info["call"])
    module = type(item).__module__
    if not isinstance(item, TypeEngine) or module.startswith("sqlalchemy."):
        return False
    package, _, name = module.rpartition(".")
    context.imports.add(f"from {package} import {name}")
    return f"{name}.{item!r}"
