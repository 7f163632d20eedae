"""The core's own tables. Each set is a branch of migrations, made as a plugin's are and before them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData

from gateway.audit.models import metadata as audit
from gateway.hookspecs import Tables
from gateway.imports.models import metadata as imports
from gateway.jobs.tables import metadata as jobs
from gateway.outbox.tables import metadata as outbox
from gateway.throttles.models import metadata as throttles


def _tables(name: str, metadata: MetaData) -> Tables:
    return Tables(metadata, Path(__file__).parent / name / "migrations")


FOUNDATIONS: Final[Mapping[str, Tables]] = {
    "audit": _tables("audit", audit),
    "jobs": _tables("jobs", jobs),
    "imports": _tables("imports", imports),
    "outbox": _tables("outbox", outbox),
    "throttles": _tables("throttles", throttles),
}
"""Sets of tables by name, which begins the name of each of them. No plugin can have one of these names."""

READABLE: Final = frozenset({"audit_entry"})
"""Tables of them that plugins may declare fields over. Only the core writes them."""

RESERVED: Final = frozenset({"core", *FOUNDATIONS})
"""Names that are the core's."""
