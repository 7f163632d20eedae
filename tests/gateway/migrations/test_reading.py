"""Revisions as their files state them: as Alembic has them, or not at all where they are not plain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from gateway.app import compose
from gateway.database import Database
from gateway.migrations import MigrationBranch, Pending, pending
from gateway.migrations.loading import alembic_config, loaded_lines
from gateway.migrations.reading import read_lines
from gateway.migrations.upgrading import upgrade
from tests.revisions import branch, write_revision
from tests.stores import Store

TABLE = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture(scope="module")
def installed() -> tuple[MigrationBranch, ...]:
    """The branches of the core and of all plugins."""
    return compose({"VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened"}).branches


def test_every_branch_is_read_as_alembic_loads_it(installed: tuple[MigrationBranch, ...]) -> None:
    """Whoever writes a revision that is not plain makes every process that serves load Alembic."""
    assert len(installed) > 10
    assert read_lines(installed) == loaded_lines(installed)


async def test_what_is_pending_is_what_alembic_would_apply(
    store: Store, database: Database, installed: tuple[MigrationBranch, ...]
) -> None:
    """Of every branch, wherever it stands."""
    stands: dict[str, str] = {}
    assert await pending(store.url, installed) == _of_alembic(installed, stands)
    most = max(len(line) for line in loaded_lines(installed))
    for applied in range(1, most + 1):
        stands = {
            one.plugin: line[min(applied, len(line)) - 1].name
            for one, line in zip(installed, loaded_lines(installed), strict=True)
        }
        for one in installed:
            await _stamp(database, one.version_table, stands[one.plugin])
        assert await pending(store.url, installed) == _of_alembic(installed, stands)
    assert _of_alembic(installed, stands) == []


async def _stamp(database: Database, table: str, version: str) -> None:
    async with database.write() as work:
        await work.execute(text(f"CREATE TABLE IF NOT EXISTS {table} (version_num VARCHAR(32) PRIMARY KEY)"))
        await work.execute(text(f"DELETE FROM {table}"))
        await work.execute(text(f"INSERT INTO {table} VALUES ('{version}')"))


def _of_alembic(branches: tuple[MigrationBranch, ...], stands: dict[str, str]) -> list[Pending]:
    found = []
    for one in branches:
        directory = ScriptDirectory.from_config(alembic_config(one))
        line = list(directory.iterate_revisions("heads", stands.get(one.plugin, "base")))
        found += [Pending(one.plugin, script.revision, script.doc) for script in reversed(line)]
    return found


async def test_an_emptied_version_table_is_a_new_database(
    store: Store, database: Database, tmp_path: Path
) -> None:
    cards = branch(tmp_path / "cards", TABLE)
    applied = await upgrade(store.url, [cards])
    assert await pending(store.url, [cards]) == []
    async with database.write() as work:
        await work.execute(text("DELETE FROM cards_schema_version"))
    assert await pending(store.url, [cards]) == applied


OTHERWISE = (
    ('revision = "cards_0001"', 'revision = "cards_" + "0001"'),
    ('revision = "cards_0001"', 'revision: str = "cards_0001"'),
    ('revision = "cards_0001"', 'revision = other = "cards_0001"'),
    ('revision = "cards_0001"', 'revision = "cards_0001"\nrevision = "cards_0003"'),
    ('revision = "cards_0001"', 'if True:\n    revision = "cards_0001"'),
    ('revision = "cards_0001"', 'revision = "cards_0001"\nfrom os.path import *'),
    ('revision = "cards_0001"', 'revision = "cards_0001"\nimport os as revision'),
    ('revision = "cards_0001"', 'revision = "cards_0001"\ndef revision(): ...'),
    ('revision = "cards_0001"', 'revision = "cards_0001"\ndef f():\n    global revision'),
    ('revision = "cards_0001"', 'revision = "cards-0001"'),
    ('revision = "cards_0001"', 'revision = "news_0001"'),
    ('revision = "cards_0001"', "pass"),
    ("down_revision = None", "down_revision = ()"),
    ("down_revision = None", 'down_revision = "cards_0002"'),
    ("down_revision = None", 'down_revision = "cards_0000"'),
    ("branch_labels = ('cards',)", "branch_labels = 'cards'"),
    ("branch_labels = ('cards',)", "branch_labels = ('cards', 'more')"),
    ("branch_labels = ('cards',)", "branch_labels = None"),
    ("branch_labels = ('cards',)", "branch_labels = ('cards',)\ndepends_on = 'news_0001'"),
    ("def upgrade():", "def upgrade(:"),
)
"""In the first of two revisions: what it says, and what else it might say."""


@pytest.mark.parametrize(("plain", "other"), OTHERWISE, ids=[other for _, other in OTHERWISE])
def test_what_is_not_plain_is_left_to_alembic(tmp_path: Path, plain: str, other: str) -> None:
    cards = branch(tmp_path / "cards", TABLE, TABLE)
    assert read_lines([cards]) == loaded_lines([cards])
    path = cards.directory / "0001_step.py"
    assert path.read_text().count(plain) == 1
    path.write_text(path.read_text().replace(plain, other))
    assert read_lines([cards]) is None


def test_files_that_are_no_revisions_are_passed_over(tmp_path: Path) -> None:
    """As Alembic passes them over."""
    cards = branch(tmp_path / "cards", TABLE, TABLE)
    for name in ("__init__.py", "__init__more.py", ".#0003_step.py", "README.md", "0003_step.py~"):
        (cards.directory / name).write_text("no Python (")
    (cards.directory / "more").mkdir()
    (cards.directory / "more" / "0003_step.py").write_text("no Python (")
    read = read_lines([cards])
    assert read == loaded_lines([cards])
    assert read is not None
    assert [[tuple(one) for one in line] for line in read] == [
        [("cards_0001", "Step 1 of cards."), ("cards_0002", "Step 2 of cards.")]
    ]


def test_forks_are_left_to_alembic(tmp_path: Path) -> None:
    cards = branch(tmp_path / "cards", TABLE, TABLE)
    write_revision(cards.directory, 3, TABLE, after=1)
    assert read_lines([cards]) is None


def test_serving_needs_no_alembic_and_no_drivers_of_another_store(tmp_path: Path) -> None:
    """They would take a fifth of its memory."""
    program = (
        "import asyncio, sys\n"
        "import gateway.commands.root\n"
        "from gateway.app import compose\n"
        "from gateway.migrations import pending\n"
        f"application = compose({{'VSSID_DATABASE_URL': 'sqlite:///{tmp_path}/new.sqlite3'}})\n"
        "assert asyncio.run(pending(application.settings.core.database_url, application.branches))\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert {"alembic", "mako", "psycopg", "asyncpg"}.isdisjoint(loaded.stdout.split())
