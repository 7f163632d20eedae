"""Operations that requests select: which document may run for whom, and what is known of its operations beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from graphql import OperationDefinitionNode, OperationType

from gateway.access import Audience
from gateway.documents import Documents, Prepared, hash_of
from gateway.errors import BAD_REQUEST, DOCUMENT_NOT_TRUSTED, METHOD_NOT_ALLOWED, ClientError
from gateway.execution.requests import GraphQLRequest, Sender

_TRUSTED_ONLY: Final = frozenset({Audience.PUBLIC, Audience.PARTICIPANT, Audience.HOSPITAL})


class Operation:
    """An operation of a document: what operators call it, and how its plans have fared of late.

    ``label`` is the trusted document's name, or the beginning of a free one's hash. ``executions`` and ``needless`` are those
    of the window that :class:`~gateway.execution.fallbacks.Fallbacks` counts in.
    """

    __slots__ = (
        "attributes",
        "changes",
        "executions",
        "kind",
        "label",
        "name",
        "needless",
        "node",
        "told",
    )

    def __init__(self, prepared: Prepared, node: OperationDefinitionNode, audience: Audience) -> None:
        self.node = node
        self.name = prepared.name
        self.label = prepared.name or prepared.hash[:12]
        self.kind: str = node.operation.value
        self.changes = node.operation is not OperationType.QUERY
        self.attributes = {
            "vssid.operation": self.label,
            "graphql.operation.type": self.kind,
            "vssid.audience": audience.value,
        }
        self.executions = 0
        self.needless: Counter[str] = Counter()
        self.told = False


class Operations:
    """Finds the operation of a request. What is known of it goes when its document is forgotten."""

    def __init__(self, documents: Mapping[Audience, Documents], *, production: bool) -> None:
        self._documents = documents
        self._production = production

    def selected(
        self, request: GraphQLRequest, audience: Audience, sender: Sender
    ) -> tuple[Prepared, Operation]:
        """The document and its operation; raise ClientError or DocumentRefused where nothing may run."""
        prepared = self._document(request, audience, sender)
        known: dict[str | None, Operation] | None = prepared.noted.get(self)
        if known is None:
            known = prepared.noted[self] = {}
        found = known.get(request.operation_name)
        if found is None:
            found = self._first_seen(prepared, request.operation_name, known, audience)
        if sender.read_only and found.changes:
            raise ClientError(METHOD_NOT_ALLOWED, reason="only queries by GET")
        return prepared, found

    def _first_seen(
        self, prepared: Prepared, name: str | None, known: dict[str | None, Operation], audience: Audience
    ) -> Operation:
        node = prepared.operation(name)
        own_name = node.name.value if node.name else None  # the only operation may be selected without it
        found = known.get(own_name) or Operation(prepared, node, audience)
        known[own_name] = known[name] = found
        return found

    def _document(self, request: GraphQLRequest, audience: Audience, sender: Sender) -> Prepared:
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
        if self._production and (audience in _TRUSTED_ONLY or sender.read_only):
            raise ClientError(DOCUMENT_NOT_TRUSTED)
        return documents.free(request.query)
