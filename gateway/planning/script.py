"""The Python source of one plan. Only names of GraphQL and of constants are written into it, never a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

ONCE: Final = "for _ in ONCE"
"""The first clause of places that exist once in an answer."""

Function = Callable[[list[Any], list[Any], Any], Any]
"""(values, data, viewer) to an answer or a set of keys."""

Binding = Callable[..., list[Any]]
"""(viewer, coerced variables, narrowings) to the values of a request; raises what stands against it."""

_NAMES: Final = re.compile(r"'[^']*'|\b([cvd])([0-9]+)\b")
"""Constants and places, and literals, which are names of GraphQL and may look like them."""


@dataclass(frozen=True)
class Source:
    """The text of a function ``made``, and the constants that it names."""

    text: str
    constants: Mapping[str, Any]


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

    def assembling(self, expression: str) -> Source:
        """A function that gives the expression's value: places ``v0...`` and ``d0...`` are at hand."""
        return self._reading([*self._functions, f"return {expression}"])

    def collecting(self, expression: str) -> Source:
        """The same of an expression that calls no function of the script."""
        return self._reading([f"return {expression}"])

    def binding(self, lines: Sequence[str], values: int) -> Source:
        """A function that makes a request's values, a line for each and for what stands against it."""
        made = ", ".join(f"v{index}" for index in range(values))
        return self._source("viewer, variables, narrowings", [*lines, f"return [{made}]"])

    def _reading(self, lines: Sequence[str]) -> Source:
        """Only places that are named are looked up, so that what is elsewhere does not make it another function."""
        found = (name.groups() for line in lines for name in _NAMES.finditer(line))
        named = sorted({(kind, int(index)) for kind, index in found if kind in ("v", "d")})
        of = {"v": "values", "d": "data"}
        places = [f"{kind}{index} = {of[kind]}[{index}]" for kind, index in named]
        return self._source("values, data, viewer", [*places, *lines])

    def _source(self, parameters: str, lines: Iterable[str]) -> Source:
        """Constants are numbered anew, for the same reason."""
        names: dict[str, str] = {}

        def renamed(found: re.Match[str]) -> str:
            name = found[0]
            return names.setdefault(name, f"c{len(names) + 1}") if found[1] == "c" else name

        text = f"def made({parameters}):\n    " + "\n    ".join(lines) + "\n"
        text = _NAMES.sub(renamed, text)
        return Source(text, {new: self.constants[old] for old, new in names.items()})
