"""Limits on documents: what they are, how large a measured document is, and the refusals that follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graphql import OperationType

from gateway.errors import (
    DOCUMENT_INVALID,
    INTROSPECTION_DISABLED,
    LIMIT_EXCEEDED,
    OPERATION_NOT_ALLOWED,
    ClientError,
)

LARGEST_REPORTED: Final = 1_000_000_000
"""Measured numbers above it are reported as this one: they can have thousands of digits."""


@dataclass(frozen=True)
class Limits:
    """The most that a document may have.

    ``characters``, ``tokens`` (comments count), ``nesting`` (brackets of any kind) and ``digits``
    (characters of one number) bound the text and are checked while it is parsed. The others hold per
    operation, expanded through fragments. ``page_size`` bounds every ``first`` and ``last``; ``list_size``
    is what a list without pages is taken to hold when ``cost`` is computed. ``errors`` bounds how many are
    answered.
    """

    characters: int = 50_000
    tokens: int = 1000
    nesting: int = 40
    digits: int = 40
    depth: int = 8
    aliases: int = 15
    fields: int = 200
    root_fields: int = 5
    mutations: int = 1
    directives: int = 20
    page_size: int = 100
    list_size: int = 10
    cost: int = 5000
    errors: int = 10


@dataclass(frozen=True)
class Size:
    """How large an operation or a fragment is, expanded.

    ``depth`` counts levels of fields. ``cost`` counts the fields that an answer may hold: each field times
    the sizes of the pages and lists above it. ``root_fields`` leaves ``__typename`` out. Below ``__schema``
    and ``__type`` only aliases and directives count: the usual introspection is deep, and either refused or
    meant.
    """

    depth: int
    aliases: int
    fields: int
    root_fields: int
    directives: int
    cost: int
    introspection: bool


@dataclass(frozen=True)
class OperationSize:
    """One operation of a document, with everything that its fragments add."""

    name: str | None
    kind: OperationType
    size: Size


@dataclass(frozen=True)
class Measure:
    """A whole document.

    ``page_size`` is the largest page that a literal or a variable's default asks for, 0 without any.
    ``incremental`` tells of ``@defer`` or ``@stream``. ``cycle`` names a fragment that spreads itself; such
    a spread is not counted.
    """

    operations: tuple[OperationSize, ...]
    page_size: int
    incremental: bool
    cycle: str | None


def exceeded(limit: str, measured: int, maximum: int) -> ClientError:
    """The refusal that names a limit, its value and what was measured (at most :data:`LARGEST_REPORTED`)."""
    return ClientError(LIMIT_EXCEEDED, limit=limit, maximum=maximum, measured=min(measured, LARGEST_REPORTED))


def refusals(measure: Measure, limits: Limits, *, introspection: bool = False) -> list[ClientError]:
    """Why a document may not run, at most ``limits.errors`` in a fixed order; empty when it may.

    ``introspection`` admits ``__schema`` and ``__type``.
    """
    found: list[ClientError] = []
    if measure.cycle is not None:
        found.append(ClientError(DOCUMENT_INVALID, reason="fragment_cycle", fragment=measure.cycle[:60]))
    if any(operation.kind is OperationType.SUBSCRIPTION for operation in measure.operations):
        found.append(ClientError(OPERATION_NOT_ALLOWED, reason="subscription"))
    if measure.incremental:
        found.append(ClientError(OPERATION_NOT_ALLOWED, reason="incremental"))
    if not introspection and any(operation.size.introspection for operation in measure.operations):
        found.append(ClientError(INTROSPECTION_DISABLED))
    found += [
        exceeded(limit, measured, maximum)
        for limit, measured, maximum in _compared(measure, limits)
        if measured > maximum
    ]
    return found[: limits.errors]


def _compared(measure: Measure, limits: Limits) -> Iterator[tuple[str, int, int]]:
    sizes = [operation.size for operation in measure.operations]
    mutations = [
        operation.size for operation in measure.operations if operation.kind is OperationType.MUTATION
    ]
    yield "depth", max((size.depth for size in sizes), default=0), limits.depth
    yield "aliases", max((size.aliases for size in sizes), default=0), limits.aliases
    yield "fields", max((size.fields for size in sizes), default=0), limits.fields
    yield "root_fields", max((size.root_fields for size in sizes), default=0), limits.root_fields
    yield "mutations", max((size.root_fields for size in mutations), default=0), limits.mutations
    yield "directives", max((size.directives for size in sizes), default=0), limits.directives
    yield "page_size", measure.page_size, limits.page_size
    yield "cost", max((size.cost for size in sizes), default=0), limits.cost
