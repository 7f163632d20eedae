"""Where a run took place: the machine and the versions of what was measured."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.lineup import PEERS, Contender
from benchmarks.running import Cores, versions

OURS: Final = ("strawberry-graphql", "graphql-core", "sqlalchemy", "uvicorn", "uvloop", "httptools", "orjson")
OTHERS: Final = ("asyncpg", "ariadne")


def facts(contenders: Sequence[Contender], postgresql: str, cores: Cores) -> dict[str, str]:
    """What to know about the figures, by name."""
    found = {
        "processor": f"{_processor()}; servers on core {cores.server}, the rest on core {cores.others}",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "PostgreSQL": postgresql,
    }
    found.update((name, version(name)) for name in (*OURS, *OTHERS))
    node = _node()
    if node:
        found["Node"] = node
    for contender in contenders:
        found.update(versions(contender))
    return found


def _processor() -> str:
    named = _fields("/proc/cpuinfo").get("model name", platform.processor())
    memory = int(_fields("/proc/meminfo").get("MemTotal", "0 kB").split()[0]) / 2**20
    return f"{named}, {memory:.0f} GiB"


def _fields(path: str) -> Mapping[str, str]:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return {
        name.strip(): value.strip() for name, _, value in (line.partition(":") for line in reversed(lines))
    }


def _node() -> str | None:
    own = PEERS / "node_modules" / ".bin" / "node"
    command = str(own) if own.exists() else shutil.which("node")
    if command is None:
        return None
    return subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout.strip()
