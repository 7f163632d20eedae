"""The reference: graphql-core over the assembled schemas. It defines every answer and makes every error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping

from graphql import ExecutionResult, execute

from gateway.access import Audience
from gateway.assembly import AudienceSchema
from gateway.context import RequestContext
from gateway.documents import DocumentRefused, Prepared
from gateway.documents.validation import masked_variable_errors
from gateway.execution.operations import Operation
from gateway.execution.requests import GraphQLRequest


class Reference:
    """Runs operations of every audience."""

    def __init__(self, schemas: Mapping[Audience, AudienceSchema], error_limit: int) -> None:
        self._schemas = schemas
        self._error_limit = error_limit

    def check_variables(
        self, operation: Operation, variables: Mapping[str, object], audience: Audience
    ) -> None:
        """Raise :class:`DocumentRefused` where the variables do not fit, without repeating their values."""
        schema = self._schemas[audience].graph
        declared = operation.node.variable_definitions or ()
        errors = masked_variable_errors(schema, declared, variables, self._error_limit)
        if errors:
            raise DocumentRefused(errors)

    async def run(
        self, prepared: Prepared, request: GraphQLRequest, context: RequestContext
    ) -> ExecutionResult:
        """Run the operation; changes that a plan has made (``context.changes``) are not made again."""
        try:
            result = execute(
                self._schemas[context.viewer.audience].graph,
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
