"""uvicorn's HTTP protocol with what it lacks: deadlines for receiving, a limit of the head, one request at a time.

A connection waits for a request, receives one, and works on its answer. Each has an end: waiting after ``idle`` seconds,
receiving after ``receive`` (408), and an answer that its client does not take after ``take``; how long the work may last
is the endpoint's business. Refusals are GraphQL responses, as the endpoint's are.

llhttp, the parser below, refuses what is ambiguous (Content-Length beside Transfer-Encoding, bare line feeds, spaces
before colons). Of pipelined requests the first is answered, the others are to be sent again; nothing is ever upgraded.
"""

from __future__ import annotations

import asyncio
import enum
import secrets
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NoReturn, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gateway.edge.alarms import Alarm
from gateway.edge.answers import CLOSE, WHOLE, Header, Reply, header_lines
from gateway.edge.negotiation import Head, language
from gateway.errors import BAD_REQUEST, HEADERS_TOO_LARGE, REQUEST_TIMEOUT, ClientError

LINGER: Final = 1.0
"""Seconds in which a refused client may go on sending, so that it finds the time to read why it was refused."""


@dataclass(frozen=True)
class Deadlines:
    """Seconds for waiting, for receiving, for an answer to be taken; and the bytes of URL and headers together."""

    idle: float = 5.0
    receive: float = 10.0
    take: float = 30.0
    head: int = 16 * 1024


class Stage(enum.Enum):
    """What a connection waits for or does."""

    WAITING = "for the first byte of a request"
    RECEIVING = "a request"
    WORKING = "on the answer"


class _Stop(Exception):
    """Ends parsing."""


