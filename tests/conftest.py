"""Fixtures of all tests."""

from __future__ import annotations

from tests.stores import (
    branches,
    database,
    module_store,
    postgresql_server,
    postgresql_stores,
    sqlite_stores,
    store,
    stores_folder,
)

__all__ = [
    "branches",
    "database",
    "module_store",
    "postgresql_server",
    "postgresql_stores",
    "sqlite_stores",
    "store",
    "stores_folder",
]
