"""Migrations on both stores: applied once, in order, by whoever comes first, and completed after any interruption."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from gateway.database import Database
from gateway.migrations import MigrationBranch, Pending, pending
from gateway.migrations.upgrading import upgrade
from tests.revisions import branch, write_revision
from tests.stores import Store

CARDS = """
op.create_table("cards_card", sa.Column("number", sa.String(15), primary_key=True))
op.execute("INSERT INTO cards_card VALUES ('0000000001')")
"""
USES = """
op.create_table("cards_use", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("card", sa.String(15), sa.ForeignKey("cards_card.number"), nullable=False))
op.execute("INSERT INTO cards_use VALUES (1, '0000000001')")
"""
NEWS = 'op.create_table("news_item", sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture
def cards(tmp_path: Path) -> MigrationBranch:
    """A plugin with two revisions."""
    return branch(tmp_path / "cards", CARDS, USES)


@pytest.fixture
def news(tmp_path: Path) -> MigrationBranch:
    """A plugin with one revision."""
    return branch(tmp_path / "news", NEWS)


async def tables(database: Database) -> set[str]:
    """The names of all tables but those with versions."""
    async with database.read() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return {name for name in names if not name.endswith("_schema_version")}


async def test_applies_what_is_pending_in_order_and_only_once(
    store: Store, database: Database, cards: MigrationBranch, news: MigrationBranch
) -> None:
    steps = [
        Pending("news", "news_0001", "Step 1 of news."),
        Pending("cards", "cards_0001", "Step 1 of cards."),
        Pending("cards", "cards_0002", "Step 2 of cards."),
    ]
    assert await pending(store.url, [news, cards]) == steps
    assert await upgrade(store.url, [news, cards]) == steps
    assert await pending(store.url, [news, cards]) == []
    assert await upgrade(store.url, [news, cards]) == []
    assert await tables(database) == {"news_item", "cards_card", "cards_use"}


async def test_a_later_release_brings_only_its_own_revisions(
    store: Store, tmp_path: Path, news: MigrationBranch
) -> None:
    cards = branch(tmp_path / "cards", CARDS)
    await upgrade(store.url, [cards])
    write_revision(cards.directory, 2, USES)
    assert [step.revision for step in await upgrade(store.url, [cards, news])] == ["cards_0002", "news_0001"]


async def test_looking_at_what_is_pending_makes_no_file(tmp_path: Path, news: MigrationBranch) -> None:
    assert [step.revision for step in await pending(f"sqlite:///{tmp_path}/new.sqlite3", [news])] == [
        "news_0001"
    ]
    assert not (tmp_path / "new.sqlite3").exists()


async def test_a_plugin_that_is_not_installed_any_more_stops_nobody(
    store: Store, cards: MigrationBranch, news: MigrationBranch
) -> None:
    await upgrade(store.url, [cards])
    assert [step.revision for step in await upgrade(store.url, [news])] == ["news_0001"]


async def test_a_program_older_than_its_database_still_runs(
    store: Store, cards: MigrationBranch, caplog: pytest.LogCaptureFixture
) -> None:
    await upgrade(store.url, [cards])
    (cards.directory / "0002_step.py").unlink()
    assert await pending(store.url, [cards]) == []
    assert await upgrade(store.url, [cards]) == []
    assert "cards_0002, which is newer than this program" in caplog.text


INTERRUPTED = """
op.create_table("cards_half", sa.Column("id", sa.Integer))
op.execute("INSERT INTO cards_card VALUES ('0000000002')")
if not os.path.exists(os.environ["VSSID_TEST_GO_ON"]):
    {interruption}
