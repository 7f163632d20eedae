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
        self.patience = min(PATIENCE, seconds)
        self.fresh: dict[Work, None] = {}
        """Work whose client is not watched yet."""
        self.watched: dict[Work, None] = {}
        self.rings = math.inf
        """When the timer goes off, in the time of ``loop``."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def set_timer(self, moment: float, loop: asyncio.AbstractEventLoop) -> None:
        """Look after all of it at a moment."""
        if self._timer is not None:
            self._timer.cancel()
        self.rings, self.loop = moment, loop
        self._timer = loop.call_at(moment, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to watch the clients that have waited long enough, and cut what has taken too long."""
        now = max(self.rings, loop.time())  # timers count milliseconds, and may go off too early
        for work in _older(self.fresh, self.patience, now):
            del self.fresh[work]
            self.watched[work] = None
            work.watch()
        for work in _older(self.watched, self._seconds, now):
            del self.watched[work]
            work.cut(ClientError(DEADLINE_EXCEEDED))
        moments = [work.began + self.patience for work in islice(self.fresh, 1)]
        moments += [work.began + self._seconds for work in islice(self.watched, 1)]
        self._timer, self.rings = None, math.inf
        if moments:
            self.set_timer(min(moments), loop)


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
        # Together with what it does to the attendance, which would be a call more for every request.
        attendance, loop = self._attendance, asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None
        self._task = task
        self._cancelling = task.cancelling()
        self.began = loop.time()
        attendance.working += 1
        attendance.fresh[self] = None
        moment = self.began + attendance.patience
        if moment < attendance.rings or loop is not attendance.loop:
            attendance.set_timer(moment, loop)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        attendance = self._attendance
        attendance.working -= 1
        if self in attendance.fresh:
            del attendance.fresh[self]
        else:
            attendance.watched.pop(self, None)
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
