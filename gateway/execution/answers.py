"""Errors as clients see them: known ones by code, any other masked."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from graphql import ExecutionResult, GraphQLError, ValueNode, VariableNode

from gateway.access import AccessDenied
from gateway.context import RequestContext
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.documents import DocumentRefused
from gateway.errors import (
    BAD_REQUEST,
    BAD_USER_INPUT,
    DOCUMENT_INVALID,
    FORBIDDEN,
    INTERNAL,
    UNAVAILABLE,
    ClientError,
    Language,
)
from gateway.execution.requests import Answer

_LOG: Final = logging.getLogger("gateway.execution")


def refused(refusal: DocumentRefused | ClientError, language: Language) -> Answer:
    """The answer to a request that did not run."""
    errors = refusal.errors if isinstance(refusal, DocumentRefused) else (refusal,)
    formatted = [_formatted_refusal(error, language) for error in errors]
    first = errors[0]
    status = first.code.status if isinstance(first, ClientError) else DOCUMENT_INVALID.status
    document_error = status == DOCUMENT_INVALID.status and not (
        isinstance(first, ClientError) and first.code is BAD_REQUEST
    )
    return Answer(status, orjson.dumps({"errors": formatted}), document_error, _first_code(formatted))


def answered(result: ExecutionResult, context: RequestContext) -> Answer:
    """The answer to a request that ran."""
    # Errors come as resolvers finish, which differs from run to run; equal requests have equal answers.
    placed = sorted(result.errors or (), key=lambda error: error.path or [])
    limit = context.services.settings.core.limit_errors
    errors = [_formatted(error, context) for error in placed[:limit]]
    body = {"errors": errors, "data": result.data} if errors else {"data": result.data}
    cookie = None if errors else context.cookie
    return Answer(
        200, orjson.dumps(body), outcome=_first_code(errors), cookie=cookie, reads=context.observed.told()
    )


def unreachable(result: ExecutionResult, *, changed: bool) -> Exception | None:
    """What cannot be reached now is one retriable error; but what a mutation has committed is answered."""
    for error in result.errors or ():
        known = _known(error)
        if known is not None and known.code is UNAVAILABLE and (not changed or len(error.path or ()) == 1):
            return error.original_error or known
    return None


def _formatted(error: GraphQLError, context: RequestContext) -> dict[str, Any]:
    known = _known(error)
    if known is None:
        _LOG.error(
            "unexpected fault in a resolver",
            exc_info=error.original_error or error,
            extra={"request_id": context.request_id},
        )
        known = ClientError(INTERNAL, requestId=context.request_id)
    formatted = known.formatted(context.language)
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        formatted["path"] = list(error.path)
    return formatted


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


def _first_code(errors: Sequence[Mapping[str, Any]]) -> str:
    return str(errors[0]["extensions"]["code"]) if errors else "OK"


def _formatted_refusal(error: ClientError | GraphQLError, language: Language) -> dict[str, Any]:
    return error.formatted(language) if isinstance(error, ClientError) else dict(error.formatted)
