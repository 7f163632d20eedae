"""The one relational store, SQLite or PostgreSQL: how it is connected, and what its errors mean."""

from gateway.database.exchanges import Exchanges, Following
from gateway.database.failures import (
    DatabaseBusy,
    DatabaseUnavailable,
    StatementFault,
    Timeouts,
    WriteConflict,
)
from gateway.database.rounds import Batch, Cells, Read, Rounds, Snapshot
from gateway.database.store import Database, connected, open_engine, sqlite_path

__all__ = [
    "Batch",
    "Cells",
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "Exchanges",
    "Following",
    "Read",
    "Rounds",
    "Snapshot",
    "StatementFault",
    "Timeouts",
    "WriteConflict",
    "connected",
    "open_engine",
    "sqlite_path",
]
