"""Who may import whom: the layering that keeps plugins apart, read off the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT_IN = ROOT / "plugins"
EXAMPLES = ROOT / "examples"

FOR_PLUGINS = frozenset(
    {
        "gateway.access",
        "gateway.agencies",
        "gateway.app",
        "gateway.audit",
        "gateway.authoring",
        "gateway.commands.installation",
        "gateway.context",
        "gateway.credentials",
        "gateway.database",
        "gateway.demo",
        "gateway.demo.people",
        "gateway.directory",
        "gateway.downloads",
        "gateway.entities",
        "gateway.errors",
        "gateway.folding",
        "gateway.fonts",
        "gateway.hookspecs",
        "gateway.jobs",
        "gateway.imports",
        "gateway.outbox",
        "gateway.settings",
        "gateway.sql",
        "gateway.throttles",
        "gateway.typesetting",
    }
)
"""What a plugin may rely on; docs/plugins.md says what each is for."""

ONLY_FOR_COMMANDS = frozenset({"gateway.app", "gateway.commands.installation"})
IN_MIGRATIONS = frozenset({"gateway.sql"})


def modules(*folders: Path) -> list[Path]:
    """Every Python file below some folders."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, at whatever place in it; of ``from a import b`` both a and a.b, if that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found = [f"{module}.{name.name}" for name in names if is_module(f"{module}.{name.name}")]
                yield from found
                if len(found) < len(names):
                    yield module
            case ast.ImportFrom(level=level) if level:
                yield "." * level


def is_module(name: str) -> bool:
    """Whether a dotted name is one of the project's modules or packages."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def texts(path: Path) -> Iterator[str]:
    """The string constants in a file, with which a module could be imported by name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii():
            yield node.value


def below(name: str, *packages: str) -> bool:
    """Whether a dotted name is in one of some packages."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def packages() -> list[tuple[str, Path]]:
    """(import name, folder) of every plugin there is."""
    built_in = [(f"plugins.{init.parent.name}", init.parent) for init in BUILT_IN.glob("*/__init__.py")]
    examples = [(init.parent.name, init.parent) for init in EXAMPLES.glob("*/*/__init__.py")]
    return sorted(built_in + examples)


def identified(path: Path) -> str:
    """A file as pytest names it."""
    return str(path.relative_to(ROOT))


def test_the_gateway_imports_no_plugin_and_no_test() -> None:
    foreign = ["plugins", "tests", "tools", "examples", *(name for name, _ in packages())]
    found = {
        identified(path): [
            *(name for name in imports(path) if below(name, *foreign)),
            *(text for text in texts(path) if text.startswith("plugins.")),
        ]
        for path in modules(ROOT / "gateway")
    }

    assert {path: names for path, names in found.items() if names} == {}


def test_the_gateway_serves_without_what_tests_need() -> None:
    testing = ROOT / "gateway" / "testing"
    found = {
        identified(path): [
            name for name in imports(path) if below(name, "gateway.testing", "pytest", "hypothesis")
        ]
        for path in modules(ROOT / "gateway")
        if testing not in path.parents
    }

    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(("package", "folder"), packages(), ids=[name for name, _ in packages()])
def test_no_plugin_imports_another(package: str, folder: Path) -> None:
    others = [name for name, _ in packages() if name != package]

    for path in modules(folder):
        assert [name for name in imports(path) if below(name, *others)] == [], identified(path)
        assert [text for text in texts(path) if below(text, *others)] == [], identified(path)


@pytest.mark.parametrize(("package", "folder"), packages(), ids=[name for name, _ in packages()])
def test_plugins_rely_on_public_modules_alone(package: str, folder: Path) -> None:
    for path in modules(folder):
        core = {name for name in imports(path) if below(name, "gateway")}
        allowed = FOR_PLUGINS - (frozenset() if path.stem == "commands" else ONLY_FOR_COMMANDS)
        allowed = IN_MIGRATIONS if path.parent.name == "migrations" else allowed
        assert core <= allowed, identified(path)


@pytest.mark.parametrize(("package", "folder"), packages(), ids=[name for name, _ in packages()])
def test_a_plugin_names_its_own_modules_in_full(package: str, folder: Path) -> None:
    for path in modules(folder):
        assert [name for name in imports(path) if name.startswith(".")] == [], identified(path)


def test_public_modules_exist() -> None:
    assert [name for name in FOR_PLUGINS if not is_module(name)] == []
