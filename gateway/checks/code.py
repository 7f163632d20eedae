"""Checks of the functions that plugins give: resolvers, derived values, filters and row conditions."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, select

from gateway.authoring.sources import CodeSource, DerivedSource, ManySource, Rows
from gateway.authoring.types import declared_rows
from gateway.model import Member, Model
from gateway.reference.arguments import PAGE_ARGUMENTS, code_arguments, takes_source
from gateway.reference.statements import placeholder
from gateway.registry import Problem


def problems(model: Model) -> Iterator[Problem]:
    """Functions whose kind, parameters or annotations the core cannot use."""
    for member in model.members():
        for what in _of_member(model, member):
            yield Problem(member.plugin, member.coordinate, what)
        extension = member.extension
        if extension is not None and extension.rows is not None and extension.row is not None:
            for what in _rows(extension.rows, extension.row.table):
                yield Problem(member.plugin, member.declared_in.__name__, what)
    for name, cls in model.types.items():
        declared = declared_rows(cls)
        if declared is not None and declared.rows is not None:
            for what in _rows(declared.rows, declared.table):
                yield Problem(model.owners[name], name, what)


def _of_member(model: Model, member: Member) -> Iterator[str]:
    match member.source:
        case CodeSource(function=function):
            yield from _resolver(function, member)
        case DerivedSource(function=derive, inputs=inputs):
            yield from _derived(derive, inputs)
        case ManySource() as source:
            target = model.target_of(member)
            for given in source.filters:
                yield from _filter(given.condition, None if target is None else target.table)
            yield from _names(source)


def _derived(function: Callable[..., Any], inputs: tuple[ColumnElement[Any], ...]) -> Iterator[str]:
    if inspect.iscoroutinefunction(function):
        yield "a derived function is synchronous and pure; use resolved(...) for real code"
    try:
        inspect.signature(function).bind(*inputs)
    except TypeError as error:
        yield f"{function.__name__} does not take the {len(inputs)} cells given: {error}"
    except ValueError:
        pass  # functions written in C may not tell what they take


def _names(source: ManySource) -> Iterator[str]:
    taken = set(PAGE_ARGUMENTS) if source.paged else set()
    for given in source.filters:
        for name in list(inspect.signature(given.condition).parameters)[:1]:
            if name in taken:
                yield f"filter {given.condition.__name__}: there is an argument {name} already"
            taken.add(name)


def _resolver(function: Callable[..., Any], member: Member) -> Iterator[str]:
    if not inspect.iscoroutinefunction(function):
        yield f"{function.__name__} must be `async def`"
    try:
        sourced = takes_source(function)
        arguments = code_arguments(function, member.on_root)
    except (NameError, TypeError) as error:
        yield f"{function.__name__}: annotate every parameter ({error})"
        return
    if sourced == member.on_root:
        yield (
            f"{function.__name__} takes a source, but a root field has none"
            if member.on_root
            else f"{function.__name__} must take the source as its first parameter"
        )
        return
    for argument in arguments:
        if not argument.description:
            yield f"describe the argument {argument.python_name} with Annotated[..., argument(description=...)]"


def _filter(condition: Callable[..., Any], table: Table | None) -> Iterator[str]:
    parameters = inspect.signature(condition).parameters
    if len(parameters) != 1:
        yield f"filter {condition.__name__} takes exactly one Value"
    if not (condition.__doc__ or "").strip():
        yield f"filter {condition.__name__}: its docstring describes the argument"
    if table is not None:
        yield from _condition(condition, table, f"filter {condition.__name__}")


def _rows(rows: Rows, table: Table) -> Iterator[str]:
    yield from _condition(rows.condition, table, f"rows {rows.name}")


def _condition(condition: Callable[..., Any], table: Table, what: str) -> Iterator[str]:
    """A condition is called once, with placeholders, and may speak of other tables only inside ``exists``."""
    try:
        hints = typing.get_type_hints(condition)
    except NameError as error:
        yield f"{what}: {error}"
        return
    given = {name: hints.get(name) for name in inspect.signature(condition).parameters}
    unbound = [name for name, hint in given.items() if typing.get_origin(hint) is not BindParameter]
    for name in unbound:
        yield f"{what}: annotate {name} as Value[...]"
    if not unbound:
        bound = {name: placeholder(name, typing.get_args(hint)[0]) for name, hint in given.items()}
        yield from _called(condition, bound, table, what)


def _called(
    condition: Callable[..., Any], bound: dict[str, BindParameter[Any]], table: Table, what: str
) -> Iterator[str]:
    try:
        made = condition(**bound)
    except Exception as error:  # noqa: BLE001 - whatever a plugin's function raises is that plugin's problem
        yield f"{what}: called with placeholders, it raised {type(error).__name__}: {error}"
        return
    if not isinstance(made, ColumnElement):
        yield f"{what}: gives no SQL condition"
        return
    for found in select(made).get_final_froms():
        if found is not table:
            yield f"{what}: {found} is not the table of these rows; use exists(...)"
