"""Checks of the functions that plugins give: resolvers, derived values, filters and row conditions."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import BindParameter

from gateway.authoring.sources import CodeSource, DerivedSource, ManySource, Rows
from gateway.authoring.types import declared_rows
from gateway.model import Member, Model
from gateway.reference.arguments import code_arguments, takes_source
from gateway.registry import Problem


def problems(model: Model) -> Iterator[Problem]:
    """Functions whose kind, parameters or annotations the core cannot use."""
    for member in model.members():
        for what in _of_member(member):
            yield Problem(member.plugin, member.coordinate, what)
        extension = member.extension
        if extension is not None and extension.rows is not None:
            for what in _values(extension.rows.condition, f"rows {extension.rows.name}"):
                yield Problem(member.plugin, member.declared_in.__name__, what)
    for name, cls in model.types.items():
        declared = declared_rows(cls)
        if declared is not None and declared.rows is not None:
            for what in _values(declared.rows.condition, f"rows {declared.rows.name}"):
                yield Problem(model.owners[name], name, what)


def _of_member(member: Member) -> Iterator[str]:
    match member.source:
        case CodeSource(function=function):
            yield from _resolver(function, member)
        case DerivedSource(function=derive) if inspect.iscoroutinefunction(derive):
            yield "a derived function is synchronous and pure; use resolved(...) for real code"
        case ManySource(filters=filters):
            for given in filters:
                yield from _filter(given.condition)


def _resolver(function: Callable[..., Any], member: Member) -> Iterator[str]:
    if not inspect.iscoroutinefunction(function):
        yield f"{function.__name__} must be `async def`"
    if takes_source(function) == member.on_root:
        yield (
            f"{function.__name__} takes a source, but a root field has none"
            if member.on_root
            else f"{function.__name__} must take the source as its first parameter"
        )
    try:
        arguments = code_arguments(function, member.on_root)
    except (NameError, TypeError) as error:
        yield f"{function.__name__}: annotate every parameter ({error})"
        return
    for argument in arguments:
        if not argument.description:
            yield f"describe the argument {argument.python_name} with Annotated[..., argument(description=...)]"


def _filter(condition: Callable[..., Any]) -> Iterator[str]:
    parameters = inspect.signature(condition).parameters
    if len(parameters) != 1:
        yield f"filter {condition.__name__} takes exactly one Value"
    if not (condition.__doc__ or "").strip():
        yield f"filter {condition.__name__}: its docstring describes the argument"
    yield from _values(condition, f"filter {condition.__name__}")


def _values(condition: Callable[..., Any], what: str) -> Iterator[str]:
    hints = typing.get_type_hints(condition)
    for parameter in inspect.signature(condition).parameters:
        if typing.get_origin(hints.get(parameter)) is not BindParameter:
            yield f"{what}: annotate {parameter} as Value[...]"


def condition_parameters(rows: Rows) -> tuple[str, ...]:
    """The claims that a row condition needs."""
    return tuple(inspect.signature(rows.condition).parameters)
