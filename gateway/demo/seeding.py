"""Demo data: plugins turn synthetic people into rows of their tables, and name identities to try.

People are made in batches and forgotten, so that a million of them need no more memory than a thousand.
DemoRows that are there already are left as they are: seeding again continues where it was broken off.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Insert, Table, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import Audience
from gateway.database import Database
from gateway.demo.people import DemoParticipant, participants

BATCH: Final = 2_000
FEW: Final = 100
"""People at the start that identities are among, and at the end that tell whether a demo is complete."""


@dataclass(frozen=True)
class Demo:
    """What is asked for: so many people of the population ``seed``, as things stand on a day.

    ``secret`` is the gateway's key, with which the secrets of the demo are sealed.
    """

    participants: int
    seed: int
    today: dt.date
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class DemoRows:
    """DemoRows of one table, all with the same columns; primary keys are the same whatever the day.

    DemoRows that are there already stay, unless ``refresh`` has them written anew, whole: what ages, as a session.
    """

    table: Table
    values: Sequence[Mapping[str, object]]
    refresh: bool = False


@dataclass(frozen=True)
class DemoIdentity:
    """Somebody to be: ``how`` says in one sentence how to sign in, ``token`` is a bearer token.

    ``query`` is a document to try as this somebody and ``name`` its operation; without a query, the audience's trusted
    document of that name.
    """

    audience: Audience
    title: str
    how: str
    name: str
    query: str = ""
    token: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)


class DemoData:
    """A plugin's demo data, none until it says otherwise: the same for the same arguments, rows after those they refer to."""

    def reference(self, demo: Demo) -> Iterator[DemoRows]:  # noqa: ARG002 - for those who have some
        """What there is once: facilities, agencies, officers. Called before any people."""
        return iter(())

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:  # noqa: ARG002
        """The rows of some people; called for batch after batch, each written in one transaction."""
        return iter(())

    def identities(self, demo: Demo) -> Sequence[DemoIdentity]:  # noqa: ARG002
        """Who a newcomer can be, among the first hundred people."""
        return ()


async def seed(
    database: Database, plugins: Mapping[str, DemoData], demo: Demo, progress: Callable[[int], object]
) -> None:
    """Write the demo through the plugins, by name; ``progress`` hears how many people were just done.

    Each batch is one transaction over all plugins, so a person is there for all of them or for none.
    """
    sources = [plugins[name] for name in sorted(plugins)]
    async with database.write() as connection:
        for source in sources:
            await _write(connection, source.reference(demo))
    for people in batches(demo):
        async with database.write() as connection:
            for source in sources:
                await _write(connection, source.participants(people, demo))
        progress(len(people))


async def refresh(database: Database, plugins: Mapping[str, DemoData], demo: Demo) -> None:
    """Write anew what ages (:attr:`DemoRows.refresh`): of the reference data, and of the first people."""
    people = list(participants(min(demo.participants, FEW), demo.seed))
    async with database.write() as connection:
        for name in sorted(plugins):
            rows = itertools.chain(plugins[name].reference(demo), plugins[name].participants(people, demo))
            await _write(connection, (portion for portion in rows if portion.refresh))


async def is_seeded(database: Database, plugins: Mapping[str, DemoData], demo: Demo) -> bool:
    """Whether the demo is there: the last row of each table that reference data and last people fill.

    Batches are written in order, so these are the rows that come last.
    """
    first = max(demo.participants - FEW, 0)
    people = list(participants(demo.participants - first, demo.seed, first=first))
    async with database.read() as connection:
        for name in sorted(plugins):
            source = plugins[name]
            rows = itertools.chain(source.reference(demo), source.participants(people, demo))
            for last in _last_of_each_table(rows):
                if not await _has(connection, last):
                    return False
    return True


def batches(demo: Demo) -> Iterator[list[DemoParticipant]]:
    """The people of a demo, in the portions that one transaction takes."""
    people = participants(demo.participants, demo.seed)
    while batch := list(itertools.islice(people, BATCH)):
        yield batch


async def _write(connection: AsyncConnection, portions: Iterator[DemoRows]) -> None:
    for rows in portions:
        if rows.values:
            _check_key(rows)
            await connection.execute(_insert(rows, connection.dialect.name), rows.values)


def _insert(rows: DemoRows, dialect: str) -> Insert:
    # Two classes without a common one, alike in what is used here.
    insert = postgresql.insert(rows.table) if dialect == "postgresql" else sqlite.insert(rows.table)
    if not rows.refresh:
        return insert.on_conflict_do_nothing()
    renewed = {
        column.name: insert.excluded[column.key] for column in rows.table.columns if not column.primary_key
    }
    return insert.on_conflict_do_update(index_elements=list(rows.table.primary_key), set_=renewed)


def _check_key(rows: DemoRows) -> None:
    missing = [column.key for column in rows.table.primary_key if column.key not in rows.values[0]]
    if missing or not rows.table.primary_key:
        # Without a key of its own, a row would be written anew each time.
        raise ValueError(f"demo rows of {rows.table.name} have no primary key: {', '.join(missing)}")


def _last_of_each_table(portions: Iterable[DemoRows]) -> Iterable[DemoRows]:
    last: dict[Table, DemoRows] = {}
    for rows in portions:
        if rows.values:
            _check_key(rows)
            last[rows.table] = DemoRows(rows.table, rows.values[-1:])
    return last.values()


async def _has(connection: AsyncConnection, rows: DemoRows) -> bool:
    (row,) = rows.values
    key = [column == row[column.key] for column in rows.table.primary_key]
    return await connection.scalar(select(literal(1)).select_from(rows.table).where(*key)) is not None
