"""What comes to the executor and what leaves it.

These live for one request and are made for every one. They are not frozen, since freezing makes making them three to five times
as slow; nobody changes them all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.access import Viewer
from gateway.audit.observations import Observation
from gateway.errors import Language


@dataclass(slots=True)
class GraphQLRequest:
    """What a client sent: a document's text, or its hash, or both."""

    query: str | None
    document_id: str | None
    operation_name: str | None
    variables: Mapping[str, object]


@dataclass(slots=True)
class Sender:
    """How a request came; ``read_only`` is a GET, ``by_cookie`` tells that a cookie had the token."""

    language: Language
    request_id: str
    client_address: str | None = None
    read_only: bool = False
    by_cookie: bool = False


@dataclass(slots=True)
class Caller:
    """Who is known to ask, and how the request came."""

    viewer: Viewer
    language: Language
    request_id: str
    client_address: str | None = None
    read_only: bool = False

    @property
    def sender(self) -> Sender:
        """All but the viewer."""
        return Sender(self.language, self.request_id, self.client_address, self.read_only)


@dataclass(slots=True)
class Answer:
    """``status`` is for application/graphql-response+json; ``document_error`` tells that document or variables were at fault.

    ``outcome`` is the first error's code, or ``OK``. ``planned`` tells that a plan made it and not the reference. ``cookie`` is
    the token that the browser is to keep from now on; empty, it is to forget the one it has.
    ``reads`` are in the audit trail.
    """

    status: int
    body: bytes
    document_error: bool = False
    outcome: str = "OK"
    planned: bool = False
    cookie: str | None = None
    reads: frozenset[Observation] = frozenset()
