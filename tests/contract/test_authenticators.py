"""The hook ``authenticators``: what a plugin may rely on, shown with one that is thrown away afterwards."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Enum,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.context import Services
from gateway.errors import UNAUTHENTICATED, ClientError, Language
from gateway.execution import GraphQLRequest, Sender
from gateway.hookspecs import Authenticator, Bearer, RowAuthenticator, hookimpl
from gateway.sql import Dong, Instant
from gateway.testing import NOW, running
from tests.stores import Store

HOUR = dt.timedelta(hours=1)


class Desk(enum.Enum):
    """Where a badge was issued."""

    FRONT = "front"
    BACK = "back"


metadata = MetaData()
badges = Table(
    "badges_badge",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("desk", Enum(Desk, native_enum=False, length=8)),
    Column("valid", Boolean),
    Column("level", Integer),
    Column("deposit", Dong),
    Column("until", Instant),
    Column("remark", String(20)),
)
BADGE: Mapping[str, Any] = {
    "code": "0001",
    "desk": Desk.BACK,
    "valid": True,
    "level": 3,
    "deposit": 12_000_000_000,
    "until": NOW + HOUR,
    "remark": None,
}


class Badges:
    """A row authenticator: a badge's code is the token, behind a letter."""

    statement = select(badges).where(badges.c.code == bindparam("code"))

    def __init__(self) -> None:
        self.rows: list[Mapping[str, Any]] = []
        self.uses: list[tuple[Viewer, dt.datetime]] = []

    def parameters(self, token: str) -> Mapping[str, object] | None:
        """Not what begins with another letter."""
        return {"code": token[1:]} if token.startswith("b") else None

    def bearer(self, row: Mapping[str, Any]) -> Bearer | None:
        """An officer."""
        self.rows.append(row)
        viewer = Viewer(Audience.OFFICER, row["code"], claims={"level": str(row["level"])})
        return Bearer(viewer, row["until"], NOW) if row["valid"] else None

    async def used(self, viewer: Viewer, services: Services, now: dt.datetime) -> None:
        """Count."""
        assert services.database is not None
        self.uses.append((viewer, now))


class Letters:
    """An authenticator of no particular kind, which is asked whenever no other knows a token."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def authenticate(self, token: str, services: Services) -> Viewer | None:
        """One token, known by heart."""
        self.asked.append(token)
        return Viewer(Audience.HOSPITAL, "00001") if token == "letter" else None


@pytest.fixture
def by_row() -> Badges:
    """The plugin's row authenticator."""
    return Badges()


@pytest.fixture
def letters() -> Letters:
    """Its other one."""
    return Letters()


@pytest.fixture(params=["on", "off"])
async def application(
    request: pytest.FixtureRequest, store: Store, by_row: Badges, letters: Letters
) -> AsyncIterator[Application]:
    """The plugin in a gateway, with plans and without; one badge is issued."""
    plugin = SimpleNamespace(authenticators=hookimpl(lambda: (by_row, letters)))
    settings = {"VSSID_PLANS": request.param}
    async with running({"badges": plugin}, store.url, settings=settings) as application:
        async with application.services.database.write() as work:
            await work.run_sync(metadata.create_all)
            await work.execute(insert(badges), BADGE)
        yield application


async def status(application: Application, token: str) -> str:
    """What a request for the time comes to."""
    request = GraphQLRequest("{ serverTime }", None, None, {})
    try:
        answer = await application.executor.answer(request, token, Sender(Language.EN, "test"))
    except ClientError as refusal:
        return refusal.code.name
    assert "serverTime" in orjson.loads(answer.body)["data"]
    return answer.outcome


async def write(application: Application, statement: Any) -> None:
    """Change the table, as another node would."""
    async with application.services.database.write() as work:
        await work.execute(statement)


def test_both_kinds_are_what_the_hook_returns(by_row: Badges, letters: Letters) -> None:
    row_wise: RowAuthenticator = by_row
    any_kind: Authenticator = letters
    assert isinstance(row_wise, RowAuthenticator)
    assert not isinstance(any_kind, RowAuthenticator)


async def test_a_row_has_the_values_that_sqlalchemy_gives(application: Application, by_row: Badges) -> None:
    assert await status(application, "b0001") == "OK"
    assert by_row.rows == [BADGE]


@pytest.mark.parametrize(
    "change",
    [
        update(badges).values(valid=False),
        update(badges).values(until=NOW),
        update(badges).values(code="0002"),
        delete(badges),
    ],
    ids=["invalid", "expired", "another's", "gone"],
)
async def test_what_a_row_says_counts_at_once(application: Application, change: Any) -> None:
    for _ in range(2):
        assert await status(application, "b0001") == "OK"
    await write(application, change)
    for _ in range(2):
        assert await status(application, "b0001") == UNAUTHENTICATED.name


async def test_use_is_noted_from_the_moment_that_was_asked_for(
    application: Application, by_row: Badges
) -> None:
    for level in ("3", "3", "4"):
        await write(application, update(badges).values(level=int(level)))
        await status(application, "b0001")
        viewer, now = by_row.uses[-1]
        assert (viewer.subject, viewer.claims, now) == ("0001", {"level": level}, NOW)
    assert len(by_row.uses) == 3


async def test_a_dead_token_is_not_noted(application: Application, by_row: Badges) -> None:
    await write(application, update(badges).values(until=NOW))
    await status(application, "b0001")
    assert by_row.uses == []


async def test_the_others_are_asked_where_one_does_not_know_a_token(
    application: Application, letters: Letters
) -> None:
    assert await status(application, "letter") == "OK"
    assert await status(application, "b0001") == "OK"
    assert await status(application, "b0404") == UNAUTHENTICATED.name
    assert letters.asked == ["letter", "b0404"]
