"""Databases with the table of messages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    tables = FOUNDATIONS["outbox"]
    return [MigrationBranch("outbox", tables.migrations, tables.metadata)]
