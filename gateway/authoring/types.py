"""Types of the graph: rows of a table, kinds of rows, additions to shared entities, and values that code makes."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

import strawberry
from sqlalchemy import ColumnElement, Table
from strawberry.types.base import get_object_definition
from strawberry.types.enum import StrawberryEnumDefinition

from gateway.authoring.data_kinds import UNSAID, DataKind, Unsaid
from gateway.authoring.sources import Rows

C = TypeVar("C", bound=type)
E = TypeVar("E", bound=type[enum.Enum])


@dataclass(frozen=True, eq=False)
class RowType:
    """What ``@value_type(table)`` and ``@kinds_of`` declare: whose rows, which of them, and how kinds are told apart.

    ``about`` is the column with the participant whom a row is about, and ``data`` what it tells of them.
    """

    table: Table
    rows: Rows | None
    by: ColumnElement[Any] | None = None
    kind: object = None
    about: ColumnElement[Any] | Unsaid | None = UNSAID
    data: DataKind | None = None


@dataclass(frozen=True, eq=False)
class Extension:
    """What ``@extends`` declares: fields for a type that is not ours, some of them columns of our row about it."""

    target: type
    row: ColumnElement[Any] | None
    rows: Rows | None
    data: DataKind | None = None


def declared_rows(cls: object) -> RowType | None:
    """The row declaration of a type, or None."""
    found = vars(cls).get("__vssid_rows__") if isinstance(cls, type) else None
    return found if isinstance(found, RowType) else None


def declared_extension(cls: object) -> Extension | None:
    """The extension declaration of a fragment, or None."""
    found = vars(cls).get("__vssid_extension__") if isinstance(cls, type) else None
    return found if isinstance(found, Extension) else None


def is_made_by_code(cls: object) -> bool:
    """Whether a type is an ``@output_type``, whose values code constructs."""
    return isinstance(cls, type) and "__vssid_output__" in vars(cls)


def value_type(
    table: Table | None = None,
    *,
    kind: object = None,
    rows: Rows | None = None,
    about: ColumnElement[Any] | Unsaid | None = UNSAID,
    data: DataKind | None = None,
) -> Callable[[C], C]:
    """Rows of a table as a GraphQL type; its fields rely on the rule of the field that led to it.

    ``about`` is the column with the key of the participant whom a row is about (None: of nobody), ``data`` the kind of data:
    whoever else reads such a row is noted in the audit trail. With ``kind`` instead of a table: the rows of the interface it
    inherits (see :func:`kinds_of`) whose kind this is.
    """

    def declare(cls: C) -> C:
        interface = next((found for base in cls.__mro__[1:] if (found := declared_rows(base))), None)
        if table is None and interface is None:
            raise TypeError(
                f"{cls.__name__}: value_type needs a table, or an interface made with kinds_of and a kind"
            )
        source = table if table is not None else interface.table if interface else None
        assert source is not None
        made = strawberry.type(cls, description=cls.__doc__)
        inherited = interface.rows if interface else None
        made.__vssid_rows__ = RowType(source, rows or inherited, None, kind, about, data)  # type: ignore[attr-defined]
        if kind is not None:
            # Rows are no instances of the class; their interface has told the kind already.
            get_object_definition(made, strict=True).is_type_of = lambda row, info: True
        return made

    return declare


def kinds_of(
    table: Table,
    *,
    by: ColumnElement[Any],
    rows: Rows | None = None,
    about: ColumnElement[Any] | Unsaid | None = UNSAID,
    data: DataKind | None = None,
) -> Callable[[C], C]:
    """An interface over the rows of a table; the value of column ``by`` tells which ``@value_type(kind=...)`` a row is.

    ``about`` and ``data`` are as in :func:`value_type`, for all its kinds.
    """

    def declare(cls: C) -> C:
        made = strawberry.interface(cls, description=cls.__doc__)
        made.__vssid_rows__ = RowType(table, rows, by, None, about, data)  # type: ignore[attr-defined]
        get_object_definition(made, strict=True).resolve_type = lambda row, info, interface: row.kind()
        return made

    return declare


def extends(
    target: type,
    *,
    row: ColumnElement[Any] | None = None,
    rows: Rows | None = None,
    data: DataKind | None = None,
) -> Callable[[C], C]:
    """Fields for an entity, ``Query`` or ``Mutation``. ``row`` is our column holding the entity's key, for ``column`` fields.

    Fields of ``Participant`` are about that participant: ``data`` says what kind of data they are, but for those that lead to
    rows which say so themselves.
    """

    def declare(cls: C) -> C:
        made = strawberry.type(cls)
        made.__vssid_extension__ = Extension(target, row, rows, data)  # type: ignore[attr-defined]
        return made

    return declare


def attribute(description: str, *, default: Any = dataclasses.MISSING) -> Any:
    """A described field of an :func:`output_type` or :func:`input_type`."""
    return strawberry.field(description=description, default=default)


@dataclass_transform(kw_only_default=True, field_specifiers=(attribute,))
def output_type(cls: C) -> C:
    """A type whose values code makes: ``SignedIn(token=...)``. Its fields are plain attributes, readable via the parent."""
    made = strawberry.type(cls, description=cls.__doc__)
    made.__vssid_output__ = True  # type: ignore[attr-defined]
    return made


@dataclass_transform(kw_only_default=True, field_specifiers=(attribute,))
def input_type(cls: C) -> C:
    """An input object."""
    return strawberry.input(cls, description=cls.__doc__)


def enumeration(**descriptions: str) -> Callable[[E], E]:
    """A GraphQL enum; every member is described: ``@enumeration(VALID="Còn giá trị")``."""

    def declare(cls: E) -> E:
        missing = [member.name for member in cls if member.name not in descriptions]
        if missing or len(descriptions) != len(cls):
            raise TypeError(
                f"{cls.__name__}: describe each member, no more and no less ({', '.join(missing)})"
            )
        made = strawberry.enum(cls, description=cls.__doc__)
        definition: StrawberryEnumDefinition = made.__strawberry_definition__  # type: ignore[attr-defined]
        definition.values[:] = [
            dataclasses.replace(value, description=descriptions[value.name]) for value in definition.values
        ]
        return made

    return declare


@dataclass_transform(kw_only_default=True, field_specifiers=(attribute,))
def _interface(cls: C) -> C:
    made = strawberry.interface(cls, description=cls.__doc__)
    made.__vssid_output__ = True  # type: ignore[attr-defined]
    return made


@_interface
class Failure:
    """An expected failure of a change (Lỗi nghiệp vụ); implementing types add a ``code`` of their own enum."""

    message: str = attribute("What to tell the person, in the language asked for (Thông báo).")
    field: str | None = attribute("The input field at fault, when there is one (Trường sai).", default=None)
