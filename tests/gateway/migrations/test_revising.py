"""A revision written from what a plugin declares makes just that, on both stores."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, MetaData, String, Table

from gateway.migrations import MigrationBranch, pending
from gateway.migrations.drift import table_problems
from gateway.migrations.revising import revise
from gateway.migrations.upgrading import upgrade
from gateway.sql import Instant, iso_date_check, iso_datetime_check
from tests.stores import Store


async def test_revisions_are_written_that_make_what_is_declared(store: Store, tmp_path: Path) -> None:
    metadata = MetaData()
    card = Table(
        "cards_card",
        metadata,
        Column("number", String(15), primary_key=True),
        Column("level", Integer, nullable=False, server_default="1"),
        Column("issued", Date, nullable=False),
        Column("seen", Instant),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_is_known"),
        iso_date_check("issued"),
        iso_datetime_check("seen"),
        Index("cards_by_level", "level", "number"),
    )
    cards = MigrationBranch("cards", tmp_path / "cards", metadata)
    cards.directory.mkdir()
    first = await revise(cards, "All cards")

    card.append_column(Column("lost", Date))
    card.append_constraint(iso_date_check("lost"))
    use = Table("cards_use", metadata, Column("id", Integer, primary_key=True))
    use.append_column(Column("card", String(15), ForeignKey(card.c.number), nullable=False))
    second = await revise(cards, "Lost and used")

    assert [first.name, second.name] == ["0001_all_cards.py", "0002_lost_and_used.py"]
    assert [(step.revision, step.title) for step in await pending(store.url, [cards])] == [
        ("cards_0001", "All cards."),
        ("cards_0002", "Lost and used."),
    ]
    await upgrade(store.url, [cards])
    assert await table_problems(store.url, [cards]) == []
