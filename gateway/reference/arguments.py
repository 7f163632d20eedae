"""Arguments of declared fields, read off the functions that use them."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any, Final

from strawberry import ID
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.utils.str_converters import to_camel_case

from gateway.authoring.sources import CodeSource, EntitySource, Filter, LookupSource, ManySource, Source
from gateway.context import RequestContext
from gateway.errors import BAD_USER_INPUT, ClientError

PAGE_SIZE: Final = 20
_ABSENT: Final = inspect.Parameter.empty
_PAGE: Final[tuple[tuple[str, type, str, object], ...]] = (
    (
        "first",
        int,
        "How many rows from the start (Số dòng đầu); without effect where last is given.",
        PAGE_SIZE,
    ),
    ("after", str, "Only rows after this cursor; goes with first.", _ABSENT),
    ("last", int, "How many rows from the end (Số dòng cuối).", _ABSENT),
    ("before", str, "Only rows before this cursor; goes with last.", _ABSENT),
)
PAGE_ARGUMENTS: Final = tuple(name for name, *_ in _PAGE)


def arguments_of(source: Source | None, on_root: bool) -> list[StrawberryArgument] | None:
    """The GraphQL arguments of a declared source; None where the field has its own."""
    match source:
        case CodeSource(function=function):
            return code_arguments(function, on_root)
        case ManySource(filters=filters, paged=True):
            pages = [_argument(name, kind | None, text, default) for name, kind, text, default in _PAGE]
            return [*(_filter(given) for given in filters), *pages]
        case LookupSource(argument=argument, column=column):
            kind = ID if argument == "id" else column.type.python_type
            return [_argument(argument, kind, "What to look up.")]
        case EntitySource(argument=str(argument)):
            return [_argument(argument, ID, "Key of the entity.")]
        case None:
            return None
        case _:
            return []


def code_arguments(function: Callable[..., Any], on_root: bool) -> list[StrawberryArgument]:
    """The parameters of a resolver that are neither its source nor the context."""
    hints = typing.get_type_hints(function, include_extras=True)
    found = []
    for name, parameter in _given_by_clients(function, hints, on_root):
        if name not in hints:
            raise TypeError(f"{name} has no annotation")
        found.append(
            StrawberryArgument(name, None, StrawberryAnnotation(hints[name]), default=parameter.default)
        )
    return found


def takes_source(function: Callable[..., Any]) -> bool:
    """Whether a resolver's first parameter is its source: a positional one that is not the context."""
    hints = typing.get_type_hints(function)
    first = next(iter(inspect.signature(function).parameters), None)
    return first is not None and hints.get(first) is not RequestContext


def context_parameter(function: Callable[..., Any]) -> str | None:
    """The name of the parameter that takes the request's context."""
    hints = typing.get_type_hints(function)
    return next((name for name, hint in hints.items() if hint is RequestContext), None)


def prepared(name: str, prepare: Callable[[Any], Any] | None, value: Any) -> Any:
    """An argument as it is bound; a :class:`ValueError` of its preparation is the caller's mistake."""
    if prepare is None:
        return value
    try:
        return prepare(value)
    except ValueError:
        raise ClientError(BAD_USER_INPUT, argument=to_camel_case(name)) from None


def _given_by_clients(
    function: Callable[..., Any], hints: dict[str, Any], on_root: bool
) -> list[tuple[str, inspect.Parameter]]:
    parameters = list(inspect.signature(function).parameters.items())
    own = parameters if on_root else parameters[1:]
    return [(name, parameter) for name, parameter in own if hints.get(name) is not RequestContext]


def _filter(given: Filter) -> StrawberryArgument:
    name, kind = given.parameter
    return _argument(name, kind | None, (given.condition.__doc__ or "").strip())


def _argument(name: str, kind: Any, description: str, default: object = _ABSENT) -> StrawberryArgument:
    return StrawberryArgument(
        name, to_camel_case(name), StrawberryAnnotation(kind), description=description, default=default
    )
