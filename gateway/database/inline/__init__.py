"""SQLite past SQLAlchemy: rounds on the event loop's own thread while they are quick, exchanges in a thread."""

from gateway.database.inline.exchanging import SQLiteExchanges
from gateway.database.inline.reading import SQLiteRounds

__all__ = ["SQLiteExchanges", "SQLiteRounds"]
