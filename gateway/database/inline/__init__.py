"""Rounds on SQLite, in the process."""

from gateway.database.inline.reading import SQLiteRounds

__all__ = ["SQLiteRounds"]
