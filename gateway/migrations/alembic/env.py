"""Alembic's environment. ``gateway.migrations`` hands over the connection and says what to do with it."""

from __future__ import annotations

from alembic import context

context.configure(**context.config.attributes["configure"])

with context.begin_transaction():
    context.run_migrations()
