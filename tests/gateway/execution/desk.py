"""An executor over passes, with a planner that does as it is told and rounds that are counted."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import orjson
from graphql import OperationDefinitionNode
from sqlalchemy import Select, func, select
from sqlalchemy.types import TypeEngine

from gateway.access import Viewer
from gateway.app import Application
from gateway.context import Change, RequestContext
from gateway.database import DatabaseBusy
from gateway.database.rounds import Batch, Cells, Read, Rounds, Snapshot
from gateway.documents import Prepared
from gateway.errors import ClientError, Language
from gateway.execution import Answer, Executor, GraphQLRequest, Recognition, Sender
from gateway.execution.plans import Check
from gateway.hookspecs import Authenticator, RowAuthenticator
from gateway.planning.stepping import StepAside
from gateway.testing import NOW
from tests.gateway.execution.passes import Done, PassesPlugin, passes

QUERY = "{ whoami }"
CHANGE = "mutation { do { times } }"
SENDER = Sender(Language.EN, "test")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


class CountedRounds:
    """A store's rounds; ``trips`` are the sizes of those that were made."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self.trips: list[int] = []

    def compile(self, statement: Select[Any]) -> Read:
        return self._rounds.compile(statement)

    def converter(self, type_: TypeEngine[Any]) -> Any:
        return self._rounds.converter(type_)

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        self.trips.append(len(batch))
        return await self._rounds.fetch(batch)

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        return self._rounds.snapshot()

    async def close(self) -> None:
        await self._rounds.close()


class ToldPlanner:
    """Plans ``{ whoami }`` and the change; ``mood`` says how its plans go, ``viewers`` are those they were made for."""

    def __init__(self, rounds: Rounds, plugin: PassesPlugin) -> None:
        self.rounds = rounds
        self.plugin = plugin
        self.mood = "well"
        self.viewers: list[Viewer] = []
        self.reads = False
        self.reading = asyncio.Event()
        self.read = rounds.compile(select(func.count()).select_from(passes))

    def ready(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
        viewer: Viewer,
    ) -> ToldReady:
        self.viewers.append(viewer)
        if self.mood == "aside at once" or "odd" in prepared.text:
            raise StepAside("told to")
        return ToldReady(self, viewer, changes=operation.operation.value == "mutation")

    async def stuck(self, keys: Sequence[str], context: RequestContext) -> Sequence[str]:
        """Reads for code, and does not come to an end."""
        self.reading.set()
        await asyncio.Event().wait()
        return keys


class ToldReady:
    """A plan of one request."""

    def __init__(self, planner: ToldPlanner, viewer: Viewer, *, changes: bool) -> None:
        self._planner = planner
        self._viewer = viewer
        self._changes = changes

    async def answer(self, context: RequestContext, along: Batch = (), check: Check | None = None) -> bytes:
        planner = self._planner
        if planner.reads:
            reading = asyncio.ensure_future(context.loader(planner.stuck).load("key"))
            await planner.reading.wait()
            reading.cancel()
        if self._changes:
            async with context.unit_of_work():
                context.changes.append(Change(await planner.plugin.doing.do(context)))
        if planner.mood == "aside early":
            raise StepAside("told to")
        if planner.mood == "stuck":
            await asyncio.Event().wait()
        if planner.mood == "busy":
            raise DatabaseBusy("told to be")
        found = await planner.rounds.fetch([*along, (planner.read, [])])
        self._judge(found[: len(along)], check)
        if planner.mood == "aside late":
            raise StepAside("told to")
        if self._changes:
            done: Done = context.changes.popleft().told()
            return orjson.dumps({"data": {"do": {"times": done.times}}})
        holder = f"{self._viewer.subject} of {self._viewer.claims.get('agency')}"
        return orjson.dumps({"data": {"whoami": holder}})

    def _judge(self, found: Sequence[list[Cells]], check: Check | None) -> None:
        if check is None or self._planner.mood == "unchecked":
            return
        try:
            check(found)
        except Exception:
            if self._planner.mood != "deaf":
                raise


class Desk:
    """What a test holds in its hands."""

    def __init__(
        self,
        application: Application,
        plugin: PassesPlugin,
        clock: Clock,
        *,
        authenticators: Sequence[Authenticator | RowAuthenticator] | None = None,
        capacity: int = 100,
    ) -> None:
        self.application = application
        self.plugin = plugin
        self.clock = clock
        self.database = application.services.database
        self.rounds = CountedRounds(self.database.rounds)
        self.planner = ToldPlanner(self.rounds, plugin)
        given = plugin.authenticators() if authenticators is None else authenticators
        recognition = Recognition(application.services, given, self.rounds, capacity=capacity)
        self.executor = Executor(
            application.services,
            application.assembly.schemas,
            application.documents,
            recognition,
            self.planner,
        )

    async def answer(self, token: str | None, query: str | None = QUERY, **variables: object) -> Answer:
        """The answer to a document."""
        return await self.executor.answer(GraphQLRequest(query, None, None, variables), token, SENDER)

    async def told(self, token: str | None, query: str = QUERY) -> Any:
        """The data of an answer; the code, where the token is refused."""
        try:
            answer = await self.answer(token, query)
        except ClientError as refusal:
            return refusal.code.name
        return orjson.loads(answer.body)["data"]

    async def trips(self, token: str | None, query: str = QUERY) -> list[int]:
        """How many statements each round trip for an answer takes."""
        self.rounds.trips.clear()
        await self.answer(token, query)
        return list(self.rounds.trips)
