"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = sorted(
    path
    for folder in (ROOT / "gateway", ROOT / "plugins", ROOT / "examples")
    for path in folder.rglob("*.py")
    if "migrations" not in path.parts
)

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
USUAL_FUNCTION = 10
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
SAYING_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "manager",
    "base",
    "misc",
    "core",
    "shared",
    "lib",
}
"""Names under which anything may hide."""


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long a function is."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def violations(found: Callable[[Path], object]) -> dict[str, object]:
    """What is wrong, by file."""
    return {str(path.relative_to(ROOT)): wrong for path in SOURCE if (wrong := found(path))}


def test_modules_can_be_read_in_one_go() -> None:
    def too_long(path: Path) -> int:
        length = len(path.read_text(encoding="utf-8").splitlines())
        return length if length > LONGEST_MODULE else 0

    assert violations(too_long) == {}


def test_names_of_modules_say_what_is_in_them() -> None:
    def empty_names(path: Path) -> set[str]:
        parts = path.relative_to(ROOT).with_suffix("").parts
        return {part.lower() for part in parts} & SAYING_NOTHING

    assert violations(empty_names) == {}


def test_functions_fit_on_a_screen() -> None:
    def too_long(path: Path) -> dict[str, int]:
        return {node.name: lines(node) for node in functions(path) if lines(node) > LONGEST_FUNCTION}

    assert violations(too_long) == {}


def test_most_functions_are_short() -> None:
    found = [lines(node) for path in SOURCE for node in functions(path)]

    assert statistics.median(found) <= USUAL_FUNCTION


def test_modules_say_what_they_are_for() -> None:
    def silent(path: Path) -> bool:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        return bool(tree.body) and not ast.get_docstring(tree)

    assert violations(silent) == {}


def test_public_things_are_described() -> None:
    def undescribed(path: Path) -> list[str]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        return [name for name, node in public(tree) if not ast.get_docstring(node)]

    assert violations(undescribed) == {}


def public(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Documented]]:
    """Public classes, functions and methods; implementations of hooks are described by their specifications."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
            marks = {ast.unparse(mark).partition("(")[0] for mark in node.decorator_list}
            if not marks & {"hookimpl", "overload"}:
                yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")
