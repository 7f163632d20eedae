"""The endpoint ``/graphql``: GraphQL over HTTP as its draft says, as a bare ASGI application.

Its answers are GraphQL responses whatever happens, and tell nothing about a fault but the id under which the log has it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Final, Protocol

from starlette.types import Receive, Scope, Send

from gateway.access import Viewer
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.edge.answers import CLOSE, Media, Reply
from gateway.edge.bodies import Body, Budget, Gone
from gateway.edge.negotiation import Head, negotiated
from gateway.edge.parameters import from_body, from_url
from gateway.errors import (
    BAD_REQUEST,
    DEADLINE_EXCEEDED,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    UNAVAILABLE,
    ClientError,
    Language,
)
from gateway.execution import Answer, Caller, GraphQLRequest
from gateway.settings import CoreSettings
from gateway.telemetry.logs import described

BODIES_AT_ONCE: Final = 128
"""So many bodies of the greatest size may be under way together; of smaller ones more."""

PATIENCE: Final = 0.05
"""Seconds before we look whether the client is still there: most answers are ready by then."""

FRAMES: Final = 8
"""Places that the log tells of a fault, from where it arose outwards."""

_LOG: Final = logging.getLogger(__name__)


class Answers(Protocol):
    """What the endpoint asks of the executor."""

    async def viewer(self, token: str | None) -> Viewer:
        """The viewer of a bearer token; :class:`ClientError` where nobody knows it."""
        ...

    async def execute(self, request: GraphQLRequest, caller: Caller) -> Answer:
        """The answer to a request."""
        ...


@dataclass(frozen=True)
class _Exchange:
    """One request on its way to an answer. The id is ours: a client's own could be anything, and anybody's."""

    scope: Scope
    receive: Receive
    head: Head
    body: Body
    language: Language
    request_id: str

    def refusal(self, error: ClientError, media: Media = Media.JSON) -> Reply:
        """The answer to a failed request; what was not received is not waited for, so the connection ends."""
        extra = () if self.body.complete else (CLOSE,)
        return Reply.refusal(error, self.language, self.request_id, media, extra)

    def reply(self, answer: Answer, media: Media) -> Reply:
        """The answer of the executor; clients of the old media type expect 200 for documents with mistakes."""
        status = 200 if answer.document_error and media is Media.JSON else answer.status
        extra = ((b"allow", b"POST"),) if status == METHOD_NOT_ALLOWED.status else ()
        return Reply(status, answer.body, self.request_id, media, extra)

    def caller(self, viewer: Viewer) -> Caller:
        """Who asks. The address is the peer's: headers about other addresses are anyone's to write."""
        peer = self.scope.get("client")
        return Caller(
            viewer=viewer,
            language=self.language,
            request_id=self.request_id,
            client_address=peer[0] if peer else None,
            read_only=self.scope["method"] == "GET",
        )


class GraphQLEndpoint:
    """Serves POST and GET; refuses everything else."""

    def __init__(self, executor: Answers, core: CoreSettings) -> None:
        self._executor = executor
        self._core = core
        self._budget = Budget(BODIES_AT_ONCE * core.body_limit)
        self._working = 0
        # Clients send the same few headers again and again.
        self._negotiated = lru_cache(128)(negotiated)
        self._language = lru_cache(128)(Language.accepted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        head = Head(scope["headers"])
        language = self._language(head.text(b"accept-language"))
        body = Body(receive, head)
        exchange = _Exchange(scope, receive, head, body, language, secrets.token_hex(8))
        try:
            reply = await self._reply(exchange)
        except Gone:
            return
        except asyncio.CancelledError:  # the server stops, and did not find the time to wait for us
            await _send(exchange.refusal(ClientError(UNAVAILABLE)), body, send)
            raise
        await _send(reply, body, send)

    async def _reply(self, exchange: _Exchange) -> Reply:
        media = Media.JSON
        try:
            media = self._negotiated(exchange.head.get(b"accept"))
            return exchange.reply(await self._answer(exchange), media)
        except ClientError as error:
            refusal = error
        except (DatabaseBusy, DatabaseUnavailable):
            refusal = ClientError(UNAVAILABLE)
        except Gone:
            raise
        except Exception as fault:  # noqa: BLE001  whatever it is: the caller gets an answer, the log its place
            _log(fault, exchange.request_id)
            refusal = ClientError(INTERNAL, requestId=exchange.request_id)
        return exchange.refusal(refusal, media)

    async def _answer(self, exchange: _Exchange) -> Answer:
        scope, head = exchange.scope, exchange.head
        if scope["method"] not in ("GET", "POST"):
            raise ClientError(METHOD_NOT_ALLOWED)
        head.check(scope["http_version"])
        token = head.token()
        if scope["method"] == "POST":
            request = await self._posted(exchange)
        elif head.announces_body:
            raise ClientError(BAD_REQUEST, reason="body")
        else:
            request = from_url(scope["query_string"])
        return await self._work(exchange, request, token)

    async def _posted(self, exchange: _Exchange) -> GraphQLRequest:
        exchange.head.check_content()
        if exchange.scope["query_string"]:
            raise ClientError(BAD_REQUEST, reason="url_parameters")
        return from_body(await exchange.body.read(self._core.body_limit, self._budget))

    async def _work(self, exchange: _Exchange, request: GraphQLRequest, token: str | None) -> Answer:
        """Have the request answered, while there is room, time and a client."""
        if self._working >= self._core.concurrency:
            raise ClientError(UNAVAILABLE)
        self._working += 1
        deadline = asyncio.timeout(self._core.request_timeout)
        try:
            async with deadline:
                with _Attendance(exchange.receive):
                    viewer = await self._executor.viewer(token)
                    return await self._executor.execute(request, exchange.caller(viewer))
        except TimeoutError:
            if not deadline.expired():
                raise
            raise ClientError(DEADLINE_EXCEEDED) from None
        finally:
            self._working -= 1


class _Attendance:
    """Cancels the work of the current task when its client hangs up, and raises :class:`Gone` then."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False
        self._watch: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        self._work = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._start)

    def _start(self) -> None:
        self._watch = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._work is not None:
            self._work.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._gone and self._work is not None and kind is asyncio.CancelledError:
            self._work.uncancel()
            raise Gone from None


async def _send(reply: Reply, body: Body, send: Send) -> None:
    await reply.start(send)
    await send({"type": "http.response.body", "body": reply.body, "more_body": not body.complete})
    if not body.complete:
        await body.discard()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _log(fault: Exception, request_id: str) -> None:
    """Types and places of a fault; never its text, which may be about people."""
    chain = "; from ".join(f"{one['type']} at {_place(one['frames'])}" for one in described(fault))
    _LOG.error("unexpected fault: %s", chain, extra={"request_id": request_id})


def _place(frames: Sequence[str]) -> str:
    return " < ".join(frames[: -FRAMES - 1 : -1])
