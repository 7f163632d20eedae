"""Migrations: each plugin has an Alembic branch of its own, one line of revisions that only goes forward.

What applies revisions is in :mod:`gateway.migrations.upgrading`: it needs Alembic, and who only serves does not.
"""

from gateway.migrations.awaiting import Pending, pending
from gateway.migrations.branches import BranchProblem, MigrationBranch, MigrationsRefused

__all__ = ["BranchProblem", "MigrationBranch", "MigrationsRefused", "Pending", "pending"]
