"""What a request's code can reach: the viewer, the clock, loaders, short reads, and the unit of work of a mutation."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from aiodataloader import DataLoader
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import Viewer
from gateway.audit.chain import append
from gateway.audit.entries import Entry
from gateway.audit.observations import Observations
from gateway.audit.trail import Trail
from gateway.authoring.scalars import VIETNAM
from gateway.database import Database
from gateway.directory import NobodyKnown, ParticipantDirectory
from gateway.downloads import Downloads
from gateway.errors import Language, Text
from gateway.loading import RequestLoader
from gateway.settings import Settings
from gateway.telemetry import Telemetry
from gateway.throttles import Throttles
from gateway.typesetting import Typesetting

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")


@dataclass(frozen=True)
class Services:
    """What lives as long as the process: settings, stores, and what the core and the plugins (by type) keep beside them."""

    settings: Settings
    database: Database
    telemetry: Telemetry
    secret: bytes
    resources: Mapping[type, object]
    clock: Callable[[], dt.datetime]
    throttles: Throttles
    trail: Trail
    typesetting: Typesetting = field(default_factory=Typesetting)
    downloads: Downloads = field(default_factory=lambda: Downloads(b"", {}))
    directory: ParticipantDirectory = field(default_factory=NobodyKnown)

    def resource(self, kind: type[R]) -> R:
        """A resource that a plugin opened with the hook ``resources``."""
        return cast("R", self.resources[kind])


@dataclass(frozen=True)
class Change:
    """What came of a mutation's resolver, which may run only once."""

    result: Any
    failure: Exception | None = None

    def told(self) -> Any:
        """The result, or raise the failure."""
        if self.failure is not None:
            raise self.failure
        return self.result


@dataclass
class RequestContext:
    """One request: ``now`` is read once, in UTC; ``info.context`` of every resolver is this object.

    ``changes`` are those that a plan has made, in order, for the reference to go on from. ``cookie`` is a session's token that
    the browser is to keep, HttpOnly, for its later requests; empty, it is to forget it. It is set where all went well.
    ``entries`` is what the mutation under way has for the audit trail.
    """

    services: Services
    viewer: Viewer
    now: dt.datetime
    language: Language
    request_id: str
    client_address: str | None = None
    changes: deque[Change] = field(default_factory=deque)
    cookie: str | None = None
    entries: list[Entry] = field(default_factory=list)
    _observed: Observations | None = None
    _loaders: dict[Hashable, RequestLoader[Any, Any]] = field(default_factory=dict)
    _work: AsyncConnection | None = None
    _stack: AsyncExitStack | None = None

    @property
    def observed(self) -> Observations:
        """What the answer tells of others than the viewer."""
        if self._observed is None:
            self._observed = Observations(self.viewer)
        return self._observed

    @property
    def has_observed(self) -> bool:
        """Whether there is any of it: for most requests nothing is made to look."""
        return self._observed is not None and bool(self._observed)

    @property
    def today(self) -> dt.date:
        """The day in Vietnam."""
        return self.now.astimezone(VIETNAM).date()

    def text(self, text: Text) -> str:
        """A text in the language that the client asked for."""
        return text.in_(self.language)

    async def work(self) -> AsyncConnection:
        """The mutation's transaction, begun on first use: what is written here commits together or not at all."""
        if self._stack is None:
            raise LookupError("only a mutation has a unit of work")
        if self._work is None:
            self._work = await self._stack.enter_async_context(self.services.database.write())
        return self._work

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[None]:
        """Run one mutation resolver in a transaction; the core does this, never a plugin."""
        try:
            async with AsyncExitStack() as self._stack:
                yield
                if self.entries:  # last, so that the trail's end is locked for a moment only
                    await append(await self.work(), self.entries)
        finally:
            self._stack = self._work = None
            self.entries.clear()

    def loader(
        self, batch: Callable[[Sequence[K], RequestContext], Awaitable[Sequence[V]]]
    ) -> DataLoader[K, V]:
        """The request's one loader for a batch function: ``values = await batch(keys, context)``, in the order of keys."""
        return self.loader_for(batch, lambda keys: batch(keys, self))

    def loader_for(
        self, identity: Hashable, batch: Callable[[list[K]], Awaitable[Sequence[V]]]
    ) -> DataLoader[K, V]:
        """The request's one loader of this identity, made on first use."""
        found = self._loaders.get(identity)
        if found is None:
            found = self._loaders[identity] = RequestLoader(batch)
        return cast("DataLoader[K, V]", found)

    async def finish(self) -> None:
        """Let reads end that an error elsewhere has made needless; the core does this before it answers."""
        while pending := [answer for loader in self._loaders.values() for answer in loader.pending]:
            await asyncio.wait(pending)

    async def abandon(self) -> None:
        """Cancel every read; the core does this where the request is cancelled."""
        ending = {task for loader in self._loaders.values() for task in loader.abandon()}
        if ending:
            await asyncio.wait(ending)
