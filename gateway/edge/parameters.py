"""The parameters of a GraphQL-over-HTTP request, from a JSON body or from a URL, each with the right type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from gateway.edge.strict_json import read_json
from gateway.errors import BAD_REQUEST, ClientError
from gateway.execution import GraphQLRequest

MOST_PARAMETERS: Final = 20
USUAL: Final = 2
"""So many members are in a request for a trusted document, its name and its variables: hardly any has another form."""

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_URL_NAMES: Final = ("query", "operationName", "variables", "extensions", "documentId")


def from_body(body: bytes) -> GraphQLRequest:
    """Read a POST's body; members that the protocol does not know are ignored, as its draft demands."""
    return _request(read_json(body))


def from_url(query_string: bytes) -> GraphQLRequest:
    """Read a GET's URL; an empty parameter is as good as none."""
    given: dict[str, object] = {}
    for name, value in _pairs(query_string):
        if name not in _URL_NAMES:
            continue
        if name in given:
            raise ClientError(BAD_REQUEST, reason="repeated_parameter", parameter=name)
        given[name] = value or None
    for name in ("variables", "extensions"):
        given[name] = _json(given.get(name))
    return _request(given)


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:  # a UnicodeDecodeError is one, too
        pass
    raise ClientError(BAD_REQUEST, reason="url")  # outside the handler: the error would carry the URL along


def _json(text: object) -> object:
    return read_json(text.encode()) if isinstance(text, str) and text != "null" else None


def _request(given: Mapping[str, object]) -> GraphQLRequest:
    if len(given) == USUAL:
        named, variables = given.get("documentId"), given.get("variables")
        if isinstance(named, str) and isinstance(variables, dict) and _HASH.fullmatch(named):
            return GraphQLRequest(None, named, None, variables)
    query = _text(given, "query")
    document_id = _hash(given, "documentId")
    if given.get("extensions") is not None:
        document_id = _persisted(_object(given, "extensions"), document_id)
    if query is None and document_id is None:
        raise ClientError(BAD_REQUEST, reason="no_document")
    return GraphQLRequest(
        query, document_id, _text(given, "operationName") or None, _object(given, "variables")
    )


def _persisted(extensions: Mapping[str, object], named: str | None) -> str | None:
    """The hash of a trusted document from the other place where clients put it, or the one that is ``named``."""
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return named
    if not isinstance(persisted, dict) or persisted.get("version", 1) != 1:
        raise _wrong("persistedQuery")
    hashed = _hash(persisted, "sha256Hash")
    if hashed is None:
        raise _wrong("sha256Hash")
    if named not in (None, hashed):
        raise ClientError(BAD_REQUEST, reason="two_documents")
    return hashed


def _hash(given: Mapping[str, object], name: str) -> str | None:
    value = _text(given, name)
    if value is not None and not _HASH.fullmatch(value):
        raise _wrong(name)
    return value


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong(name)
    return value


def _object(given: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong(name)
    return value


def _wrong(parameter: str) -> ClientError:
    return ClientError(BAD_REQUEST, reason="parameter_type", parameter=parameter)
