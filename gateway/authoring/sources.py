"""Where a field's value is: ``name: type = source(...)``.

Each function below is written as the value of a typed attribute and promises the attribute's type to the type checker; what
it returns is the declaration, read once at start-up. The description is the second argument, or the docstring of the
function where a function is the source; the rule is required on entities and root fields and inherited (``VIA_PARENT``)
elsewhere. Order, pages, cursors, batching and access belong to the core.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import Any, TypeVar, get_args, get_type_hints, overload

from sqlalchemy import BindParameter, ColumnElement
from strawberry import ID
from strawberry.types.field import StrawberryField

from gateway.access import Rule

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
T = TypeVar("T")

Value = BindParameter
"""Annotation of a parameter of a filter or row scope: ``province: Value[str]`` is bound, never inlined."""


@dataclass(frozen=True, eq=False)
class Source:
    """A declared source; ``rule`` is None where the field relies on its parent."""

    description: str | None
    rule: Rule | None


@dataclass(frozen=True, eq=False)
class CellSource(Source):
    """A column, or an SQL expression over columns of the type's own table."""

    expression: ColumnElement[Any]


@dataclass(frozen=True, eq=False)
class DerivedSource(Source):
    """A pure function of cells of the same row."""

    function: Callable[..., Any]
    inputs: tuple[ColumnElement[Any], ...]


@dataclass(frozen=True, eq=False)
class CodeSource(Source):
    """Real code: ``async (source, context, **arguments)``, without ``source`` on root fields."""

    function: Callable[..., Awaitable[Any]]


@dataclass(frozen=True, eq=False)
class ToOneSource(Source):
    """At most one row or entity: ``here`` is our column with its key, ``there`` its unique column with our key."""

    here: ColumnElement[Any] | None
    there: ColumnElement[Any] | None


@dataclass(frozen=True, eq=False)
class Filter:
    """A condition by argument: name, type and description of the argument are the function's; ``prepare`` runs on the value."""

    condition: Callable[..., ColumnElement[bool]]
    prepare: Callable[[Any], Any] | None = None

    @cached_property
    def parameter(self) -> tuple[str, Any]:
        """The condition's one parameter, and the type inside its ``Value``."""
        (found,) = _values_of(self.condition)
        return found


@dataclass(frozen=True, eq=False)
class ManySource(Source):
    """Rows whose column ``there`` holds our key (None on root fields: all rows), as a list or page by page."""

    there: ColumnElement[Any] | None
    order: tuple[ColumnElement[Any], ...]
    filters: tuple[Filter, ...]
    paged: bool


@dataclass(frozen=True, eq=False)
class LookupSource(Source):
    """Root field: the row whose unique column equals an argument."""

    column: ColumnElement[Any]
    argument: str
    prepare: Callable[[Any], Any] | None


@dataclass(frozen=True, eq=False)
class EntitySource(Source):
    """Root field: an entity by key, from the viewer (no argument) or from an argument."""

    argument: str | None


@dataclass(frozen=True, eq=False)
class Rows:
    """Which rows of a type a viewer sees: SQL over the viewer's claims, unless a rule on the viewer alone lifts it.

    A viewer without a needed claim is denied; nothing is bound to NULL in hope.
    """

    name: str
    condition: Callable[..., ColumnElement[bool]]
    unless: Rule | None = None

    @cached_property
    def claims(self) -> tuple[tuple[str, Any], ...]:
        """The claims that the condition needs, each with the type inside its ``Value``."""
        return _values_of(self.condition)


def _values_of(condition: Callable[..., Any]) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(condition)
    return tuple((name, get_args(hints[name])[0]) for name in signature(condition).parameters)


class DeclaredField(StrawberryField):
    """A GraphQL field with a declared source. Assembly copies it per audience and binds ``resolve``."""

    resolve: Callable[[Any, Any, dict[str, Any]], Any] | None = None
    immediate = False

    @property
    def source(self) -> Source:
        """The declaration."""
        source: Source = self.metadata["source"]
        return source

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:  # noqa: ARG002 - strawberry's
        """Answer through the bound resolver; strawberry calls this."""
        assert self.resolve is not None, "declared fields are answered only through an assembled schema"
        return self.resolve(source, info, kwargs)

    @property
    def is_basic_field(self) -> bool:
        """Immediate fields (cells of a row at hand) need no ``info`` and no rule, so strawberry may take its short way."""
        return self.immediate


def _field(source: Source) -> Any:
    return DeclaredField(metadata={"source": source}, description=source.description)


