"""What keeps branches from being applied together is told, all at once, before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from gateway.migrations import MigrationBranch, MigrationsRefused, Pending, pending
from gateway.migrations.loading import branch_problems
from gateway.migrations.upgrading import upgrade
from tests.revisions import branch, write_revision

TABLE = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'


def _good(folder: Path) -> list[MigrationBranch]:
    return [branch(folder / "cards", TABLE, tables=["cards_card"]), branch(folder / "news", TABLE)]


def _no_folder(folder: Path) -> list[MigrationBranch]:
    return [MigrationBranch("cards", folder / "nowhere", MetaData())]


def _no_revision(folder: Path) -> list[MigrationBranch]:
    (folder / "cards").mkdir()
    return [branch(folder / "cards")]


def _fork(folder: Path) -> list[MigrationBranch]:
    cards = branch(folder / "cards", TABLE, TABLE)
    write_revision(folder / "cards", 3, TABLE, after=1)
    return [cards]


def _two_lines(folder: Path) -> list[MigrationBranch]:
    cards = branch(folder / "cards", TABLE)
    write_revision(folder / "cards", 2, TABLE, after=0)
    return [cards]


def _same_name(folder: Path) -> list[MigrationBranch]:
    return [branch(folder / "a" / "cards", TABLE), branch(folder / "b" / "cards", TABLE)]


def _same_revision(folder: Path) -> list[MigrationBranch]:
    write_revision(folder / "cards_new", 1, TABLE, plugin="cards_new")
    write_revision(folder / "cards", 1, TABLE)
    path = folder / "cards" / "0001_step.py"
    path.write_text(path.read_text().replace('revision = "cards_0001"', 'revision = "cards_new_0001"', 1))
    return [branch(folder / "cards"), branch(folder / "cards_new")]


def _same_revision_twice(folder: Path) -> list[MigrationBranch]:
    cards = branch(folder / "cards", TABLE)
    (folder / "cards" / "0001_copy.py").write_text((folder / "cards" / "0001_step.py").read_text())
    return [cards]


def _wrong_label(folder: Path) -> list[MigrationBranch]:
    write_revision(folder / "cards", 1, TABLE, plugin="news")
    return [branch(folder / "cards")]


def _same_table(folder: Path) -> list[MigrationBranch]:
    return [branch(folder / "a", TABLE, tables=["a_b_c"]), branch(folder / "a_b", TABLE, tables=["a_b_c"])]


def _foreign_table(folder: Path) -> list[MigrationBranch]:
    return [branch(folder / "cards", TABLE, tables=["news_item"])]


def _typo(folder: Path) -> list[MigrationBranch]:
    return [branch(folder / "cards", "op.create_table(")]


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (_good, []),
        (_no_folder, ["cards: .*nowhere: FileNotFoundError: no such folder"]),
        (_no_revision, ["cards: .*: holds no revision"]),
        (_fork, ["cards: .*: revisions fork"]),
        (_two_lines, ["cards: .*: Branch name 'cards' .* already used"]),
        (_same_name, ["cards and cards: branch label cards: .*", "cards and cards: revision cards_0001: .*"]),
        (_same_revision, ["cards and cards_new: revision cards_new_0001: is claimed more than once"]),
        (_same_revision_twice, ["cards: .*: UserWarning: Revision cards_0001 is present more than once"]),
        (
            _wrong_label,
            ["must have branch_labels = \\('cards',\\)", "revision news_0001 must be named cards_"],
        ),
        (_same_table, ["a and a_b: table a_b_c: is claimed more than once"]),
        (_foreign_table, ["cards: .*: table news_item must be named cards_"]),
        (_typo, ["cards: .*: SyntaxError: "]),
    ],
)
def test_every_problem_is_told(
    tmp_path: Path, arrange: Callable[[Path], list[MigrationBranch]], expected: list[str]
) -> None:
    told = [": ".join(problem) for problem in branch_problems(arrange(tmp_path))]
    assert len(told) == len(expected)
    for line, pattern in zip(told, expected, strict=True):
        assert re.search(pattern, line)


@pytest.mark.parametrize("act", [upgrade, pending])
async def test_branches_with_problems_never_reach_the_database(
    tmp_path: Path, act: Callable[[str, Sequence[MigrationBranch]], Awaitable[list[Pending]]]
) -> None:
    with pytest.raises(MigrationsRefused, match="no such folder"):
        await act(f"sqlite:///{tmp_path}/new.sqlite3", _no_folder(tmp_path))
    assert not (tmp_path / "new.sqlite3").exists()
