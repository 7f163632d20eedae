"""A small plugin whose tokens are rows: a pass names its holder, an agency, and until when it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from sqlalchemy import Column, MetaData, Named, String, Table, TypedColumns, bindparam, insert, select, update

from gateway.access import ANYONE, Audience, Viewer
from gateway.authoring import argument, attribute, extends, output_type, resolved
from gateway.context import RequestContext, Services
from gateway.database import Database
from gateway.entities import Mutation, Query
from gateway.errors import BAD_USER_INPUT, ClientError
from gateway.hookspecs import Bearer, RowAuthenticator, hookimpl
from gateway.sql import Instant
from gateway.testing import NOW

metadata = MetaData()
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


class PassColumns(TypedColumns):
    """``number`` is the token without its first letter."""

    id = Column(String(32), primary_key=True)
    number: Named[str] = Column(String(8), unique=True)
    holder: Named[str] = Column(String(32))
    agency: Named[str] = Column(String(8))
    until: Named[dt.datetime] = Column(Instant)
    used_at: Named[dt.datetime] = Column(Instant)
    ended_at: Named[dt.datetime | None] = Column(Instant)


passes = Table("passes_pass", metadata, PassColumns)


class PassAuthenticator:
    """Knows passes; ``read`` counts the rows that it was asked to judge."""

    statement = select(
        passes.c.holder, passes.c.agency, passes.c.until, passes.c.used_at, passes.c.ended_at
    ).where(passes.c.number == bindparam("number"))

    def __init__(self) -> None:
        self.read = 0

    def parameters(self, token: str) -> Mapping[str, object] | None:
        """The number on a pass, which begins with a p."""
        return {"number": token[1:]} if token.startswith("p") else None

    def bearer(self, row: Mapping[str, Any]) -> Bearer | None:
        """An officer of an agency."""
        self.read += 1
        if row["ended_at"] is not None:
            return None
        viewer = Viewer(Audience.OFFICER, row["holder"], claims={"agency": row["agency"]})
        return Bearer(viewer, row["until"], row["used_at"] + MINUTE)

    async def used(self, viewer: Viewer, services: Services, now: dt.datetime) -> None:
        """Write when."""
        async with services.database.write() as work:
            await work.execute(update(passes).where(passes.c.holder == viewer.subject).values(used_at=now))


class LetterAuthenticator:
    """Knows one token by heart, as an authenticator of any kind may."""

    def __init__(self, token: str = "letter") -> None:
        self._token = token

    async def authenticate(self, token: str, services: Services) -> Viewer | None:
        """The hospital."""
        return Viewer(Audience.HOSPITAL, "00001") if token == self._token else None


async def issue(database: Database, token: str, **more: object) -> None:
    """Write a pass."""
    row = {"id": token, "number": token[1:], "holder": token, "agency": "00101", "until": NOW + DAY}
    async with database.write() as work:
        await work.execute(insert(passes), {**row, "used_at": NOW, "ended_at": None, **more})


async def change(database: Database, token: str, **values: object) -> None:
    """Change a pass, as another node would."""
    async with database.write() as work:
        await work.execute(update(passes).where(passes.c.id == token).values(**values))


async def used_at(database: Database, token: str) -> dt.datetime:
    """When the use of a pass was noted."""
    async with database.read() as connection:
        asked = select(passes.c.used_at).where(passes.c.id == token)
        return (await connection.execute(asked)).scalar_one()


async def whoami(
    context: RequestContext, *, odd: Annotated[bool, argument(description="Refuse it.")] = False
) -> str:
    """Whom the request runs for; odd ones are refused."""
    if odd:
        raise ClientError(BAD_USER_INPUT, argument="odd")
    return f"{context.viewer.subject} of {context.viewer.claims.get('agency')}"


@output_type
class Done:
    """What a change came to."""

    times: int = attribute("How often the change was made.")


class Doing:
    """The change that a mutation makes."""

    def __init__(self) -> None:
        self.times = 0

    async def do(self, context: RequestContext) -> Done:
        """Do it."""
        await context.work()
        self.times += 1
        return Done(times=self.times)


class PassesPlugin:
    """The plugin, new for each test."""

    def __init__(self) -> None:
        self.authenticator = PassAuthenticator()
        self.doing = Doing()

    @hookimpl
    def graphql_types(self) -> Sequence[type]:
        doing = self.doing

        async def change_something(context: RequestContext) -> Done:
            """Change something."""
            return await doing.do(context)

        @extends(Query)
        class Asking:
            """Who asks."""

            whoami: str | None = resolved(whoami, rule=ANYONE)

        @extends(Mutation)
        class Changing:
            """A change."""

            do: Done | None = resolved(change_something, rule=ANYONE)

        return Asking, Changing

    @hookimpl
    def authenticators(self) -> Sequence[LetterAuthenticator | RowAuthenticator]:
        return self.authenticator, LetterAuthenticator()
