"""The Python source of one plan. Only names of GraphQL and of constants are written into it, never a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.planning.stepping import StepAside

ONCE: Final = "for _ in ONCE"
"""The first clause of places that exist once in an answer."""

Function = Callable[[list[Any], list[Any], Any], Any]
"""(values, data, viewer) to an answer or a set of keys."""


@dataclass
class Script:
    """Collects constants and functions, and makes of an expression a function over ``(values, data, viewer)``."""

    constants: dict[str, Any] = field(default_factory=dict)
    _named: dict[int, str] = field(default_factory=dict)
    _functions: list[str] = field(default_factory=list)
    _count: int = 0

    def constant(self, value: object) -> str:
        """The name of a constant."""
        name = self._named.get(id(value))
        if name is None:
            name = self._named[id(value)] = self.fresh("c")
            self.constants[name] = value  # keeps it alive, so that its id stays its own
        return name

    def fresh(self, prefix: str) -> str:
        """A name that nothing has."""
        self._count += 1
        return f"{prefix}{self._count}"

    def function(self, parameter: str, body: str) -> str:
        """The name of a function of one parameter."""
        name = self.fresh("f")
        self._functions.append(f"def {name}({parameter}):\n        return {body}")
        return name

    def assembling(self, expression: str, values: int, data: int) -> str:
        """The source of a function that gives the expression's value: places ``v0...`` and ``d0...`` are at hand."""
        return _source([*_unpacked(values, data), *self._functions, f"return {expression}"])

    def collecting(self, expression: str, values: int, data: int) -> str:
        """The same of an expression that calls no function of the script."""
        return _source([*_unpacked(values, data), f"return {expression}"])

    def compiled(self, source: str) -> Function:
        """The function of a source."""
        names: dict[str, Any] = {**self.constants, "ONCE": (None,), "EMPTY": (), "aside": aside}
        exec(compile(source, "<plan>", "exec"), names)  # noqa: S102  our own source: names and nothing else
        made: Function = names["made"]
        return made


def aside(reason: str) -> Any:
    """Leave the plan from inside an expression."""
    raise StepAside(reason)


def _unpacked(values: int, data: int) -> list[str]:
    counts = (("v", values, "values"), ("d", data, "data"))
    return [
        f"[{', '.join(f'{prefix}{index}' for index in range(count))}] = {of}"
        for prefix, count, of in counts
        if count
    ]


def _source(lines: list[str]) -> str:
    return "def made(values, data, viewer):\n    " + "\n    ".join(lines) + "\n"
