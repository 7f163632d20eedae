"""What plans have in common: parts that do the same are one, so that many documents need little more than one.

A request touches all of its plan, and the processor's caches hold the plans of few documents. Nothing is kept for its own
sake: a part goes with the last plan that has it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from gateway.planning.script import Source
from gateway.planning.stepping import StepAside

T = TypeVar("T")

_PLAIN: Final = frozenset({str, bytes, int, float, bool, dt.date})


class Exactly:
    """A value that nothing changes, equal to what code cannot tell from it: of the same type, and written alike.

    So 1 is not True, and 0.0 not -0.0.
    """

    __slots__ = ("_written", "value")

    def __init__(self, value: object) -> None:
        self.value = value
        self._written = type(value), repr(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Exactly) and self._written == other._written and self.value == other.value

    def __hash__(self) -> int:
        return hash(self._written)


class Shared:
    """The parts of plans, by what they are made of."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[object, Any] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._known)

    def one(self, make: Callable[..., T], *of: object, **named: object) -> T:
        """What ``make`` gives for this: the same as before, if a plan still has it."""
        identity = make, of, *named.values()
        found: T | None = self._known.get(identity)
        if found is None:
            found = make(*of, **named)
            if found is not None:
                self._known[identity] = found
        return found

    def function(self, source: Source) -> Callable[..., Any]:
        """The function of a source."""
        identity = source.text, *(_told(value) for value in source.constants.values())
        found: Callable[..., Any] | None = self._known.get(identity)
        if found is None:
            names: dict[str, Any] = {**source.constants, "ONCE": (None,), "EMPTY": (), "aside": aside}
            exec(compile(source.text, "<plan>", "exec"), names)  # noqa: S102  our own source: names and nothing else
            found = self._known[identity] = names["made"]
        return found


def aside(reason: str) -> Any:
    """Leave the plan from inside an expression."""
    raise StepAside(reason)


def _told(value: object) -> Hashable:
    """Tells constants apart: plain ones exactly, others by which they are; a function keeps them alive, and their ids theirs."""
    return Exactly(value) if type(value) in _PLAIN else id(value)
