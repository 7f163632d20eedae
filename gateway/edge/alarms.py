"""A deadline of a connection: moved with every request, and hardly ever reached."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

_EARLY: Final = 0.001
"""Seconds by which a loop's timer may go off too early: they count milliseconds."""


class Alarm:
    """Calls back at a moment that can be moved at next to no cost.

    Setting and cancelling a timer of the loop costs more than parsing a request. So the timer stays where it is as long as
    it goes off before the moment; when it does, it is set to what is left.
    """

    __slots__ = ("_action", "_loop", "_moment", "_rings", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._action: Callable[[], object] | None = None
        self._moment = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._rings = 0.0

    def set(self, seconds: float, action: Callable[[], object]) -> None:
        """Call ``action`` once, so many seconds from now; what was set before is forgotten."""
        self._action = action
        self._moment = self._loop.time() + seconds
        if self._timer is None or self._rings > self._moment:
            self._start_timer(seconds)

    def clear(self) -> None:
        """Do not call back."""
        self._action = None

    def stop(self) -> None:
        """Do not call back, and leave nothing in the loop."""
        self._action = None
        self._stop_timer()

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._rings = self._loop.time() + seconds
        self._timer = self._loop.call_later(seconds, self._ring)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        action = self._action
        if action is None:
            return
        left = self._moment - self._loop.time()
        if left > _EARLY:
            self._start_timer(left)
        else:
            self._action = None
            action()
