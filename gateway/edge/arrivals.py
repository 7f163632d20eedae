"""How a request came, and the way back to its client: in ASGI's messages, or as a whole where the server offers that."""

from __future__ import annotations

from typing import Protocol

from starlette.types import Message, Receive, Scope, Send

from gateway.edge.answers import WHOLE, Reply
from gateway.edge.bodies import Body
from gateway.edge.negotiation import Head


class Arrival(Protocol):
    """A request; ``peer`` is the address that it came from."""

    peer: str | None

    @property
    def complete(self) -> bool:
        """Whether nothing of it is left to receive."""
        ...

    async def receive(self) -> Message:
        """ASGI's ``receive``."""
        ...

    def whole(self, reply: Reply) -> bool:
        """Answer in one write, and tell whether this was done."""
        ...

    async def send(self, reply: Reply) -> None:
        """Answer, however long it takes."""
        ...


class WholeArrival(Arrival, Protocol):
    """A request that was there at once, with what its head and its bytes have to say to an endpoint that knows the head."""

    body: bytes
    token: str | None


class Messages:
    """A request as every ASGI server hands it over."""

    __slots__ = ("_send", "body", "head", "peer", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive, send: Send, head: Head) -> None:
        self.scope = scope
        self._send = send
        self.receive = receive
        self.head = head
        self.body = Body(receive, head)
        peer = scope.get("client")
        self.peer: str | None = peer[0] if peer else None

    @property
    def complete(self) -> bool:
        """Whether nothing of the body is left to receive."""
        return self.body.complete

    def whole(self, reply: Reply) -> bool:
        """Answer in one write where the server offers that."""
        whole = self.scope.get("extensions", {}).get(WHOLE)
        return whole is not None and whole(reply)

    async def send(self, reply: Reply) -> None:
        """Answer in ASGI's own messages."""
        body = self.body
        await self._send({"type": "http.response.start", "status": reply.status, "headers": reply.headers()})
        await self._send({"type": "http.response.body", "body": reply.body, "more_body": not body.complete})
        if not body.complete:
            await body.discard()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
