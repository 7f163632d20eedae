"""What the plugins declare and what their revisions make are the same, or every difference is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    text,
)

from gateway.migrations import MigrationBranch
from gateway.migrations.drift import table_problems
from gateway.migrations.upgrading import upgrade
from gateway.sql import Instant, iso_date_check, iso_datetime_check
from tests.stores import Store

CARDS = '''"""Cards."""

import sqlalchemy as sa
from alembic import op
from gateway import sql

revision = "cards_0001"
down_revision = None
branch_labels = ("cards",)


def upgrade() -> None:
    op.create_table(
        "cards_card",
        sa.Column("number", sa.String(15), primary_key=True),
        sa.Column("holder", sa.String(10), nullable=False),
        sa.Column("level", sa.Integer, nullable=False, server_default="1"),
        sa.Column("issued", sa.Date, nullable=False),
        sa.Column("seen", sql.Instant),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_is_known"),
        sql.iso_date_check("issued"),
        sql.iso_datetime_check("seen"),
    )
    op.create_index("cards_by_holder", "cards_card", ["holder"], unique=True, sqlite_where=sa.text("level > 1"),
                    postgresql_where=sa.text("level > 1"))
    op.create_table("cards_use", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("card", sa.String(15), sa.ForeignKey("cards_card.number"), nullable=False))
'''


def declared() -> MetaData:
    """The tables as the plugin declares them."""
    metadata = MetaData()
    Table(
        "cards_card",
        metadata,
        Column("number", String(15), primary_key=True),
        Column("holder", String(10), nullable=False),
        Column("level", Integer, nullable=False, server_default="1"),
        Column("issued", Date, nullable=False),
        Column("seen", Instant),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_is_known"),
        iso_date_check("issued"),
        iso_datetime_check("seen"),
        Index(
            "cards_by_holder",
            "holder",
            unique=True,
            sqlite_where=text("level > 1"),
            postgresql_where=text("level > 1"),
        ),
    )
    Table(
        "cards_use",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("card", String(15), ForeignKey("cards_card.number"), nullable=False),
    )
    return metadata


def plugin(folder: Path, metadata: MetaData) -> MigrationBranch:
    """The plugin ``cards`` with its revision."""
    (folder / "cards").mkdir()
    (folder / "cards" / "0001_cards.py").write_text(CARDS)
    return MigrationBranch("cards", folder / "cards", metadata)


async def test_no_problem_where_revisions_make_what_is_declared(store: Store, tmp_path: Path) -> None:
    cards = plugin(tmp_path, declared())
    await upgrade(store.url, [cards])
    assert await table_problems(store.url, [cards]) == []


def _more(metadata: MetaData) -> None:
    Table("cards_loss", metadata, Column("id", Integer, primary_key=True))


def _fewer(metadata: MetaData) -> None:
    metadata.remove(metadata.tables["cards_use"])


def _column(metadata: MetaData) -> None:
    metadata.tables["cards_use"].append_column(Column("place", String(9)))


def _type(metadata: MetaData) -> None:
    metadata.tables["cards_card"].c.holder.type = String(12)


def _null(metadata: MetaData) -> None:
    metadata.tables["cards_card"].c.holder.nullable = True


def _check(metadata: MetaData) -> None:
    table = metadata.tables["cards_card"]
    old = next(check for check in table.constraints if check.name == "level_is_known")
    table.constraints.remove(old)
    table.append_constraint(CheckConstraint("level BETWEEN 1 AND 4", name="level_is_known"))


def _index(metadata: MetaData) -> None:
    metadata.tables["cards_card"].indexes.clear()


def _key(metadata: MetaData) -> None:
    use = metadata.tables["cards_use"]
    use.constraints.difference_update(use.foreign_key_constraints)


def _default(metadata: MetaData) -> None:
    metadata.tables["cards_card"].c.level.server_default = None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_more, ["cards_loss: no revision makes it"]),
        (_fewer, ["cards_use: no plugin declares it"]),
        (_column, ["cards_use: declared, but made by no revision: column place VARCHAR(9) null"]),
        (_type, ["declared, but made by no revision: column holder VARCHAR(12)", "holder VARCHAR(10)"]),
        (
            _null,
            [
                "declared, but made by no revision: column holder VARCHAR(10) null",
                "holder VARCHAR(10) not null",
            ],
        ),
        (
            _check,
            [
                "declared, but made by no revision: check name=level_is_known",
                "not declared: check name=level_is",
            ],
        ),
        (_index, ["cards_card: made by a revision, but not declared: index", "name=cards_by_holder"]),
        (_key, ["cards_use: made by a revision, but not declared: foreign key"]),
        (
            _default,
            ["no revision: column level INTEGER not null default None", "not declared: column level INTEGER"],
        ),
    ],
)
async def test_every_difference_is_told(
    store: Store, tmp_path: Path, change: Callable[[MetaData], None], expected: list[str]
) -> None:
    metadata = declared()
    cards = plugin(tmp_path, metadata)
    await upgrade(store.url, [cards])
    change(metadata)
    told = "\n".join(await table_problems(store.url, [cards]))
    assert [part for part in expected if part not in told] == []
    assert told.count("\n") < 2


async def test_looking_for_differences_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    cards = plugin(tmp_path, declared())
    await upgrade(store.url, [cards])
    assert await table_problems(store.url, [cards]) == await table_problems(store.url, [cards])