op.create_table("cards_other_half", sa.Column("id", sa.Integer))
"""


@pytest.mark.parametrize("interruption", ["raise RuntimeError", "os._exit(9)"], ids=["error", "kill"])
async def test_an_interrupted_upgrade_is_completed_by_the_next(
    store: Store, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: str
) -> None:
    go_on = tmp_path / "go-on"
    monkeypatch.setenv("VSSID_TEST_GO_ON", str(go_on))
    cards = branch(tmp_path / "cards", CARDS, INTERRUPTED.format(interruption=interruption))
    program = (
        "import asyncio; from pathlib import Path; from sqlalchemy import MetaData;"
        "from gateway.migrations import MigrationBranch; from gateway.migrations.upgrading import upgrade;"
        f"asyncio.run(upgrade({store.url!r}, [MigrationBranch('cards', Path({str(cards.directory)!r}), MetaData())]))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=subprocess.PIPE)
    _, told = await process.communicate()
    assert process.returncode == 9 or b"RuntimeError" in told
    assert "cards_half" not in await tables(database)
    kept = ["cards_0002"] if store.dialect_name == "postgresql" else ["cards_0001", "cards_0002"]
    assert [step.revision for step in await pending(store.url, [cards])] == kept

    go_on.touch()
    assert (await upgrade(store.url, [cards]))[-1].revision == "cards_0002"
    assert await tables(database) == {"cards_card", "cards_half", "cards_other_half"}
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM cards_card")) == 2


async def test_two_nodes_may_upgrade_at_once(
    store: Store, database: Database, cards: MigrationBranch, news: MigrationBranch
) -> None:
    both = await asyncio.gather(upgrade(store.url, [cards, news]), upgrade(store.url, [cards, news]))
    assert sorted(step.revision for steps in both for step in steps) == [
        "cards_0001",
        "cards_0002",
        "news_0001",
    ]
    assert await tables(database) == {"news_item", "cards_card", "cards_use"}


CONCURRENTLY = """
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS cards_first ON cards_card (number)")
"""


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_an_index_is_made_concurrently_while_another_node_waits_for_its_turn(
    store: Store, tmp_path: Path
) -> None:
    cards = branch(tmp_path / "cards", CARDS, CONCURRENTLY)
    async with asyncio.timeout(20):
        both = await asyncio.gather(upgrade(store.url, [cards]), upgrade(store.url, [cards]))
    assert sorted(len(steps) for steps in both) == [0, 2]


ALTER = 'op.add_column("cards_card", sa.Column("note", sa.String(9)))'


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_a_locked_table_is_asked_for_again_and_requests_pass_meanwhile(
    store: Store, database: Database, tmp_path: Path
) -> None:
    await upgrade(store.url, [branch(tmp_path / "cards", CARDS)])
    write_revision(tmp_path / "cards", 2, ALTER)
    async with database.write() as long_transaction:
        await long_transaction.execute(text("SELECT * FROM cards_card"))
        upgrading = asyncio.create_task(upgrade(store.url, [branch(tmp_path / "cards")]))
        for _ in range(3):
            async with database.read() as connection:  # each has two seconds
                await connection.execute(text("SELECT * FROM cards_card"))
            await asyncio.sleep(0.5)
        assert not upgrading.done()
    assert [step.revision for step in await upgrading] == ["cards_0002"]


BATCH = """
with op.batch_alter_table("cards_card") as table:
    table.alter_column("number", type_=sa.String(20), existing_type=sa.String(15), existing_nullable=False)
"""


async def test_rows_survive_that_refer_to_a_table_which_is_changed(
    store: Store, database: Database, tmp_path: Path
) -> None:
    await upgrade(store.url, [branch(tmp_path / "cards", CARDS, USES, BATCH)])
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT card FROM cards_use")) == "0000000001"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
async def test_rows_that_would_refer_to_nothing_undo_the_upgrade(
    store: Store, database: Database, tmp_path: Path
) -> None:
    cards = branch(tmp_path / "cards", CARDS, USES, 'op.execute("DELETE FROM cards_card")')
    with pytest.raises(ValueError, match="rows of cards_use would refer"):
        await upgrade(store.url, [cards])
    assert await tables(database) == set()
