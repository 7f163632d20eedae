"""Receiving bodies in bounded memory: of one request, and of all that are on their way at once."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import Receive

from gateway.edge.negotiation import Head
from gateway.errors import BODY_TOO_LARGE, UNAVAILABLE, ClientError

LINGER_SECONDS: Final = 1.0
LINGER_BYTES: Final = 1024 * 1024


class Gone(Exception):
    """The client hung up: there is nobody to answer."""


class Budget:
    """The bytes that bodies under way may take together; more are refused as overload."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._held = 0

    def take(self, size: int) -> None:
        """Account for bytes that were received."""
        if self._held + size > self._maximum:
            raise ClientError(UNAVAILABLE)
        self._held += size

    def give_back(self, size: int) -> None:
        """Account for bytes that are no longer held."""
        self._held -= size


class Body:
    """One request's body; ``complete`` when nothing of it is left to receive."""

    def __init__(self, receive: Receive, head: Head) -> None:
        self._receive = receive
        self._head = head
        self.complete = not head.announces_body

    async def read(self, maximum: int, budget: Budget) -> bytes:
        """All of it. Raises :class:`ClientError` as soon as it is too large, and :class:`Gone`."""
        if (self._head.length or 0) > maximum:
            raise ClientError(BODY_TOO_LARGE, maximum=maximum)
        received = bytearray()
        held = 0
        try:
            while not self.complete:
                chunk = await self._next()
                if len(received) + len(chunk) > maximum:
                    raise ClientError(BODY_TOO_LARGE, maximum=maximum)
                budget.take(len(chunk))
                held += len(chunk)
                received += chunk
            return bytes(received)
        finally:
            budget.give_back(held)

    async def discard(self) -> None:
        """Take a little more of a refused body: whoever sends first and reads afterwards would miss the answer."""
        left = LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while not self.complete and left > 0:
                    left -= len(await self._next())
        except (TimeoutError, Gone):
            pass

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Gone
        self.complete = not message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        return chunk
