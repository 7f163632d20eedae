"""What the documentation says is so: its links lead somewhere; what it quotes, asks, runs and sets exists."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from graphql import parse, validate
from vssid_household_payment import plugin as household_payment

from gateway.app import Application, compose
from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from gateway.registry import installed
from gateway.settings import PREFIX, RESERVED_FOR_TESTS, CoreSettings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
PLUGINS_PAGE = ROOT / "docs" / "plugins.md"


@dataclass(frozen=True)
class Block:
    """A fenced block; ``source`` is the file that it quotes, or empty."""

    language: str
    source: str
    text: str


def identified(path: Path) -> str:
    """A page as pytest names it."""
    return str(path.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)[ \t]*([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(*parts) for parts in found]


def prose(page: Path) -> str:
    """A page without its blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Where links can lead to inside a page, as web views of repositories name headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=identified)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not re.match(r"[a-z]+:", link) and (
            not target.exists() or (anchor and anchor not in anchors(target))
        ):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=identified)
def test_paths_exist(page: Path) -> None:
    top = "gateway|plugins|schema|tests|docs|examples|tools"
    named = re.findall(rf"`((?:{top})/[\w./-]*)`", prose(page))

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=identified)
def test_quotations_are_what_the_files_say(page: Path) -> None:
    quoted = [block for block in blocks(page) if block.source]

    assert [
        block.text for block in quoted if block.text not in (ROOT / block.source).read_text(encoding="utf-8")
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=identified)
def test_python_is_a_quotation_or_is_run(page: Path) -> None:
    unproved = [block for block in blocks(page) if block.language == "python" and not block.source]

    assert len(unproved) == (page == PLUGINS_PAGE)


@pytest.mark.parametrize("page", PAGES, ids=identified)
def test_commands_exist(page: Path) -> None:
    lines = "".join(block.text for block in blocks(page) if block.language == "sh").splitlines()
    for line in lines:
        words = shlex.split(line, comments=True)
        if words[:1] == ["vssid"]:
            refuse_unknown(words[1:])


def refuse_unknown(words: list[str]) -> None:
    """Parse a command line as ``vssid`` does, without running it; click raises for what is unknown or missing."""
    command: click.Command = vssid()
    context = click.Context(command, obj=Installation({}))
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    command.make_context(command.name, words, parent=context).close()


def test_every_error_code_is_in_the_published_table() -> None:
    table = (ROOT / "schema" / "errors.md").read_text(encoding="utf-8")
    made = {code for folder in ("gateway", "plugins") for code in codes_made_in(ROOT / folder)}

    assert "FORBIDDEN" in made
    assert sorted(name for name in made if f"\n| `{name}` | " not in table) == []


def codes_made_in(folder: Path) -> Iterator[str]:
    """The names of all codes that are written down below a folder, whether or not they are contributed."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("Code"), args=[ast.Constant(str(name)), *_]):
                    yield name


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """The built-in plugins and the example, composed."""
    found, _ = installed(frozenset())
    folder = tmp_path_factory.mktemp("docs")
    environ = {"VSSID_DATABASE_URL": f"sqlite:///{folder}/t.sqlite3", "VSSID_SCHEMA_PATH": str(folder)}
    return compose(environ, plugins={**found, "household_payment": household_payment})


@pytest.mark.parametrize("page", PAGES, ids=identified)
def test_queries_are_valid_for_somebody(page: Path, application: Application) -> None:
    schemas = [schema.graph for schema in application.assembly.schemas.values()]
    quoted = re.findall(r'"query": ("(?:[^"\\]|\\.)*")', "".join(block.text for block in blocks(page)))
    queries = [json.loads(text) for text in quoted]

    assert [query for query in queries if all(validate(schema, parse(query)) for schema in schemas)] == []


@pytest.mark.parametrize("page", PAGES, ids=identified)
def test_settings_exist(page: Path, application: Application) -> None:
    sections = {"": CoreSettings} | {
        f"{plugin.upper()}_": ask_section()
        for plugin, ask_section in application.registry.implementations("settings_section")
    }
    known = {
        f"{PREFIX}{prefix}{name}".upper() for prefix, kind in sections.items() for name in kind.model_fields
    }
    named = set(re.findall(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]\b", page.read_text(encoding="utf-8")))

    assert {name for name in named if not name.startswith(RESERVED_FOR_TESTS)} <= known


def test_the_example_documents_its_codes_in_two_languages() -> None:
    for code in household_payment.error_codes():
        assert code.text.vi != code.text.en
        assert re.fullmatch(r"`?\w.*\.", code.when)
