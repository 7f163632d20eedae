"""From a request to an answer: viewer, document, variables, execution, masked errors."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    VariableNode,
    execute,
)
from opentelemetry.trace import SpanKind

from gateway.access import ANONYMOUS, AccessDenied, Audience, Viewer
from gateway.assembly import AudienceSchema
from gateway.context import RequestContext, Services
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.documents import DocumentRefused, Documents, Prepared, hash_of
from gateway.documents.validation import masked_variable_errors
from gateway.errors import (
    BAD_REQUEST,
    BAD_USER_INPUT,
    DOCUMENT_INVALID,
    DOCUMENT_NOT_TRUSTED,
    FORBIDDEN,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    UNAUTHENTICATED,
    UNAVAILABLE,
    ClientError,
    Language,
)
from gateway.hookspecs import Authenticator

_LOG: Final = logging.getLogger("gateway.execution")
_TRUSTED_ONLY: Final = frozenset({Audience.PUBLIC, Audience.PARTICIPANT, Audience.HOSPITAL})


@dataclass(frozen=True)
class GraphQLRequest:
    """What a client sent: a document's text, or its hash, or both."""

    query: str | None
    document_id: str | None
    operation_name: str | None
    variables: Mapping[str, object]


@dataclass(frozen=True)
class Caller:
    """Who sent it and how; ``read_only`` is a GET."""

    viewer: Viewer
    language: Language
    request_id: str
    client_address: str | None = None
    read_only: bool = False


@dataclass(frozen=True)
class Answer:
    """``status`` is for application/graphql-response+json; ``document_error`` tells that document or variables were at fault.

    ``outcome`` is the first error's code, or ``OK``.
    """

    status: int
    body: bytes
    document_error: bool = False
    outcome: str = "OK"


class Executor:
    """Answers requests of every audience."""

    def __init__(
        self,
        services: Services,
        schemas: Mapping[Audience, AudienceSchema],
        documents: Mapping[Audience, Documents],
        authenticators: Sequence[Authenticator],
    ) -> None:
        self._services = services
        self._schemas = schemas
        self._documents = documents
        self._authenticators = authenticators

    async def viewer(self, token: str | None) -> Viewer:
        """The viewer of a bearer token, anonymous without one; raise :class:`ClientError` for a token nobody knows."""
        if token is None:
            return ANONYMOUS
        for authenticator in self._authenticators:
            found = await authenticator.authenticate(token, self._services)
            if found is not None:
                return found
        raise ClientError(UNAUTHENTICATED)

    async def execute(self, request: GraphQLRequest, caller: Caller) -> Answer:
        """Answer one request; a caller's mistake is an answer, an unreachable store an exception."""
        started = time.perf_counter()
        audience = caller.viewer.audience
        try:
            prepared = self._document(request, caller)
            operation = prepared.operation(request.operation_name)
            _allowed(operation, caller)
            self._coerced(operation, request.variables, audience)
        except (DocumentRefused, ClientError) as refusal:
            errors = refusal.errors if isinstance(refusal, DocumentRefused) else (refusal,)
            answer = _refused(errors, caller)
            self._count(None, "refused", audience, answer.outcome, started)
            return answer
        kind = operation.operation.value
        named = prepared.name or prepared.hash[:12]
        attributes = {
            "vssid.operation": named,
            "graphql.operation.type": kind,
            "vssid.audience": audience.value,
        }
        with self._services.telemetry.span("operation", SpanKind.SERVER, **attributes):
            result = await self._run(prepared, request, caller)
        # Errors come as resolvers finish, which differs from run to run; equal requests have equal answers.
        placed = sorted(result.errors or (), key=lambda error: error.path or [])
        formatted = [self._formatted(error, caller) for error in placed[: self._error_limit]]
        answer = _answered(formatted, result.data)
        self._count(prepared.name, kind, audience, answer.outcome, started)
        _raise_unavailable(result, operation)
        return answer

    def _count(self, name: str | None, kind: str, audience: Audience, outcome: str, started: float) -> None:
        self._services.telemetry.operation(name, kind, audience, outcome, time.perf_counter() - started)

    @property
    def _error_limit(self) -> int:
        return self._services.settings.core.limit_errors

    def _document(self, request: GraphQLRequest, caller: Caller) -> Prepared:
        audience = caller.viewer.audience
        documents = self._documents[audience]
        hash_ = request.document_id
        if request.query is None:
            if hash_ is None:
                raise ClientError(BAD_REQUEST, reason="neither query nor documentId")
            found = documents.trusted(hash_)
            if found is None:
                raise ClientError(DOCUMENT_NOT_TRUSTED)
            return found
        actual = hash_of(request.query)
        if hash_ is not None and hash_ != actual:
            raise ClientError(BAD_REQUEST, reason="the hash is not that of the query")
        known = documents.trusted(actual)
        if known is not None:
            return known
        if self._services.settings.core.production and (audience in _TRUSTED_ONLY or caller.read_only):
            raise ClientError(DOCUMENT_NOT_TRUSTED)
        return documents.free(request.query)

    def _coerced(
        self, operation: OperationDefinitionNode, variables: Mapping[str, object], audience: Audience
    ) -> None:
        schema = self._schemas[audience].graph
        errors = masked_variable_errors(
            schema, operation.variable_definitions or (), variables, self._error_limit
        )
        if errors:
            raise DocumentRefused(errors)

    async def _run(self, prepared: Prepared, request: GraphQLRequest, caller: Caller) -> ExecutionResult:
        context = RequestContext(
            services=self._services,
            viewer=caller.viewer,
            now=self._services.clock(),
            language=caller.language,
            request_id=caller.request_id,
            client_address=caller.client_address,
        )
        try:
            result = execute(
                self._schemas[caller.viewer.audience].graph,
                prepared.document,
                context_value=context,
                variable_values=dict(request.variables),
                operation_name=request.operation_name,
            )
            answered = await result if isinstance(result, Awaitable) else result
            await context.finish()
        except asyncio.CancelledError:
            await context.abandon()
            raise
        return answered

    def _formatted(self, error: GraphQLError, caller: Caller) -> dict[str, Any]:
        known = _known(error)
        if known is None:
            _LOG.error(
                "unexpected fault in a resolver",
                exc_info=error.original_error or error,
                extra={"request_id": caller.request_id},
            )
            known = ClientError(INTERNAL, requestId=caller.request_id)
        formatted = known.formatted(caller.language)
        if error.locations:
            formatted["locations"] = [
                {"line": place.line, "column": place.column} for place in error.locations
            ]
        if error.path:
            formatted["path"] = list(error.path)
        return formatted


