"""Rounds on an SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.database.inline import SQLiteRounds
from tests.gateway.database.inline.files import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in WAL mode with a table of one row, and a name that no URI would have."""
    found = tmp_path / "sổ thẻ 100%25#1?.sqlite3"
    with closing(sqlite3.connect(found)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE entry (word TEXT)")
        connection.execute("INSERT INTO entry VALUES ('first')")
        connection.commit()
    return found


@pytest.fixture
async def rounds(path: Path) -> AsyncIterator[SQLiteRounds]:
    """Rounds on the file."""
    async with opened(path) as found:
        yield found
