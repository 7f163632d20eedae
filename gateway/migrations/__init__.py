"""Migrations: each plugin has an Alembic branch of its own, one line of revisions that only goes forward."""

from gateway.migrations.branches import BranchProblem, MigrationBranch, MigrationsRefused, branch_problems
from gateway.migrations.upgrading import Pending, pending, upgrade

__all__ = [
    "BranchProblem",
    "MigrationBranch",
    "MigrationsRefused",
    "Pending",
    "branch_problems",
    "pending",
    "upgrade",
]
