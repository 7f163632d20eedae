"""A small executor behind the edge, and a way to call an ASGI application with exactly these bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationType,
    build_schema,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from starlette.types import ASGIApp, Message

from gateway.access import ANONYMOUS, Audience, Viewer
from gateway.errors import (
    BAD_USER_INPUT,
    DOCUMENT_INVALID,
    DOCUMENT_SYNTAX,
    METHOD_NOT_ALLOWED,
    UNAUTHENTICATED,
    ClientError,
    Code,
)
from gateway.execution import Answer, Caller, GraphQLRequest, Sender
from gateway.settings import CoreSettings

TOKEN = "toy-token-of-participant-0012345678"
QUERY = '{"query": "{ hello }"}'

SCHEMA = build_schema(
    """
    type Query { hello(name: String = "world"): String! }
    type Mutation { bump: Int! }
    """
)


async def nothing() -> None:
    """What the executor does before it answers, if a test does not say otherwise."""


@dataclass
class ToyExecutor:
    """Answers from a toy schema, after ``work``; remembers what it was asked."""

    work: Callable[[], Awaitable[None]] = nothing
    asked: list[tuple[GraphQLRequest, Caller]] = field(default_factory=list)

    async def answer(self, request: GraphQLRequest, token: str | None, sender: Sender) -> Answer:
        """Answer as the gateway's executor does; one token is known."""
        if token not in (None, TOKEN):
            raise ClientError(UNAUTHENTICATED)
        viewer = ANONYMOUS if token is None else Viewer(Audience.PARTICIPANT, subject="0012345678")
        caller = Caller(viewer, sender.language, sender.request_id, sender.client_address, sender.read_only)
        self.asked.append((request, caller))
        await self.work()
        if request.query is None:
            return Answer(200, b'{"data":{"trusted":true}}')
        try:
            return _executed(parse(request.query), request, caller)
        except GraphQLError as error:
            return _refused(DOCUMENT_SYNTAX, [error])


def _executed(document: DocumentNode, request: GraphQLRequest, caller: Caller) -> Answer:
    errors = validate(SCHEMA, document)
    operation = get_operation_ast(document, request.operation_name)
    if errors or operation is None:
        return _refused(DOCUMENT_INVALID, errors or [GraphQLError("no such operation")])
    if caller.read_only and operation.operation is not OperationType.QUERY:
        return _refused(METHOD_NOT_ALLOWED, [GraphQLError("only queries")])
    variables = dict(request.variables)
    coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
    if isinstance(coerced, list):
        return _refused(BAD_USER_INPUT, coerced)
    root = {"hello": lambda _info, name: f"Hello {name}", "bump": 1}
    result = execute(SCHEMA, document, root, variable_values=variables, operation_name=request.operation_name)
    assert not isinstance(result, Awaitable)
    return Answer(200, json.dumps(result.formatted).encode())


def _refused(code: Code, errors: Sequence[GraphQLError]) -> Answer:
    body = {"errors": [{"message": error.message, "extensions": {"code": code.name}} for error in errors]}
    return Answer(
        code.status, json.dumps(body).encode(), document_error=code.status == DOCUMENT_INVALID.status
    )


def settings(**values: Any) -> CoreSettings:
    """The core's settings, with short times."""
    return CoreSettings(**{"request_timeout": 2.0, "body_limit": 4096, **values})


@dataclass(frozen=True)
class Response:
    """What an application sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The one value of a header, None if it was not sent."""
        values = [value.decode() for key, value in self.headers if key == name.encode()]
        assert len(values) < 2, f"{name} was sent twice"
        return values[0] if values else None

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the one error."""
        [error] = self.json["errors"]
        assert set(self.json) == {"errors"}
        return str(error["extensions"]["code"])

    @property
    def reason(self) -> str | None:
        """Why a request was refused."""
        return str(self.json["errors"][0]["extensions"].get("reason"))


@dataclass
class Client:
    """Calls an application in-process. ``taken`` counts the pieces of bodies that it has received."""

    app: ASGIApp
    taken: int = 0

    async def __call__(
        self,
        method: str = "POST",
        headers: Sequence[tuple[bytes, bytes]] = (),
        body: bytes | Sequence[bytes] = b"",
        *,
        query_string: bytes = b"",
        hang_up: asyncio.Event | None = None,
    ) -> Response | None:
        """One request with these headers and no others; None if it was not answered."""
        pieces = [body] if isinstance(body, bytes) else body
        sent: list[Message] = []
        done = asyncio.Event()

        async def receive() -> Message:
            if self.taken < len(pieces):
                self.taken += 1
                return {
                    "type": "http.request",
                    "body": pieces[self.taken - 1],
                    "more_body": self.taken < len(pieces),
                }
            await (done if hang_up is None else hang_up).wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                done.set()

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": query_string,
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("192.0.2.7", 40000),
            "headers": list(headers),
        }
        self.taken = 0
        await self.app(scope, receive, send)
        if not sent:
            return None
        start, *rest = sent
        return Response(start["status"], start["headers"], b"".join(one["body"] for one in rest))

    async def post(self, body: bytes | str, *headers: tuple[str, str], **more: Any) -> Response:
        """A POST of JSON as an ordinary client sends it; ``headers`` are added."""
        content = body.encode() if isinstance(body, str) else body
        given = {name for name, _ in headers}
        usual = [
            ("host", "localhost"),
            ("content-type", "application/json"),
            ("content-length", str(len(content))),
        ]
        lines = [line for line in usual if line[0] not in given] + list(headers)
        return await self._answered("POST", lines, content, **more)

    async def get(self, query_string: str, *headers: tuple[str, str], **more: Any) -> Response:
        """A GET."""
        lines = [("host", "localhost"), *headers]
        return await self._answered("GET", lines, b"", query_string=query_string.encode(), **more)

    async def _answered(
        self, method: str, headers: Sequence[tuple[str, str]], body: bytes, **more: Any
    ) -> Response:
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        response = await self(method, encoded, body, **more)
        assert response is not None
        return response
