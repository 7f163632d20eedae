"""The endpoint ``/graphql``: GraphQL over HTTP as its draft says, as a bare ASGI application.

Its answers are GraphQL responses whatever happens, and tell nothing about a fault but the id under which the log has it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from functools import lru_cache, partial
from typing import Any, Final, Protocol

from starlette.types import Receive, Scope, Send

from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.edge.addresses import client_addresses
from gateway.edge.answers import CLOSE, OK, Media, Reply, request_ids
from gateway.edge.arrivals import Messages, WholeArrival
from gateway.edge.attendance import Attendance, Work
from gateway.edge.bodies import Budget, Gone
from gateway.edge.cookies import SessionCookie
from gateway.edge.heads import HEAD, Place
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

    __slots__ = (
        "answered",
        "arrival",
        "by_cookie",
        "forwarded",
        "language",
        "media",
        "read_only",
        "request_id",
        "token",
    )

    def __init__(
        self,
        arrival: Messages | WholeArrival,
        request_id: str,
        language: Language,
        media: Media = Media.JSON,
    ) -> None:
        self.arrival = arrival
        self.request_id = request_id
        self.language = language
        self.media = media
        self.token: str | None = None
        self.forwarded: bytes | None = None
        self.read_only = False
        self.by_cookie = False
        self.answered = False  # by the executor: it was no refusal

    def refusal(self, error: ClientError) -> Reply:
        """The answer to a failed request; what was not received is not waited for, so the connection ends."""
        extra = () if self.arrival.complete else (CLOSE,)
        return Reply.refusal(error, self.language, self.request_id, self.media, extra)

    def reply(self, answer: Answer) -> Reply:
        """The answer of the executor; clients of the old media type expect 200 for documents with mistakes."""
        status = OK if answer.document_error and self.media is Media.JSON else answer.status
        extra = ((b"allow", b"POST"),) if status == METHOD_NOT_ALLOWED.status else ()
        return Reply(status, answer.body, self.request_id, self.media, extra)


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
        exchange = _Exchange(Messages(scope, receive, send, head), next(self._request_ids), language)
        place: Place | None = scope.get("extensions", {}).get(HEAD)
        await self._respond(exchange)
        if exchange.answered and place is not None and b"cookie" not in head:
            place.keep(exchange.token, partial(self._again, language, exchange.media, exchange.forwarded))

    def _again(
        self, language: Language, media: Media, forwarded: bytes | None, arrival: WholeArrival
    ) -> Coroutine[Any, Any, None]:
        """Answer a request with a head that was checked and answered before, and had no cookie."""
        exchange = _Exchange(arrival, next(self._request_ids), language, media)
        exchange.token = arrival.token
        exchange.forwarded = forwarded
        return self._respond(exchange)

    async def _respond(self, exchange: _Exchange) -> None:
        """Answer, or refuse to."""
        arrival = exchange.arrival
        try:
            request = (
                await self._received(exchange, arrival)
                if isinstance(arrival, Messages)
                else from_body(arrival.body)
            )
            answer = await self._executed(exchange, request)
            exchange.answered = True
            reply = exchange.reply(answer)
            if answer.cookie is not None:
                reply = reply.also(self._cookie.header(answer.cookie))
        except Gone:
            return
        except asyncio.CancelledError:  # the server stops, and did not find the time to wait for us
            await arrival.send(exchange.refusal(ClientError(UNAVAILABLE)))
            raise
        except Exception as fault:  # noqa: BLE001  whatever it is: the caller gets an answer, the log its place
            reply = self._failed(exchange, fault)
        if not arrival.whole(reply):
            await arrival.send(reply)

    def _failed(self, exchange: _Exchange, fault: Exception) -> Reply:
        failure = told(fault, exchange.request_id)
        reply = exchange.refusal(failure)
        if exchange.by_cookie and failure.code is UNAUTHENTICATED:  # or the browser would never be rid of it
            return reply.also(self._cookie.header(""))
        return reply

    async def _executed(self, exchange: _Exchange, request: GraphQLRequest) -> Answer:
        if self._attendance.working >= self._concurrency:
            raise ClientError(UNAVAILABLE)
        arrival = exchange.arrival
        address = self._client_address(arrival.peer, exchange.forwarded)
        sender = Sender(
            exchange.language, exchange.request_id, address, exchange.read_only, exchange.by_cookie
        )
        with Work(self._attendance, arrival.receive):
            return await self._executor.answer(request, exchange.token, sender)

    async def _received(self, exchange: _Exchange, messages: Messages) -> GraphQLRequest:
        """What is asked, and what the head says of it."""
        scope, head = messages.scope, messages.head
        exchange.media = self._negotiated(head.get(b"accept"))
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise ClientError(METHOD_NOT_ALLOWED)
        head.check(scope["http_version"])
        exchange.forwarded = head.get(b"x-forwarded-for")
        exchange.token = self._token(exchange, head)
        if method == "POST":
            self._check_post(scope, head)
            return from_body(await messages.body.read(self._body_limit, self._budget))
        exchange.read_only = True
        if head.announces_body:
            raise ClientError(BAD_REQUEST, reason="body")
        return from_url(scope["query_string"])

    def _token(self, exchange: _Exchange, head: Head) -> str | None:
        """The token of a request, from one place: of two nobody could say whose request it is."""
        token = head.token()
        if b"cookie" not in head:
            return token
        kept = self._cookie.token(head)
        if kept is not None and token is not None:
            raise ClientError(BAD_REQUEST, reason="two_credentials")
        exchange.by_cookie = kept is not None
        return kept if token is None else token

    def _check_post(self, scope: Scope, head: Head) -> None:
        self._check_content(head.get(b"content-type"), head.get(b"content-encoding"))
        if scope["query_string"]:
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
