"""Each plugin's branch of revisions: where it is, and what is told where branches do not go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import MetaData


@dataclass(frozen=True)
class MigrationBranch:
    """A plugin's tables and the folder of the revisions that make them."""

    plugin: str
    directory: Path
    metadata: MetaData

    @property
    def version_table(self) -> str:
        """The table with the id of the last revision applied."""
        return f"{self.plugin}_schema_version"


class BranchProblem(NamedTuple):
    """A reason not to touch the database: which plugin, where in it, and what to do."""

    plugin: str
    where: str
    what: str


class MigrationsRefused(Exception):
    """The branches do not go together; ``problems`` has every reason."""

    def __init__(self, problems: Iterable[BranchProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(": ".join(problem) for problem in self.problems))
