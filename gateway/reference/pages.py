"""The arguments of a page, checked once for every executor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway import cursors
from gateway.errors import BAD_USER_INPUT, LIMIT_EXCEEDED, ClientError
from gateway.reference.arguments import PAGE_SIZE


@dataclass(slots=True)
class PageRequest:
    """How many rows, in which direction, beyond which position (the order terms' values).

    Nobody changes it; it is not frozen, since making it would take three times as long.
    """

    size: int
    backward: bool
    position: tuple[Any, ...] | None


def page_request(
    arguments: Mapping[str, Any], *, place: str, types: Sequence[type], secret: bytes, maximum: int
) -> PageRequest:
    """Read ``first/after/last/before``; raise :class:`ClientError` naming the argument at fault, never its value."""
    after, before = arguments.get("after"), arguments.get("before")
    backward = arguments.get("last") is not None
    named = "last" if backward else "first"
    size: int = arguments[named] if arguments.get(named) is not None else PAGE_SIZE
    if size < 0:
        raise ClientError(BAD_USER_INPUT, argument=named, reason="must not be negative")
    if size > maximum:
        raise ClientError(LIMIT_EXCEEDED, limit="page_size", argument=named, maximum=maximum, measured=size)
    if after is not None and (before is not None or backward):
        raise ClientError(BAD_USER_INPUT, argument="after", reason="goes with first alone")
    if before is not None and not backward:
        raise ClientError(BAD_USER_INPUT, argument="before", reason="goes with last alone")
    cursor = before if backward else after
    if cursor is None:
        return PageRequest(size, backward, None)
    try:
        return PageRequest(size, backward, tuple(cursors.decode(secret, place, cursor, types)))
    except cursors.CursorRefused as error:
        raise ClientError(
            BAD_USER_INPUT, argument="before" if backward else "after", reason="not a cursor of this list"
        ) from error
