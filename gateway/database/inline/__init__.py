"""Rounds on SQLite: on the event loop's own thread while they are quick, in threads where they are not."""

from gateway.database.inline.reading import SQLiteRounds

__all__ = ["SQLiteRounds"]
