"""A branch's revisions as their files state them, without running any.

Only what is plain is read. Whoever serves asks no more than whether a revision is pending, and Alembic, which loads them, takes
12 MiB; where something is not plain, it tells what is wrong.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from gateway.migrations.branches import MigrationBranch

_STATED: Final = ("revision", "down_revision", "branch_labels", "depends_on")


class Revision(NamedTuple):
    """``title`` is the first paragraph of the file's docstring."""

    name: str
    title: str


class _NotPlain(Exception):
    """Alembic may make something else of it."""


class _File(NamedTuple):
    name: str
    before: str | None
    labels: object
    title: str


def read_lines(branches: Sequence[MigrationBranch]) -> list[list[Revision]] | None:
    """The revisions of each branch, oldest first; None unless all of them are plainly in order."""
    try:
        lines = [_line(branch) for branch in branches]
    except (_NotPlain, OSError, SyntaxError, ValueError):
        return None
    plain = (
        _once(branch.plugin for branch in branches)
        and _once(revision.name for line in lines for revision in line)
        and _once(table for branch in branches for table in branch.metadata.tables)
    )
    return lines if plain else None


def _once(names: Iterable[str]) -> bool:
    found = list(names)
    return len(found) == len(set(found))


def _line(branch: MigrationBranch) -> list[Revision]:
    """One line from a first revision, which has the plugin's label, to the last, and nothing beside it."""
    prefix = f"{branch.plugin}_"
    files = [_file(path) for path in _files(branch.directory)]
    following = {file.before: file for file in files}
    line: list[Revision] = []
    before: str | None = None
    while before in following:
        file = following.pop(before)
        if file.labels != ((branch.plugin,) if before is None else None):
            raise _NotPlain
        if not file.name.startswith(prefix) or not file.name.isidentifier():
            raise _NotPlain
        line.append(Revision(file.name, file.title))
        before = file.name
    if not line or len(line) < len(files):
        raise _NotPlain
    if not all(table.startswith(prefix) for table in branch.metadata.tables):
        raise _NotPlain
    return line


def _files(folder: Path) -> list[Path]:
    """The files that Alembic takes for revisions."""
    return [
        path
        for path in folder.iterdir()
        if path.name.endswith(".py") and not path.name.startswith(("__init__", ".#"))
    ]


def _file(path: Path) -> _File:
    tree = ast.parse(path.read_bytes())
    name, before, labels, depends_on = (_stated(tree, one) for one in _STATED)
    if depends_on is not None or not isinstance(name, str) or not isinstance(before, str | None):
        raise _NotPlain
    title = (ast.get_docstring(tree, clean=False) or "").strip().split("\n\n")[0]
    return _File(name, before, labels, title)


def _stated(tree: ast.Module, name: str) -> object:
    """The literal that a module gives a name once, in its first rank; None where it never speaks of it."""
    mentions = [node for node in ast.walk(tree) if _mentions(node, name)]
    if not mentions:
        return None
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets == mentions:
            return ast.literal_eval(node.value)
    raise _NotPlain


def _mentions(node: ast.AST, name: str) -> bool:
    """Variables, what is imported and defined, and what `global` names; everything might come from an `import *`."""
    told = (getattr(node, field, None) for field in ("id", "name", "asname"))
    return any(one in (name, "*") for one in told) or name in getattr(node, "names", ())
