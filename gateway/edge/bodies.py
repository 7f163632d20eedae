"""Receiving bodies in bounded memory: of one request, and of all that are on their way at once."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import Message, Receive

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

    __slots__ = ("_head", "_receive", "complete")

    def __init__(self, receive: Receive, head: Head) -> None:
        self._receive = receive
        self._head = head
        self.complete = not head.announces_body

    async def read(self, maximum: int, budget: Budget) -> bytes:
        """All of it. Raises :class:`ClientError` as soon as it is too large, and :class:`Gone`."""
        if (self._head.length or 0) > maximum:
            raise ClientError(BODY_TOO_LARGE, maximum=maximum)
        first = b"" if self.complete else self._part(await self._receive())
        if len(first) > maximum:
            raise ClientError(BODY_TOO_LARGE, maximum=maximum)
        return first if self.complete else await self._rest(bytearray(first), maximum, budget)

    async def _rest(self, received: bytearray, maximum: int, budget: Budget) -> bytes:
        held = 0
        try:
            while not self.complete:
                budget.take(len(received) - held)
                held = len(received)
                chunk = self._part(await self._receive())
                if held + len(chunk) > maximum:
                    raise ClientError(BODY_TOO_LARGE, maximum=maximum)
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
                    left -= len(self._part(await self._receive()))
        except (TimeoutError, Gone):
            pass

    def _part(self, message: Message) -> bytes:
        if message["type"] == "http.disconnect":
            raise Gone
        self.complete = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part
