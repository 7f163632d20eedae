"""Running contenders: started on one processor, known to answer, stopped in the end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from benchmarks.lineup import PEERS, POOL, Contender
from benchmarks.load import HOST, Hung, Prepared, Wrong, answers
from benchmarks.operations import Operation, Variables
from benchmarks.processes import memory, processor_time

PATIENCE: Final = 60
"""Seconds in which a contender has to answer its first request."""
EVERY: Final = 0.005
FAREWELL: Final = 10
LAST_WORDS: Final = 600
"""Characters that are shown of what a contender wrote before it failed."""


class DidNotStart(Exception):
    """A contender that ended, or never answered; the text is the end of what it wrote."""


@dataclass(frozen=True)
class Cores:
    """The processors for the server, and for everything else."""

    server: int
    others: int

    @classmethod
    def of_machine(cls) -> Cores:
        """The first and the last that this process may use."""
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[0], usable[-1])


@dataclass(frozen=True)
class Running:
    """A contender that answers; ``start`` is the seconds from its command to its first answer."""

    contender: Contender
    port: int
    process: subprocess.Popen[bytes]
    start: float

    @property
    def memory(self) -> float:
        """MiB."""
        return memory(self.process.pid)

    def worked(self) -> dict[int, int]:
        """Nanoseconds of its processes."""
        return dict(processor_time(self.process.pid))

    def prepared(self, operation: Operation, sets: Sequence[Variables]) -> Prepared:
        """Requests of an operation to it."""
        return Prepared(self.port, [self.contender.request(operation.key, one) for one in sets])


@asynccontextmanager
async def running(
    contender: Contender, core: int, database_url: str, first: tuple[Operation, Variables]
) -> AsyncIterator[Running]:
    """Start a contender on a processor and wait until it answers a request. Raises :class:`DidNotStart`."""
    port = free_port()
    with tempfile.TemporaryFile() as words:
        begin = time.perf_counter()
        process = _spawn(contender, core, port, database_url, words)
        try:
            await _answering(process, Prepared(port, [contender.request(first[0].key, first[1])]), words)
            yield Running(contender, port, process, time.perf_counter() - begin)
        finally:
            _stop(process)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def environment(contender: Contender, port: int, database_url: str) -> dict[str, str]:
    """What a contender finds in its environment: nothing of ours but what it is told here."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PATH": f"{PEERS / 'node_modules' / '.bin'}:{os.environ['PATH']}",
        "NODE_ENV": "production",
        "DATABASE_URL": database_url,
        "POOL": POOL,
        "PORT": str(port),
        **({"VSSID_PORT": str(port)} if contender.sessions else {}),
        **contender.environment,
    }


def _spawn(
    contender: Contender, core: int, port: int, database_url: str, words: IO[bytes]
) -> subprocess.Popen[bytes]:
    command = [part.replace("{port}", str(port)) for part in contender.command]
    return subprocess.Popen(
        ["taskset", "--cpu-list", str(core), *command],
        cwd=contender.folder,
        env=environment(contender, port, database_url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=words,
        start_new_session=True,
    )


async def _answering(process: subprocess.Popen[bytes], request: Prepared, words: IO[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise DidNotStart(_last(words))
        try:
            await answers(request)
        except OSError:
            await asyncio.sleep(EVERY)
        except (Hung, Wrong) as failure:
            raise DidNotStart(f"{failure}\n{_last(words)}") from None
        else:
            return
    raise DidNotStart(f"no answer in {PATIENCE} s\n{_last(words)}")


def _last(words: IO[bytes]) -> str:
    words.seek(0)
    return words.read().decode(errors="replace").strip()[-LAST_WORDS:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def versions(contender: Contender) -> dict[str, str]:
    """The installed versions of the Node packages that a contender names."""
    found = {}
    for name in contender.packages:
        for folder in (contender.folder, PEERS):
            described = folder / "node_modules" / Path(name) / "package.json"
            if described.is_file():
                found[name] = _version(described)
                break
    return found


def _version(described: Path) -> str:
    version: str = json.loads(described.read_text(encoding="utf-8"))["version"]
    return version
