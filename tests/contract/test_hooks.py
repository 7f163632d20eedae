"""A hook is documented, called and used; one that is not is a cost without a use."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from vssid_household_payment import plugin as household_payment

from gateway import hookspecs
from gateway.registry import Registry, installed, register

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
HOOKS = sorted(name for name, member in vars(hookspecs).items() if hasattr(member, "vssid_spec"))

OFFERED: Final = frozenset({"resources"})
"""Hooks for what a plugin elsewhere cannot do without them, a client that stays connected for one."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The built-in plugins and the example."""
    found, problems = installed(frozenset())
    built_in: dict[str, object] = {
        name: plugin
        for name, plugin in found.items()
        if isinstance(plugin, ModuleType) and plugin.__name__.startswith("plugins.")
    }
    assert built_in
    return register({**built_in, "household_payment": household_payment}, problems)


def test_there_are_hooks() -> None:
    assert "graphql_types" in HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_explained_in_sentences(hook: str) -> None:
    text = inspect.getdoc(getattr(hookspecs, hook)) or ""

    assert re.fullmatch(r"[A-Z].{20,}\.", text, re.DOTALL), text


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_in_the_table_of_hooks(hook: str) -> None:
    assert re.search(rf"^\| `{hook}[`(]", PAGE, re.MULTILINE)


def test_the_table_of_hooks_has_no_other() -> None:
    table = PAGE.split("| hook |", 1)[1].split("\n\n", 1)[0]

    assert sorted(re.findall(r"^\| `(\w+)", table, re.MULTILINE)) == HOOKS


@pytest.mark.parametrize("hook", sorted({*HOOKS} - OFFERED))
def test_a_hook_is_used_by_a_plugin(hook: str, registry: Registry) -> None:
    assert [name for name, _ in implementations(registry, hook)]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_called_by_the_core(hook: str) -> None:
    calls = [
        node
        for path in (ROOT / "gateway").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and hook in [getattr(given, "value", None) for given in node.args]
    ]

    assert calls


@pytest.mark.parametrize("hook", HOOKS)
def test_plugins_take_the_arguments_that_the_hook_offers(hook: str, registry: Registry) -> None:
    offered = set(inspect.signature(getattr(hookspecs, hook)).parameters)

    for name, function in implementations(registry, hook):
        assert set(inspect.signature(function).parameters) <= offered, name
    assert registry.problems == ()


def implementations(registry: Registry, hook: str) -> list[tuple[str, Callable[..., object]]]:
    """(plugin, function) of a hook."""
    return [
        (name, getattr(plugin, hook)) for name, plugin in registry.plugins.items() if hasattr(plugin, hook)
    ]
