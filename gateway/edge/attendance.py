"""Who is being worked for: no work outlasts its time, or the client that it is for."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from itertools import islice, takewhile
from types import TracebackType
from typing import Final

from starlette.types import Receive

from gateway.edge.bodies import Gone
from gateway.errors import DEADLINE_EXCEEDED, ClientError

PATIENCE: Final = 0.05
"""Seconds before we look whether the client is still there: most answers are ready by then."""


class Attendance:
    """The work of one endpoint that is under way, oldest first, under one timer for all of it; each may take ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.working = 0
        self._seconds = seconds
        self._patience = min(PATIENCE, seconds)
        self._fresh: dict[Work, None] = {}
        self._watched: dict[Work, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._rings = math.inf
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, work: Work, loop: asyncio.AbstractEventLoop) -> None:
        """Attend to one more."""
        self.working += 1
        self._fresh[work] = None
        moment = work.began + self._patience
        if moment < self._rings or loop is not self._loop:
            self._set_timer(moment, loop)

    def end(self, work: Work) -> None:
        """Attend to one less."""
        self.working -= 1
        if work in self._fresh:
            del self._fresh[work]
        else:
            self._watched.pop(work, None)

    def _set_timer(self, moment: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings, self._loop = moment, loop
        self._timer = loop.call_at(moment, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to watch the clients that have waited long enough, and cut what has taken too long."""
        now = max(self._rings, loop.time())  # timers count milliseconds, and may go off too early
        for work in _older(self._fresh, self._patience, now):
            del self._fresh[work]
            self._watched[work] = None
            work.watch()
        for work in _older(self._watched, self._seconds, now):
            del self._watched[work]
            work.cut(ClientError(DEADLINE_EXCEEDED))
        moments = [work.began + self._patience for work in islice(self._fresh, 1)]
        moments += [work.began + self._seconds for work in islice(self._watched, 1)]
        self._timer, self._rings = None, math.inf
        if moments:
            self._set_timer(min(moments), loop)


def _older(works: Iterable[Work], seconds: float, now: float) -> list[Work]:
    return list(takewhile(lambda work: work.began + seconds <= now, works))


class Work:
    """The work for one request, a block of the current task: ``with Work(attendance, receive):``.

    It is cancelled, and :class:`Gone` raised, when the client hangs up; when its time is over, it is cancelled, and
    :class:`ClientError` DEADLINE_EXCEEDED raised.
    """

    __slots__ = ("_attendance", "_cancelling", "_fault", "_receive", "_task", "_watcher", "began")

    def __init__(self, attendance: Attendance, receive: Receive) -> None:
        self._attendance = attendance
        self._receive = receive
        self._fault: Exception | None = None
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None
        self._task = task
        self._cancelling = task.cancelling()
        self.began = loop.time()
        self._attendance.begin(self, loop)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._attendance.end(self)
        if self._watcher is not None:
            self._watcher.cancel()
        if self._fault is None or self._task.uncancel() > self._cancelling:
            return
        if kind is not None and issubclass(kind, asyncio.CancelledError):
            raise self._fault from None

    def watch(self) -> None:
        """Notice from now on when the client hangs up."""
        self._watcher = asyncio.create_task(self._listen())

    def cut(self, fault: Exception) -> None:
        """Cancel the work; ``fault`` is what its block raises."""
        if self._fault is None:
            self._fault = fault
            self._task.cancel()

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.cut(Gone())
