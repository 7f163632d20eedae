"""Checks of interfaces over the rows of a table: that every kind is told apart, and narrowed with its interface."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.authoring.sources import LookupSource, ManySource, ToOneSource
from gateway.authoring.types import RowType, declared_rows
from gateway.model import Model, type_name
from gateway.registry import Problem


def problems(model: Model) -> Iterator[Problem]:
    """Interfaces without kinds, kinds that no row would ever be, and fields that lead to one kind of rows that are many."""
    for name, cls in model.types.items():
        declared = declared_rows(cls)
        if declared is not None:
            for what in _of_type(model, cls, declared):
                yield Problem(model.owners[name], name, what)
    yield from _twice(model)
    for member in model.members():
        interface = interface_of(member.shape.target)
        if interface is not None and isinstance(member.source, ToOneSource | ManySource | LookupSource):
            yield Problem(
                member.plugin,
                member.coordinate,
                f"the rows are of every kind; its type must be {type_name(interface)}",
            )


def interface_of(cls: type | None) -> type | None:
    """The declared class that another one inherits its rows from, or None."""
    bases = cls.__mro__[1:] if cls is not None else ()
    return next((base for base in bases if declared_rows(base) is not None), None)


def _of_type(model: Model, cls: type, declared: RowType) -> Iterator[str]:
    interface = interface_of(cls)
    base = declared_rows(interface)
    if declared.by is not None and not any(interface_of(kind) is cls for kind in model.types.values()):
        yield "no kind implements it; add @value_type(kind=...) types to graphql_types"
    if interface is None or base is None:
        if declared.kind is not None:
            yield "has a kind, but inherits from no interface made with kinds_of"
        return
    if base.by is None:
        yield f"inherits from {type_name(interface)}, which was not made with kinds_of"
    elif declared.kind is None:
        yield f"say which rows of {type_name(interface)} these are: @value_type(kind=...)"
    elif not isinstance(declared.kind, base.by.type.python_type):
        yield f"{declared.kind!r} is no value of {base.by}"
    if declared.table is not base.table:
        yield f"its rows are those of {type_name(interface)}; leave its table out"
    if declared.rows is not base.rows:
        yield f"rows= belongs on {type_name(interface)}, whose kinds are narrowed alike"


def _twice(model: Model) -> Iterator[Problem]:
    taken: dict[tuple[type, object], str] = {}
    for name, cls in model.types.items():
        declared, interface = declared_rows(cls), interface_of(cls)
        if declared is not None and interface is not None and declared.kind is not None:
            first = taken.setdefault((interface, declared.kind), name)
            if first != name:
                yield Problem(model.owners[name], name, f"{first} has the kind {declared.kind!r} already")