def _documented(description: str | None, function: Callable[..., Any]) -> str | None:
    return description or (function.__doc__.strip() if function.__doc__ else None)


def column(source: ColumnElement[T], description: str | None = None, *, rule: Rule | None = None) -> T:
    """A column of the type's table. The attribute's type and nullability must be the column's."""
    declared: T = _field(CellSource(description, rule, source))
    return declared


def identifier(source: ColumnElement[str], description: str | None = None, *, rule: Rule | None = None) -> ID:
    """A column that identifies the row: text in the table, an opaque ``ID`` for clients and their caches."""
    declared: ID = _field(CellSource(description, rule, source))
    return declared


def computed(source: ColumnElement[T], description: str | None = None, *, rule: Rule | None = None) -> T:
    """An SQL expression over columns of the type's table."""
    declared: T = _field(CellSource(description, rule, source))
    return declared


@overload
def derived(
    function: Callable[[A], T],
    a: ColumnElement[A],
    /,
    *,
    description: str | None = None,
    rule: Rule | None = None,
) -> T: ...
@overload
def derived(
    function: Callable[[A, B], T],
    a: ColumnElement[A],
    b: ColumnElement[B],
    /,
    *,
    description: str | None = None,
    rule: Rule | None = None,
) -> T: ...
@overload
def derived(
    function: Callable[[A, B, C], T],
    a: ColumnElement[A],
    b: ColumnElement[B],
    c: ColumnElement[C],
    /,
    *,
    description: str | None = None,
    rule: Rule | None = None,
) -> T: ...
def derived(
    function: Callable[..., Any],
    /,
    *columns: ColumnElement[Any],
    description: str | None = None,
    rule: Rule | None = None,
) -> Any:
    """A pure, synchronous Python function of columns, which it gets converted; no clock, no I/O."""
    return _field(DerivedSource(_documented(description, function), rule, function, columns))


def resolved(
    function: Callable[..., Awaitable[T]], *, description: str | None = None, rule: Rule | None = None
) -> T:
    """Real code: ``async def f(source, context: RequestContext, **arguments)``; a root field has no ``source``.

    Arguments are described with ``Annotated[str, argument(description=...)]``. On ``Mutation`` the function runs inside the
    request's unit of work.
    """
    declared: T = _field(CodeSource(_documented(description, function), rule, function))
    return declared


def to_one(
    here: ColumnElement[Any] | None = None,
    description: str | None = None,
    *,
    there: ColumnElement[Any] | None = None,
    rule: Rule | None = None,
) -> Any:
    """One row or entity: by our column holding its key, or by its unique column holding our key (``there=``)."""
    return _field(ToOneSource(description, rule, here, there))


def to_many(
    there: ColumnElement[Any],
    description: str | None = None,
    *,
    order: Sequence[ColumnElement[Any]],
    rule: Rule | None = None,
) -> Any:
    """All rows whose column holds our key, in order (the core appends the primary key). For short lists only."""
    return _field(ManySource(description, rule, there, tuple(order), (), False))


def connection(
    there: ColumnElement[Any] | None = None,
    description: str | None = None,
    *,
    order: Sequence[ColumnElement[Any]],
    filters: Sequence[Filter | Callable[..., ColumnElement[bool]]] = (),
    rule: Rule | None = None,
) -> Any:
    """Rows page by page: ``first/after/last/before`` and an argument per filter. ``there`` holds our key; none on root fields.

    An absent or null filter is not applied.
    """
    made = tuple(given if isinstance(given, Filter) else Filter(given) for given in filters)
    return _field(ManySource(description, rule, there, tuple(order), made, True))


def lookup(
    column: ColumnElement[Any],
    description: str | None = None,
    *,
    argument: str,
    prepare: Callable[[Any], Any] | None = None,
    rule: Rule | None = None,
) -> Any:
    """Root field: the row whose unique column equals an argument, after ``prepare``; null when there is none.

    An argument named ``id`` is an opaque ``ID``, any other of the column's type.
    """
    return _field(LookupSource(description, rule, column, argument, prepare))


def viewer_entity(description: str | None = None, *, rule: Rule | None = None) -> Any:
    """Root field: the entity that the viewer is."""
    return _field(EntitySource(description, rule, None))


def entity_by(argument: str, description: str | None = None, *, rule: Rule | None = None) -> Any:
    """Root field: the entity of a key given as an argument. Whether it exists is for its own fields to say."""
    return _field(EntitySource(description, rule, argument))
