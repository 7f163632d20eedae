"""Documents, prepared once: parsed, measured against the limits and validated; trusted ones at start-up, others on first sight.

A document is known by the SHA-256 of its text. Trusted documents are files, one operation each, in a folder per audience;
they stay prepared. Other documents share a bounded cache, refusals included.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from graphql import (
    BREAK,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    VisitorAction,
    visit,
)

from gateway.access import Audience
from gateway.documents.limits import Limits, refusals
from gateway.documents.measuring import measure
from gateway.documents.parsing import parse_document
from gateway.documents.validation import validate_document
from gateway.errors import OPERATION_NOT_ALLOWED, ClientError

_WEIGHT_OF_REFUSAL: Final = 20


class DocumentRefused(Exception):
    """The document cannot run; the caller gets each of ``errors``."""

    def __init__(self, errors: Sequence[ClientError | GraphQLError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = tuple(errors)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A document that may run. ``name`` is a trusted document's, None for a free one; ``cost`` its dearest operation's.

    ``noted`` is what others know of it, each under itself: it is at hand, and goes with the document.
    """

    hash: str
    name: str | None
    text: str
    document: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    cost: int
    noted: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation that a request selects; raise :class:`ClientError` where it selects none or leaves a choice."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name) if name is not None else None
        if found is None:
            raise ClientError(OPERATION_NOT_ALLOWED, reason="operation_name")
        return found


def hash_of(text: str) -> str:
    """Lower-case hexadecimal SHA-256 of a document's text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def prepare(
    schema: GraphQLSchema, text: str, limits: Limits, *, introspection: bool, name: str | None = None
) -> Prepared:
    """Parse, measure and validate, in this order, cheapest first; raise :class:`DocumentRefused` at the first that fails."""
    try:
        document = parse_document(text, limits)
    except ClientError as error:
        raise DocumentRefused([error]) from None
    measured = measure(document, limits, schema)
    refused = refusals(measured, limits, introspection=introspection)
    if refused:
        raise DocumentRefused(refused)
    invalid = validate_document(schema, document, limits.errors)
    if invalid:
        raise DocumentRefused(invalid)
    if _writes_values(document):
        raise DocumentRefused([ClientError(OPERATION_NOT_ALLOWED, reason="values_in_mutation")])
    operations = {
        node.name.value if node.name else None: node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    cost = max(operation.size.cost for operation in measured.operations)
    return Prepared(hash_of(text), name, text, document, operations, cost)


class Documents:
    """All documents of one audience; ``capacity`` bounds the tokens of the free ones that are remembered."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, introspection: bool, capacity: int) -> None:
        self._schema = schema
        self._limits = limits
        self._introspection = introspection
        self._room = capacity
        self._trusted: dict[str, Prepared] = {}
        self._seen: OrderedDict[str, Prepared | DocumentRefused] = OrderedDict()

    def trust(self, name: str, text: str) -> None:
        """Prepare a trusted document; raise :class:`DocumentRefused` where it could never run."""
        made = prepare(self._schema, text, self._limits, introspection=False, name=name)
        self._trusted[made.hash] = made

    def trusted(self, hash_: str) -> Prepared | None:
        """A trusted document by its hash."""
        return self._trusted.get(hash_)

    def all_trusted(self) -> Iterable[Prepared]:
        """Every trusted document."""
        return self._trusted.values()

    def free(self, text: str) -> Prepared:
        """Any document's preparation, remembered; raise :class:`DocumentRefused`."""
        key = hash_of(text)
        found = self._trusted.get(key) or self._seen.get(key)
        if found is None:
            found = self._prepared(text)
            self._remember(key, found)
        elif key in self._seen:
            self._seen.move_to_end(key)
        if isinstance(found, DocumentRefused):
            raise DocumentRefused(found.errors)
        return found

    def _prepared(self, text: str) -> Prepared | DocumentRefused:
        try:
            return prepare(self._schema, text, self._limits, introspection=self._introspection)
        except DocumentRefused as refusal:
            errors = refusal.errors
        for error in errors:
            # What is remembered must not hold the frames that it was raised through, nor the text in them.
            error.__traceback__ = error.__context__ = error.__cause__ = None
        return DocumentRefused(errors)

    def _remember(self, key: str, made: Prepared | DocumentRefused) -> None:
        self._seen[key] = made
        self._room -= _weight(made)
        while self._room < 0 and len(self._seen) > 1:
            self._room += _weight(self._seen.popitem(last=False)[1])


def _weight(made: Prepared | DocumentRefused) -> int:
    return made.document.token_count or 1 if isinstance(made, Prepared) else _WEIGHT_OF_REFUSAL


def _writes_values(document: DocumentNode) -> bool:
    """Whether a mutation carries text outside variables: documents are kept and named, so a secret must never be in one."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if all(node.operation is not OperationType.MUTATION for node in operations):
        return False
    found = _TextInArguments()
    visit(document, found)
    return found.seen


class _TextInArguments(Visitor):
    """Looks for text literals and defaults."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = False

    def enter_string_value(self, *_: object) -> VisitorAction:
        """One is enough."""
        self.seen = True
        return BREAK


def trusted_files(folder: Path, audience: Audience) -> list[tuple[str, str]]:
    """(name, text) of an audience's trusted documents; the text is the file's without surrounding blanks."""
    files = sorted((folder / "documents" / audience.value).glob("*.graphql"))
    return [(file.stem, file.read_text(encoding="utf-8").strip()) for file in files]