class DeadlineProtocol(HttpToolsProtocol):
    """One connection."""

    deadlines: ClassVar[Deadlines] = Deadlines()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._stage = Stage.WAITING
        self._deaf = False  # what still arrives is ignored
        self._last = False  # no request after this one
        self._fault: ClientError | None = None
        self._received = 0  # bytes since the answer before
        self._headed = False  # the head of the current request is complete
        self._small = True  # too few bytes have come for a head over the limit: nothing is counted
        self._head_size: int | None = None
        self._alarm = Alarm(self.loop)
        self._receiving = False  # the alarm is that of receiving
        self._stalled: asyncio.TimerHandle | None = None
        self._extensions = cast("dict[str, dict[object, object]]", {WHOLE: self._send_whole})
        self._default_headers: list[Header] = []
        self._default_lines = b""

    # --- the connection ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        self._deaf = True
        self._alarm.stop()
        self._extensions.clear()  # it leads back here, and nothing collects such rings at once
        self.resume_writing()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Answer what is under way, or what a client is just about to send; then close."""
        self._last = True
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def leave(self) -> None:
        """Close at once, unless there is something to answer."""
        if self._stage is Stage.WAITING:
            self._hang_up()

    def pause_writing(self) -> None:
        """The client takes its answer more slowly than we send it."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self.deadlines.take, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken most of it."""
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    # --- receiving ---

    def data_received(self, data: bytes) -> None:
        """Parse some bytes."""
        if self._deaf:
            return
        if self._stage is Stage.WAITING:
            self._stage = Stage.RECEIVING
        self._received += len(data)
        self._small = self._small and self._received <= self.deadlines.head
        try:
            self.parser.feed_data(data)  # pyright: ignore[reportOptionalMemberAccess]  None when all is over
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._stop_parsing()
        if self._stage is Stage.RECEIVING and not self._deaf:
            self._limit()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self._stage is Stage.WORKING:
            raise _Stop
        self._stage = Stage.RECEIVING
        self._headed = False
        self._small = self._received <= self.deadlines.head
        self._head_size = None
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or a trailer: that would come after the headers were judged, and is dropped."""
        if not self._small:
            self._count(len(name) + len(value))
            if self._headed:
                return
        name = name.lower()
        if name == b"expect":
            super().on_header(name, value)
        else:  # as uvicorn does, but called eight times a request
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Start the work; it receives the body."""
        # The parser would take the body for another protocol's.
        if self.parser.should_upgrade():  # pyright: ignore[reportOptionalMemberAccess]
            self._stop(ClientError(BAD_REQUEST, reason="upgrade"))
        if not self._small:
            self._count(0)
        self._headed = True
        self._small = False  # what follows counts
        super().on_headers_complete()
        if self._last:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        super().on_message_complete()
        if self.cycle.response_complete:
            self._wait()
        else:
            self._stage = Stage.WORKING
            self._alarm.clear()
            self._receiving = False

    def on_response_complete(self) -> None:
        """The answer was sent. Replaces uvicorn's method, which would go on with pipelined requests."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            self._hang_up()
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self._stage is Stage.WORKING:
            self._wait()

    def _send_whole(self, reply: Reply) -> bool:
        """Send an answer in one write, past uvicorn's check of each header, and tell whether this was done.

        It is not for an answer to HEAD, an answer that ends the connection, or while the client still sends, or has not
        taken what was sent before.
        """
        cycle: RequestResponseCycle = self.cycle
        if (
            cycle.more_body
            or CLOSE in reply.extra
            or self.flow.write_paused
            or cycle.scope["method"] == "HEAD"
        ):
            return False
        if not cycle.disconnected:
            cycle.response_started = cycle.response_complete = True
            self.transport.write(reply.on_the_wire(self._connection_lines(keep_alive=cycle.keep_alive)))
            cycle.message_event.set()
            if not cycle.keep_alive:
                self.transport.close()
            cycle.on_response()
        return True

    def _connection_lines(self, *, keep_alive: bool) -> bytes:
        """The date, which uvicorn renews every second, and whether this is the end."""
        if self._default_headers is not self.server_state.default_headers:
            self._default_headers = self.server_state.default_headers
            self._default_lines = header_lines(self._default_headers)
        return self._default_lines if keep_alive else self._default_lines + header_lines((CLOSE,))

    # --- limits ---

    def _count(self, size: int) -> None:
        if self._head_size is None:
            self._head_size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        self._head_size += size
        if self._head_size > self.deadlines.head:
            self._stop(self._too_large())

    def _limit(self) -> None:
        """The parser tells of a header when it is complete; the size is for one that never will be."""
        if not self._headed and self._received > self.deadlines.head:
            self._refuse(self._too_large())
        elif not self._receiving:
            self._alarm.set(self.deadlines.receive, self._expire)
            self._receiving = True

    def _too_large(self) -> ClientError:
        return ClientError(HEADERS_TOO_LARGE, maximum=self.deadlines.head)

    def _stop(self, fault: ClientError) -> NoReturn:
        self._fault = fault
        raise _Stop

    def _stop_parsing(self) -> None:
        if self._stage is Stage.WORKING:  # at fault is what follows the request that is being answered
            self._deaf = True
            self.cycle.keep_alive = False
        else:
            self._refuse(self._fault or ClientError(BAD_REQUEST, reason="http"))

    # --- ends ---

    def _wait(self) -> None:
        self._stage = Stage.WAITING
        self._received = 0
        self._headed = False
        self._small = True
        self._receiving = False
        self._alarm.set(self.deadlines.idle, self._hang_up)

    def _expire(self) -> None:
        self._refuse(ClientError(REQUEST_TIMEOUT))

    def _refuse(self, error: ClientError) -> None:
        """Answer in place of the application, which hears that its client is gone."""
        self._deaf = True
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self._hang_up()
                return
        reply = Reply.refusal(
            error,
            language(Head(self.headers or ()).get(b"accept-language")),
            secrets.token_hex(8),
            extra=(CLOSE,),
        )
        self.transport.write(reply.on_the_wire())
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._alarm.set(LINGER, self._hang_up)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        """Close; the system keeps sending what it has, but not for ever."""
        self._deaf = True
        self.transport.close()
        self._alarm.set(self.deadlines.take, self.transport.abort)
