"""Sessions on both stores: what a token opens, until when, and what is left of it in the database."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.access import Audience, Viewer
from gateway.audit.trail import Trail
from gateway.context import Services
from gateway.credentials import new_token, token_hash
from gateway.database import Database
from gateway.errors import UNAUTHENTICATED, ClientError, Code
from gateway.execution import Recognition
from gateway.settings import load
from gateway.telemetry import Telemetry
from gateway.testing import NOW
from gateway.throttles import Throttles
from plugins.accounts.authenticating import SessionAuthenticator
from plugins.accounts.models import Ending, session
from plugins.accounts.refusals import SESSION_REPLACED
from plugins.accounts.sessions import (
    BY_TOKEN,
    PREFIX,
    Holder,
    Limits,
    OpenedSession,
    end_session,
    end_sessions_of,
    open_session,
    session_of,
    session_row,
)
from plugins.accounts.settings import AccountsSettings

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
HOSPITAL = Holder(
    Audience.HOSPITAL,
    "01001",
    frozenset({"hi_card:read", "accounts:identity"}),
    {"agency": "79/07906", "region": "Đắk"},
)
PARTICIPANT = Holder(Audience.PARTICIPANT, "p1")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, by: dt.timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(database: Database, clock: Clock) -> Iterator[Services]:
    telemetry = Telemetry.from_environment({})
    settings = load({}, {"accounts": AccountsSettings})
    yield Services(
        settings, database, telemetry, b"", {}, clock, Throttles(database, b""), Trail(database, telemetry)
    )
    telemetry.shutdown()


@pytest.fixture(params=["statement", "round"])
def recognition(services: Services, request: pytest.FixtureRequest) -> Recognition:
    """Sessions read through SQLAlchemy, and in rounds."""
    rounds = services.database.rounds if request.param == "round" else None
    return Recognition(services, [SessionAuthenticator()], rounds)


async def counts(recognition: Recognition, token: str) -> bool:
    """Whether a token is anybody's."""
    try:
        await recognition.viewer(token)
    except ClientError as refusal:
        return refusal.code is not UNAUTHENTICATED
    return True


async def opened(database: Database, holder: Holder, limits: Limits, now: dt.datetime = NOW) -> OpenedSession:
    async with database.write() as work:
        return await open_session(work, holder, limits, now)


async def seen_at(database: Database) -> dt.datetime:
    async with database.read() as connection:
        return (await connection.execute(select(session.c.seen_at))).scalar_one()


def statements_of(engine: AsyncEngine) -> list[str]:
    """What an engine is going to be asked, as it is asked."""
    statements: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    return statements


@pytest.mark.parametrize("holder", [HOSPITAL, PARTICIPANT], ids=lambda holder: holder.audience.value)
async def test_a_token_makes_its_holder_a_viewer(
    database: Database, recognition: Recognition, holder: Holder
) -> None:
    made = await opened(database, holder, Limits(DAY, None))
    assert await recognition.viewer(made.token) == Viewer(
        holder.audience, holder.subject, made.id, holder.scopes, holder.claims
    )


async def test_the_token_itself_is_stored_nowhere(database: Database) -> None:
    made = await opened(database, HOSPITAL, Limits(DAY, None))
    async with database.read() as connection:
        row = (await connection.execute(select(session))).one()
    assert made.token not in repr(row)


@pytest.mark.parametrize(
    ("limits", "after", "alive"),
    [
        (Limits(DAY, None), DAY - SECOND, True),
        (Limits(DAY, None), DAY, False),
        (Limits(90 * DAY, 30 * DAY), 30 * DAY - SECOND, True),
        (Limits(90 * DAY, 30 * DAY), 30 * DAY, False),
        (Limits(dt.timedelta(hours=12), dt.timedelta(minutes=30)), dt.timedelta(minutes=31), False),
    ],
)
async def test_a_session_expires(
    database: Database,
    recognition: Recognition,
    clock: Clock,
    limits: Limits,
    after: dt.timedelta,
    alive: bool,
) -> None:
    made = await opened(database, PARTICIPANT, limits)
    clock.move(after)
    assert await counts(recognition, made.token) is alive


async def test_use_keeps_a_session_awake_but_not_beyond_its_age(
    database: Database, recognition: Recognition, clock: Clock
) -> None:
    made = await opened(database, PARTICIPANT, Limits(90 * DAY, 30 * DAY))
    for _ in range(4):
        clock.move(20 * DAY)
        assert await counts(recognition, made.token)
    clock.move(10 * DAY)
    assert not await counts(recognition, made.token)


async def test_use_is_written_once_a_minute(
    database: Database, recognition: Recognition, clock: Clock
) -> None:
    made = await opened(database, PARTICIPANT, Limits(DAY, DAY))
    statements = statements_of(database.engines[1])
    for seconds, expected in ((59, 0), (1, 60), (59, 60), (1, 120)):
        clock.move(seconds * SECOND)
        assert await counts(recognition, made.token)
        assert await seen_at(database) == NOW + expected * SECOND
    assert sum("UPDATE" in statement for statement in statements) == 2


