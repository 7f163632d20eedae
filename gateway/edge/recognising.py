"""The protocol that recognises heads: a request with a known one goes to its endpoint at once, past parser and router.

It does so only where the parser waits for a new request, has nothing unread, and the bytes that came are one whole request. All
else is the ordinary way's, byte for byte, and so is every mistake: what is kept has been answered. Deadlines, back-pressure,
the drain and the end of a client who hangs up are the same on both ways.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Self, cast

from starlette.types import Message

from gateway.edge.answers import Reply
from gateway.edge.deadlines import DeadlineProtocol, Deadlines, Stage
from gateway.edge.heads import HEAD, Heads, Known


class RecognisingProtocol(DeadlineProtocol):
    """One connection; :meth:`serving` makes the class to serve with."""

    heads: ClassVar[Heads]
    cycle: Any  # uvicorn's, or a RecognisedRequest

    @classmethod
    def serving(cls, deadlines: Deadlines, heads: Heads) -> type[Self]:
        """The protocol with a memory, that all connections have in common, and with deadlines."""
        return cast("type[Self]", type(cls.__name__, (cls,), {"deadlines": deadlines, "heads": heads}))

    def data_received(self, data: bytes) -> None:
        """Recognise a request, or parse some bytes."""
        fresh = self._stage is Stage.WAITING and not self._deaf
        if fresh:
            found = self.heads.recall(data)
            if found is not None and not self._last:
                self._begin(data, *found)
                return
        super().data_received(data)
        if fresh:
            self._offer(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the work that its client is gone."""
        super().connection_lost(exc)
        if isinstance(self.cycle, RecognisedRequest):
            self.cycle = None  # it leads back here

    def _begin(self, data: bytes, known: Known, body: bytes) -> None:
        """Start the work on a request as it follows from its head."""
        self._stage = Stage.WORKING
        self._alarm.clear()
        request = RecognisedRequest(self, data, known, body)
        self.cycle = request
        task = self.loop.create_task(known.meaning(request))
        task.add_done_callback(request.done)
        self.tasks.add(task)

    def _offer(self, data: bytes) -> None:
        """Where these bytes were one whole request to keep the connection for, its head may be kept, too."""
        cycle, place = self.cycle, None
        if (
            self._stage is Stage.WORKING
            and not self._deaf
            and cycle.keep_alive
            and not cycle.waiting_for_100_continue
        ):
            place = self.heads.place(data, cycle.body)
        if place is None:
            self._extensions.pop(HEAD, None)
        else:
            self._extensions[HEAD] = cast("Any", place)

    def answer(self, reply: Reply, *, keep_alive: bool) -> None:
        """Write the answer to a recognised request, and wait for the next one."""
        self.transport.write(reply.on_the_wire(self._connection_lines(keep_alive=keep_alive)))
        if not keep_alive:
            self.transport.close()
        self.on_response_complete()


class RecognisedRequest:
    """A whole request and its answer. To the protocol it is what uvicorn's cycle is, which is made to receive piece by piece."""

    complete = True
    more_body = False
    disconnected = False
    response_started = False
    response_complete = False
    keep_alive = True
    _event: asyncio.Event | None = None

    def __init__(self, protocol: RecognisingProtocol, data: bytes, known: Known, body: bytes) -> None:
        self._protocol = protocol
        self.body = body
        self.token = None if known.token is None else data[known.token].decode()
        self.peer = protocol.client[0] if protocol.client else None

    @property
    def message_event(self) -> asyncio.Event:
        """Set when the client is gone; hardly any request lives to need it."""
        if self._event is None:
            self._event = asyncio.Event()
        return self._event

    async def receive(self) -> Message:
        """Wait until the client hangs up."""
        if not (self.disconnected or self.response_complete):
            await self.message_event.wait()
        return {"type": "http.disconnect"}

    def whole(self, reply: Reply) -> bool:
        """Answer at once; False where the client has not taken the answer before."""
        protocol = self._protocol
        if protocol.flow.write_paused:
            return False
        if not self.disconnected:
            protocol.answer(reply, keep_alive=self.keep_alive)
            self.response_started = self.response_complete = True
        return True

    async def send(self, reply: Reply) -> None:
        """Answer as soon as the client takes it."""
        while not self.whole(reply):
            await self._protocol.flow.drain()

    def done(self, task: asyncio.Task[None]) -> None:
        """The end of the work: an answer that is missing will not come any more. asyncio tells the log of a fault."""
        protocol = self._protocol
        protocol.tasks.discard(task)
        if not (self.response_complete or self.disconnected):
            protocol.transport.close()
