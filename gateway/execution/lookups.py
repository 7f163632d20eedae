"""Row authenticators, asked by the core: through SQLAlchemy, or in rounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.access import Viewer
from gateway.context import Services
from gateway.database.rounds import Cells, Read, Rounds
from gateway.hookspecs import Bearer, RowAuthenticator

Asked = tuple[Read, Sequence[object]]
"""A statement with its values."""


class StatementLookup:
    """An authenticator that reads the row by itself, on a connection of its own."""

    def __init__(self, authenticator: RowAuthenticator) -> None:
        self._authenticator = authenticator

    async def authenticate(self, token: str, services: Services) -> Viewer | None:
        """The viewer of a token, or None where it is unknown or dead."""
        given = self._authenticator.parameters(token)
        if given is None:
            return None
        async with services.database.read() as connection:
            rows = (await connection.execute(self._authenticator.statement, given)).mappings().all()
        found = self._authenticator.bearer(dict(rows[0])) if len(rows) == 1 else None
        return await live_viewer(self._authenticator, found, services)


class RoundLookup:
    """The statement of a row authenticator, compiled, and what its raw rows mean."""

    def __init__(self, authenticator: RowAuthenticator, rounds: Rounds) -> None:
        statement = authenticator.statement
        self.authenticator = authenticator
        self._rounds = rounds
        self._read = rounds.compile(statement)
        self._columns = [
            (name, rounds.converter(column.type)) for name, column in statement.selected_columns.items()
        ]

    def asked(self, token: str) -> Asked | None:
        """The statement with its values; None for what is no token of the authenticator's."""
        given = self.authenticator.parameters(token)
        return None if given is None else (self._read, [given[name] for name in self._read.names])

    async def rows(self, asked: Asked, services: Services) -> list[Cells]:
        """What the statement finds, in a round trip of its own."""
        with services.telemetry.round([asked]):
            (found,) = await self._rounds.fetch([asked])
        return found

    def bearer(self, rows: list[Cells]) -> Bearer | None:
        """What the rows that were found mean."""
        if len(rows) != 1:
            return None
        row: dict[str, Any] = {
            name: cell if cell is None or convert is None else convert(cell)
            for (name, convert), cell in zip(self._columns, rows[0], strict=True)
        }
        return self.authenticator.bearer(row)


async def live_viewer(
    authenticator: RowAuthenticator, found: Bearer | None, services: Services
) -> Viewer | None:
    """The viewer of a row just read, its use noted; None where it does not count."""
    now = services.clock()
    if found is None or not found.is_alive(now):
        return None
    if found.is_noted(now):
        await authenticator.used(found.viewer, services, now)
    return found.viewer_at(now)
