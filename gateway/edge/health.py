"""Two questions an orchestrator asks: does the process live, and should it be sent requests."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.edge.answers import RETRY, SAFE

PING_TIMEOUT: Final = 1.0
FRESH: Final = 1.0
"""Seconds in which one ping answers for all who ask: the probe is no way to load the database."""

_LOG: Final = logging.getLogger(__name__)


class Health:
    """``/health/live`` and ``/health/ready``. ``draining`` is set when the server has begun to stop."""

    def __init__(
        self,
        ping: Callable[[], Awaitable[None]],
        draining: threading.Event,
        *,
        ping_timeout: float = PING_TIMEOUT,
        fresh: float = FRESH,
    ) -> None:
        self._ping = ping
        self._draining = draining
        self._ping_timeout = ping_timeout
        self._fresh = fresh
        self._asking = asyncio.Lock()
        self._asked: float | None = None
        self._answered = False

    def routes(self) -> list[Route]:
        """Where they are asked."""
        return [Route("/health/live", self.live), Route("/health/ready", self.ready)]

    async def live(self, _request: Request) -> JSONResponse:
        """200 as long as the event loop turns."""
        return _response("live", 200)

    async def ready(self, _request: Request) -> JSONResponse:
        """200 ``ready``; 503 ``draining``, or ``unavailable`` when the database does not answer."""
        if self._draining.is_set():
            return _response("draining", 503)
        if not await self._database_answers():
            return _response("unavailable", 503)
        return _response("ready", 200)

    async def _database_answers(self) -> bool:
        async with self._asking:
            if self._asked is None or time.monotonic() - self._asked >= self._fresh:
                self._answered = await self._pinged()
                self._asked = time.monotonic()
            return self._answered

    async def _pinged(self) -> bool:
        try:
            async with asyncio.timeout(self._ping_timeout):
                await self._ping()
        except (DatabaseBusy, DatabaseUnavailable, TimeoutError) as failure:
            _LOG.warning("the database does not answer: %s", type(failure).__name__)
            return False
        return True


def _response(state: str, status: int) -> JSONResponse:
    headers = {name.decode(): value.decode() for name, value in (*SAFE, *((RETRY,) if status != 200 else ()))}  # noqa: PLR2004
    return JSONResponse({"status": state}, status, headers)
