"""The plugins that come with the gateway, and databases with their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from gateway.contributions import contributions_of
from gateway.migrations import MigrationBranch
from gateway.registry import register
from plugins.access_log import plugin as access_log
from plugins.accounts import plugin as accounts
from plugins.entitlements import plugin as entitlements
from plugins.health_book import plugin as health_book
from plugins.hi_card import plugin as hi_card
from plugins.lookups import plugin as lookups
from plugins.officers import plugin as officers
from plugins.participation import plugin as participation


@pytest.fixture(scope="session")
def plugins() -> Mapping[str, object]:
    """All of them, by name."""
    return {
        "access_log": access_log,
        "accounts": accounts,
        "entitlements": entitlements,
        "health_book": health_book,
        "hi_card": hi_card,
        "lookups": lookups,
        "officers": officers,
        "participation": participation,
    }


@pytest.fixture(scope="session")
def branches(plugins: Mapping[str, object]) -> Sequence[MigrationBranch]:
    """Their migrations."""
    tables = contributions_of(register(plugins)).tables
    return [MigrationBranch(name, given.migrations, given.metadata) for name, given in tables.items()]
