"""The endpoint ``/graphql``: GraphQL over HTTP as its draft says, as a bare ASGI application.

Its answers are GraphQL responses whatever happens, and tell nothing about a fault but the id under which the log has it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Protocol

from starlette.types import Receive, Scope, Send

from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.edge.addresses import ClientAddress, client_addresses
from gateway.edge.answers import CLOSE, WHOLE, Media, Reply, request_ids
from gateway.edge.attendance import Attendance, Work
from gateway.edge.bodies import Body, Budget, Gone
from gateway.edge.cookies import SessionCookie
from gateway.edge.negotiation import Head, check_content, language, negotiated
from gateway.edge.parameters import from_body, from_url
from gateway.errors import (
    BAD_REQUEST,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    UNAUTHENTICATED,
    UNAVAILABLE,
    ClientError,
    Language,
)
from gateway.execution import Answer, GraphQLRequest, Sender
from gateway.settings import CoreSettings
from gateway.telemetry.logs import described

BODIES_AT_ONCE: Final = 128
"""So many bodies of the greatest size may be under way together; of smaller ones more."""

DISTINCT: Final = 128
"""Values of a header that are understood once: clients send the same few again and again."""

FRAMES: Final = 8
"""Places that the log tells of a fault, from where it arose outwards."""

_LOG: Final = logging.getLogger(__name__)


class Answers(Protocol):
    """What the endpoint asks of the executor."""

    async def answer(self, request: GraphQLRequest, token: str | None, sender: Sender) -> Answer:
        """The answer to a request of a bearer token's owner; :class:`ClientError` where nobody knows the token."""
        ...


class _Exchange:
    """One request on its way to an answer. The id is ours: a client's own could be anything, and anybody's."""

    __slots__ = ("body", "by_cookie", "head", "language", "receive", "request_id", "scope")

    def __init__(
        self, scope: Scope, receive: Receive, head: Head, language: Language, request_id: str
    ) -> None:
        self.scope = scope
        self.receive = receive
        self.head = head
        self.body = Body(receive, head)
        self.language = language
        self.request_id = request_id
        self.by_cookie = False

    def refusal(self, error: ClientError, media: Media = Media.JSON) -> Reply:
        """The answer to a failed request; what was not received is not waited for, so the connection ends."""
        extra = () if self.body.complete else (CLOSE,)
        return Reply.refusal(error, self.language, self.request_id, media, extra)

    def reply(self, answer: Answer, media: Media) -> Reply:
        """The answer of the executor; clients of the old media type expect 200 for documents with mistakes."""
        status = 200 if answer.document_error and media is Media.JSON else answer.status
        extra = ((b"allow", b"POST"),) if status == METHOD_NOT_ALLOWED.status else ()
        return Reply(status, answer.body, self.request_id, media, extra)

    def sender(self, client_address: ClientAddress) -> Sender:
        """How the request came."""
        peer = self.scope.get("client")
        address = client_address(peer[0] if peer else None, self.head.get(b"x-forwarded-for"))
        return Sender(self.language, self.request_id, address, self.scope["method"] == "GET", self.by_cookie)

    async def send(self, reply: Reply, send: Send) -> None:
        """Answer: as a whole where the server offers that, else in ASGI's own messages."""
        whole = self.scope.get("extensions", {}).get(WHOLE)
        if whole is not None and whole(reply):
            return
        body = self.body
        await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers()})
        await send({"type": "http.response.body", "body": reply.body, "more_body": not body.complete})
        if not body.complete:
            await body.discard()
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class GraphQLEndpoint:
    """Serves POST and GET; refuses everything else."""

    def __init__(self, executor: Answers, core: CoreSettings) -> None:
        self._executor = executor
        self._body_limit = core.body_limit
        self._concurrency = core.concurrency
        self._budget = Budget(BODIES_AT_ONCE * core.body_limit)
        self._attendance = Attendance(core.request_timeout)
        self._request_ids = request_ids()
        self._client_address = client_addresses(core.trusted_networks)
        self._negotiated = lru_cache(DISTINCT)(negotiated)
        self._language = lru_cache(DISTINCT)(language)
        self._check_content = lru_cache(DISTINCT)(check_content)
        self._cookie = SessionCookie(secure=core.production)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        head = Head(scope["headers"])
        language = self._language(head.get(b"accept-language"))
        exchange = _Exchange(scope, receive, head, language, next(self._request_ids))
        media = Media.JSON
        try:
            media = self._negotiated(head.get(b"accept"))
            answer = await self._answer(exchange)
            reply = exchange.reply(answer, media)
            if answer.cookie is not None:
                reply = reply.also(self._cookie.header(answer.cookie))
        except Gone:
            return
        except asyncio.CancelledError:  # the server stops, and did not find the time to wait for us
            await exchange.send(exchange.refusal(ClientError(UNAVAILABLE)), send)
            raise
        except Exception as fault:  # noqa: BLE001  whatever it is: the caller gets an answer, the log its place
            failure = told(fault, exchange.request_id)
            reply = exchange.refusal(failure, media)
            if (
                exchange.by_cookie and failure.code is UNAUTHENTICATED
            ):  # or the browser would never be rid of it
                reply = reply.also(self._cookie.header(""))
        await exchange.send(reply, send)

    async def _answer(self, exchange: _Exchange) -> Answer:
        scope, head = exchange.scope, exchange.head
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise ClientError(METHOD_NOT_ALLOWED)
        head.check(scope["http_version"])
        token = self._token(exchange)
        if method == "POST":
            self._check_post(exchange)
            request = from_body(await exchange.body.read(self._body_limit, self._budget))
        elif head.announces_body:
            raise ClientError(BAD_REQUEST, reason="body")
        else:
            request = from_url(scope["query_string"])
        if self._attendance.working >= self._concurrency:
            raise ClientError(UNAVAILABLE)
        with Work(self._attendance, exchange.receive):
            return await self._executor.answer(request, token, exchange.sender(self._client_address))

    def _token(self, exchange: _Exchange) -> str | None:
        """The token of a request, from one place: of two nobody could say whose request it is."""
        head = exchange.head
        token = head.token()
        if b"cookie" not in head:
            return token
        kept = self._cookie.token(head)
        if kept is not None and token is not None:
            raise ClientError(BAD_REQUEST, reason="two_credentials")
        exchange.by_cookie = kept is not None
        return kept if token is None else token

    def _check_post(self, exchange: _Exchange) -> None:
        head = exchange.head
        self._check_content(head.get(b"content-type"), head.get(b"content-encoding"))
        if exchange.scope["query_string"]:
            raise ClientError(BAD_REQUEST, reason="url_parameters")


def told(fault: Exception, request_id: str) -> ClientError:
    """What the client is told of a fault; the log is told what nobody expected."""
    if isinstance(fault, ClientError):
        return fault
    if isinstance(fault, DatabaseBusy | DatabaseUnavailable):
        return ClientError(UNAVAILABLE)
    _log(fault, request_id)
    return ClientError(INTERNAL, requestId=request_id)


def _log(fault: Exception, request_id: str) -> None:
    """Types and places of a fault; never its text, which may be about people."""
    chain = "; from ".join(f"{one['type']} at {_place(one['frames'])}" for one in described(fault))
    _LOG.error("unexpected fault: %s", chain, extra={"request_id": request_id})


def _place(frames: Sequence[str]) -> str:
    return " < ".join(frames[: -FRAMES - 1 : -1])
