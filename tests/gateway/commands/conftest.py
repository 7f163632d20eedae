"""The ``vssid`` command on an installation with one small plugin."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result

from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from gateway.migrations import MigrationBranch
from gateway.migrations.revising import revise
from tests.gateway.commands.clinic import NOW, Clinic, metadata


class Command(Protocol):
    """Runs ``vssid`` with arguments and expects an exit status."""

    def __call__(self, *arguments: str, status: int = 0) -> Result: ...


@pytest.fixture(scope="session")
def migrations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clinic's revisions."""
    folder = tmp_path_factory.mktemp("clinic") / "migrations"
    folder.mkdir()
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(revise(MigrationBranch("clinic", folder, metadata), "visitors"))
    return folder


@pytest.fixture
def plugins(migrations: Path) -> dict[str, object]:
    """The plugins of the installation; a test may put others in."""
    return {"clinic": Clinic(migrations)}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment variables of the installation; a test may set others."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").touch()
    return {
        "VSSID_DATABASE_URL": f"sqlite:///{tmp_path}/vssid.sqlite3",
        "VSSID_SCHEMA_PATH": f"{tmp_path}/schema",
        "VSSID_EXPLORER_PATH": f"{tmp_path}/dist",
        "VSSID_PORT": "0",
    }


@pytest.fixture
def command(environ: Mapping[str, str], plugins: Mapping[str, object]) -> Command:
    """Runs ``vssid`` with arguments."""

    def run(*arguments: str, status: int = 0) -> Result:
        installation = Installation(environ, plugins, lambda: NOW)
        result = CliRunner().invoke(vssid(), arguments, obj=installation, catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result

    return run