async def test_a_locked_database_does_not_keep_anybody_out(
    database: Database, recognition: Recognition, clock: Clock
) -> None:
    made = await opened(database, PARTICIPANT, Limits(DAY, DAY))
    clock.move(dt.timedelta(minutes=5))
    # PostgreSQL locks rows and steps over those; SQLite's one lock is waited for, as long as a connection may wait.
    patience = 1.5 if database.dialect_name == "postgresql" else 15
    async with database.write() as work:
        await work.execute(session.update().values(seen_at=NOW + SECOND))
        async with asyncio.timeout(patience):
            assert await counts(recognition, made.token)
    assert await seen_at(database) == NOW + SECOND


async def test_an_ended_session_is_dead_at_once_and_for_good(
    database: Database, recognition: Recognition, clock: Clock
) -> None:
    made = await opened(database, PARTICIPANT, Limits(DAY, None))
    async with database.write() as work:
        assert await end_session(work, made.id, clock())
        assert not await end_session(work, made.id, clock())
        assert not await end_session(work, "no such session", clock())
    assert not await counts(recognition, made.token)


async def test_other_sessions_go_on(database: Database, recognition: Recognition, clock: Clock) -> None:
    ended, other = [await opened(database, HOSPITAL, Limits(DAY, None)) for _ in range(2)]
    assert ended.token != other.token
    async with database.write() as work:
        await end_session(work, ended.id, clock())
    assert await counts(recognition, other.token)


async def test_a_participant_has_one_session_that_was_not_ended(database: Database) -> None:
    await opened(database, PARTICIPANT, Limits(DAY, None))
    with pytest.raises(IntegrityError):
        await opened(database, PARTICIPANT, Limits(DAY, None))
    async with database.write() as work:
        await end_sessions_of(work, PARTICIPANT.subject, NOW, Ending.REPLACED)
    await opened(database, PARTICIPANT, Limits(DAY, None))


@pytest.mark.parametrize(
    ("after", "ending", "code"),
    [
        (DAY - SECOND, Ending.REPLACED, SESSION_REPLACED),
        (DAY, Ending.REPLACED, UNAUTHENTICATED),
        (SECOND, Ending.PASSWORD_CHANGED, UNAUTHENTICATED),
        (SECOND, Ending.SIGNED_OUT, UNAUTHENTICATED),
    ],
)
async def test_only_a_living_session_was_replaced(
    database: Database,
    recognition: Recognition,
    clock: Clock,
    after: dt.timedelta,
    ending: Ending,
    code: Code,
) -> None:
    made = await opened(database, PARTICIPANT, Limits(DAY, None))
    assert await counts(recognition, made.token)
    clock.move(after)
    async with database.write() as work:
        await end_sessions_of(work, PARTICIPANT.subject, clock(), ending)
    for later in (SECOND, 30 * DAY):
        clock.move(later)
        with pytest.raises(ClientError) as refused:
            await recognition.viewer(made.token)
        assert refused.value.code is code


async def test_a_session_counts_once_it_is_committed(database: Database, recognition: Recognition) -> None:
    async with database.write() as work:
        made = await open_session(work, PARTICIPANT, Limits(DAY, None), NOW)
        assert not await counts(recognition, made.token)
    assert await counts(recognition, made.token)


@pytest.mark.parametrize(
    ("token", "asked"),
    [("Bearer x", False), ("vss_" + "é" * 43, False), ("vss_" + "0123456789-" * 3 + "abcdefghij", True)],
)
async def test_only_what_is_spelt_as_a_token_is_looked_up(
    recognition: Recognition, token: str, asked: bool
) -> None:
    assert (SessionAuthenticator().parameters(token) is not None) is asked
    assert not await counts(recognition, token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_hash": "short"},
        {"idle_seconds": 0},
        {"expires_at": NOW},
        {"audience": None},
    ],
    ids=str,
)
async def test_the_tables_refuse_sessions_that_make_no_sense(
    database: Database, wrong: dict[str, object]
) -> None:
    row = session_row("s1", new_token(PREFIX), PARTICIPANT, Limits(DAY, None), NOW)
    with pytest.raises(IntegrityError):
        async with database.write() as work:
            await work.execute(session.insert(), row | wrong)


async def test_a_token_opens_one_session(database: Database) -> None:
    row = session_row("s1", new_token(PREFIX), PARTICIPANT, Limits(DAY, None), NOW)
    with pytest.raises(IntegrityError):
        async with database.write() as work:
            await work.execute(session.insert(), [row, row | {"id": "s2"}])


async def test_a_session_is_found_dead_or_alive(database: Database) -> None:
    made = await opened(database, HOSPITAL, Limits(DAY, DAY / 2))
    for ended, alive_until in ((False, NOW + DAY / 2), (True, None)):
        if ended:
            async with database.write() as work:
                await end_session(work, made.id, NOW + SECOND)
        async with database.read() as connection:
            rows = await connection.execute(BY_TOKEN, {"hash": token_hash(made.token)})
            found = session_of(dict(rows.mappings().one()))
        assert found.holder == HOSPITAL
        assert found.alive_until == alive_until