def _allowed(operation: OperationDefinitionNode, caller: Caller) -> None:
    if caller.read_only and operation.operation is not OperationType.QUERY:
        raise ClientError(METHOD_NOT_ALLOWED, reason="only queries by GET")


def _known(error: GraphQLError) -> ClientError | None:
    match error.original_error:
        case ClientError() as known:
            return known
        case AccessDenied():
            return ClientError(FORBIDDEN)
        case DatabaseBusy() | DatabaseUnavailable():
            return ClientError(UNAVAILABLE)
        case None | GraphQLError():
            return _refused_argument(error)
        case _:
            return None


def _refused_argument(error: GraphQLError) -> ClientError | None:
    """A nullable variable may stand where null may not, if either has a default; sending null shows only now."""
    for node in error.nodes or ():
        if isinstance(node, VariableNode):
            return ClientError(BAD_USER_INPUT, argument=node.name.value)
        if isinstance(node, ValueNode):
            return ClientError(BAD_USER_INPUT)
    return None


def _raise_unavailable(result: ExecutionResult, operation: OperationDefinitionNode) -> None:
    """What cannot be reached now is one retriable error; but what a mutation has committed is answered."""
    changed = operation.operation is not OperationType.QUERY
    for error in result.errors or ():
        known = _known(error)
        if known is not None and known.code is UNAVAILABLE and (not changed or len(error.path or ()) == 1):
            raise error.original_error or known


def _refused(errors: Sequence[ClientError | GraphQLError], caller: Caller) -> Answer:
    formatted = [_formatted_refusal(error, caller.language) for error in errors]
    first = errors[0]
    status = first.code.status if isinstance(first, ClientError) else DOCUMENT_INVALID.status
    document_error = status == DOCUMENT_INVALID.status and not (
        isinstance(first, ClientError) and first.code is BAD_REQUEST
    )
    return Answer(status, orjson.dumps({"errors": formatted}), document_error, _first_code(formatted))


def _answered(errors: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None) -> Answer:
    body = {"errors": errors, "data": data} if errors else {"data": data}
    return Answer(200, orjson.dumps(body), outcome=_first_code(errors))


def _first_code(errors: Sequence[Mapping[str, Any]]) -> str:
    return str(errors[0]["extensions"]["code"]) if errors else "OK"


def _formatted_refusal(error: ClientError | GraphQLError, language: Language) -> dict[str, Any]:
    return error.formatted(language) if isinstance(error, ClientError) else dict(error.formatted)
