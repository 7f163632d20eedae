"""Plugins: installed entry points, narrowed by settings, registered with pluggy; problems are collected, not raised."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from typing import Any, Final

import pluggy

from gateway import hookspecs

GROUP: Final = "vssid.plugins"


@dataclass(frozen=True, order=True)
class Problem:
    """One reason not to start: which plugin, where in it, and what to do."""

    plugin: str
    where: str
    what: str

    def __str__(self) -> str:
        place = f"{self.plugin}: {self.where}" if self.where else self.plugin
        return f"{place}: {self.what}"


class StartupRefused(Exception):
    """The plugins do not make a graph; every problem is named at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"Start-up refused, {count} problem{'s' if count != 1 else ''}:\n{lines}")


@dataclass(frozen=True)
class Registry:
    """The registered plugins, by name, and what is wrong with them so far."""

    manager: pluggy.PluginManager
    plugins: Mapping[str, object]
    problems: tuple[Problem, ...]

    def implementations(self, hook: str, **arguments: object) -> Iterator[tuple[str, Callable[[], Any]]]:
        """(plugin name, call) of a hook, in the order of names; pluggy's own calls are nameless and last-in first-out."""
        found = {impl.plugin_name: impl for impl in getattr(self.manager.hook, hook).get_hookimpls()}
        for name in sorted(found):
            impl = found[name]
            yield name, partial(impl.function, *(arguments[argument] for argument in impl.argnames))


def installed(wanted: frozenset[str]) -> tuple[dict[str, object], list[Problem]]:
    """Load the installed plugins that are wanted (all of them if none is named)."""
    available = {point.name: point for point in entry_points(group=GROUP)}
    problems = [
        Problem(
            name,
            "",
            f"VSSID_PLUGINS names it, but it is not installed; installed: {', '.join(sorted(available))}",
        )
        for name in sorted(wanted - available.keys())
    ]
    found: dict[str, object] = {}
    for name in sorted(wanted & available.keys() if wanted else available.keys()):
        try:
            found[name] = available[name].load()
        except Exception as error:  # noqa: BLE001 - the plugin's problem, named with the others
            problems.append(
                Problem(name, available[name].value, f"cannot be imported: {type(error).__name__}: {error}")
            )
    return found, problems


def register(plugins: Mapping[str, object], problems: Iterable[Problem] = ()) -> Registry:
    """Register plugins by name and check their hooks' names and arguments."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    specs = {name for name in vars(hookspecs) if manager.parse_hookspec_opts(hookspecs, name) is not None}
    found = list(problems)
    sound: dict[str, object] = {}
    for name, plugin in sorted(plugins.items()):
        wrong = list(_hook_problems(manager, name, plugin, specs))
        found += wrong
        if not any(problem.where in specs for problem in wrong):
            manager.register(plugin, name)
            sound[name] = plugin
    return Registry(manager, sound, tuple(found))


def _hook_problems(
    manager: pluggy.PluginManager, name: str, plugin: object, specs: set[str]
) -> Iterator[Problem]:
    marked = [member for member in dir(plugin) if manager.parse_hookimpl_opts(plugin, member) is not None]
    if not marked:
        yield Problem(name, "", "implements no hook; mark functions with gateway.hookspecs.hookimpl")
    for member in marked:
        if member not in specs:
            close = difflib.get_close_matches(member, specs, 1)
            hint = f"; did you mean {close[0]}?" if close else f"; hooks are {', '.join(sorted(specs))}"
            yield Problem(name, member, f"no such hook{hint}")
            continue
        allowed = set(inspect.signature(getattr(hookspecs, member)).parameters)
        extra = sorted(set(inspect.signature(getattr(plugin, member)).parameters) - allowed)
        if extra:
            yield Problem(name, member, f"the hook has no argument {', '.join(extra)}")
