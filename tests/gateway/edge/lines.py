"""Connections without sockets: the protocol over a transport that notes what is written, segment by segment as a test says."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Sequence
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.edge import site
from gateway.edge.deadlines import Deadlines
from gateway.edge.graphql import Answers
from gateway.edge.heads import Heads
from gateway.edge.recognising import RecognisingProtocol
from tests.gateway.edge.toy import nothing, settings

VARYING = re.compile(rb"(x-request-id: )[0-9a-f]{16}")


class Transport(asyncio.Transport):
    """Takes what is written; ``written`` is what it took."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        """Take some bytes."""
        self.written += data

    def close(self) -> None:
        """No more after this."""
        self.closed = True

    abort = write_eof = close

    def is_closing(self) -> bool:
        """Whether that was so."""
        return self.closed

    def can_write_eof(self) -> bool:
        """As sockets can."""
        return True

    def pause_reading(self) -> None:
        """Nothing comes but from the test."""

    resume_reading = pause_reading


class Parsed(RecognisingProtocol):
    """Counts the requests that went the ordinary way."""

    parsed = 0

    def on_message_begin(self) -> None:
        self.parsed += 1
        super().on_message_begin()


class Lines:
    """A server to which connections are made with :meth:`line`; all have one memory, which may be too small for any head."""

    def __init__(
        self, executor: Answers, heads: Heads, deadlines: Deadlines | None = None, **core: float
    ) -> None:
        app = site(executor, settings(**core), nothing, threading.Event())
        self.protocol = Parsed.serving(deadlines or Deadlines(), heads)
        self.config = Config(app, log_config=None, interface="asgi3", ws="none", lifespan="off")
        self.config.load()
        self.state = ServerState()

    def line(self) -> Line:
        """A new connection."""
        return Line(self)


class Line:
    """One connection."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.protocol = lines.protocol(lines.config, lines.state, {})
        self.transport = Transport()
        self.protocol.connection_made(self.transport)

    def another(self) -> Line:
        """A connection to the same server."""
        return self._lines.line()

    @property
    def unfinished(self) -> set[asyncio.Task[None]]:
        """What the server works on."""
        return {task for task in self._lines.state.tasks if not task.done()}

    @property
    def parsed(self) -> int:
        """How many requests went the ordinary way."""
        return self.protocol.parsed

    async def say(self, *segments: bytes) -> bytes:
        """Send segments, each when the one before has been answered, if it is; what was written since."""
        before = len(self.transport.written)
        for segment in segments:
            if not self.transport.closed:
                self.protocol.data_received(segment)
            await self.settled()
        return VARYING.sub(rb"\1-", self.transport.written[before:])

    async def settled(self) -> None:
        """Wait until nobody works; whoever still receives does not count."""
        for _ in range(4):
            await asyncio.sleep(0)
        if self.unfinished:
            await asyncio.wait(self.unfinished, timeout=0.001)

    def hang_up(self) -> None:
        """The client leaves."""
        self.protocol.connection_lost(None)


async def conversation(lines: Lines, segments: Sequence[bytes]) -> tuple[bytes, bool]:
    """What is written to one client, and whether the connection was closed."""
    line = lines.line()
    said = await line.say(*segments)
    closed = line.transport.closed
    line.hang_up()
    await line.settled()
    return said, closed
