"""docs/plugins.md: its code runs, and it tells all that there is to write with."""

from __future__ import annotations

import ast
import datetime as dt
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import gateway.authoring
from gateway.access import Audience, Viewer
from gateway.authoring.types import declared_extension, declared_rows
from gateway.hookspecs import Tables, hookimpl
from gateway.testing import ask, running
from tests.contract.test_docs import blocks, prose
from tests.contract.test_imports import FOR_PLUGINS

ROOT = Path(__file__).resolve().parents[2]
PLUGINS_PAGE = ROOT / "docs" / "plugins.md"


@pytest.fixture
def piece(tmp_path: Path) -> Iterator[ModuleType]:
    """The page's one piece of Python that is no quotation, imported."""
    (block,) = [block for block in blocks(PLUGINS_PAGE) if block.language == "python" and not block.source]
    file = tmp_path / "piece.py"
    file.write_text(block.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("vssid_docs_piece", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


async def test_the_piece_of_python_runs(piece: ModuleType, tmp_path: Path) -> None:
    classes = [
        cls for cls in vars(piece).values() if (declared_extension(cls) or declared_rows(cls)) is not None
    ]
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    (migrations / "0001_benefits.py").write_text(REVISION, encoding="utf-8")
    plugin = SimpleNamespace(
        graphql_types=hookimpl(lambda: classes),
        access_scopes=hookimpl(lambda: (piece.READ,)),
        database_tables=hookimpl(lambda: Tables(piece.metadata, migrations)),
    )
    rows = [
        (
            piece.benefits,
            [benefit("1", "sickness", None), benefit("2", "sickness", "1"), benefit("3", "maternity")],
        )
    ]
    viewer = Viewer(Audience.PARTICIPANT, "0001")
    document = """{ recipient { benefits(place: "Hà  Nội") { edges { node {
        __typename amount isLarge of { id } ... on SicknessBenefit { days continuedBy { paidOn } }
    } } } } }"""
    async with running({"benefits": plugin}, f"sqlite:///{tmp_path}/t.sqlite3", rows) as application:
        body = await ask(application, viewer, document)

    found = [edge["node"] for edge in body["data"]["recipient"]["benefits"]["edges"]]
    common = {"amount": 12_000_000_000, "isLarge": True, "of": {"id": "0001"}}
    assert found == [
        {"__typename": "MaternityBenefit", **common},
        {"__typename": "SicknessBenefit", **common, "days": 3, "continuedBy": []},
        {"__typename": "SicknessBenefit", **common, "days": 3, "continuedBy": [{"paidOn": "2026-01-02"}]},
    ]


REVISION = """'''Benefits.'''
import sys
from alembic import op
revision, down_revision, branch_labels, depends_on = "benefits_0001", None, ("benefits",), None

def upgrade():
    sys.modules["vssid_docs_piece"].metadata.create_all(op.get_bind())
"""


def benefit(id_: str, kind: str, follows: str | None = None) -> dict[str, object]:
    """A row of the piece's table."""
    return {
        "id": id_,
        "participant_id": "0001",
        "kind": kind,
        "paid_on": dt.date(2026, 1, int(id_)),
        "amount": 12_000_000_000,
        "place": "ha noi",
        "days": 3 if kind == "sickness" else None,
        "follows": follows,
    }


def test_everything_to_write_with_is_on_the_page() -> None:
    page = prose(PLUGINS_PAGE)

    assert [
        name for name in gateway.authoring.__all__ if not re.search(rf"`[^`]*\b{name}\b[^`]*`", page)
    ] == []


def test_the_page_tells_what_may_be_imported() -> None:
    table = prose(PLUGINS_PAGE).split("| module |", 1)[1].split("\n\n", 1)[0]
    listed = {
        name for row in table.splitlines() for name in re.findall(r"`(gateway\.[\w.]+)`", row.split("|")[1])
    }

    assert listed == FOR_PLUGINS | {"gateway.testing", "gateway.migrations.drift"}


def test_refusals_on_the_page_are_the_ones_that_are_made() -> None:
    table = prose(PLUGINS_PAGE).split("| message |", 1)[1].split("\n\n", 1)[0]
    messages = [re.split(r"`+ \| ", row)[0].lstrip("| `").rstrip() for row in table.splitlines()[2:]]
    made = [text for path in (ROOT / "gateway").rglob("*.py") for text in templates(path)]

    assert messages
    assert [message for message in messages if not any(fits(message, text) for text in made)] == []


def templates(path: Path) -> Iterator[str]:
    """The texts in a module, with … for what is filled in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


def fits(message: str, template: str) -> bool:
    """Whether a message, with … for what varies, is made from a template."""
    return re.sub(r"\W*…\W*", "…", message) == re.sub(r"\W*…\W*", "…", template)
