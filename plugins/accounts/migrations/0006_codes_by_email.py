"""Codes go to e-mail addresses, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "accounts_0006"
down_revision = "accounts_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts_challenge", sa.Column("email", sa.String(254)))
