"""What a round can fail at besides the store's own failures."""

from __future__ import annotations


class StatementFault(Exception):
    """The statement or a value is to blame. It says SQLite's name of the error, or its class: the words may quote values."""

    def __init__(self, error: Exception) -> None:
        self.code: str = getattr(error, "sqlite_errorname", type(error).__name__)
        super().__init__(self.code)
