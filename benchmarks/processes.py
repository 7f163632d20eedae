"""Processes of a contender or of PostgreSQL: where they run, the processor time and the memory that they take.

Processor time is read from ``schedstat`` (nanoseconds, thread by thread), or from ``stat`` (clock ticks) where the kernel
keeps none; both count what the kernel does on a process's behalf, as sending to a socket.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
NANOSECONDS_A_TICK: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM = 1, 11, 12
"""Places in ``stat`` after the name."""


def pin(pid: int, core: int) -> None:
    """Run a process and its children on one processor; those that it starts later follow it."""
    for member in tree(pid):
        for thread in _threads(member):
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(thread, {core})


def parent(pid: int) -> int | None:
    """The process that started another; None if it is not on this machine."""
    try:
        return int(_stat(PROC / str(pid))[_PARENT])
    except OSError:
        return None


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                children.setdefault(int(_stat(folder)[_PARENT]), []).append(int(folder.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def processor_time(pid: int) -> Mapping[int, int]:
    """Nanoseconds that each process of a tree has worked so far."""
    return {member: _worked(member) for member in tree(pid)}


def worked_between(before: Mapping[int, int], after: Mapping[int, int]) -> int:
    """Nanoseconds between two readings; a process that is new has begun at nothing, one that ended is not counted."""
    return sum(max(0, time - before.get(pid, 0)) for pid, time in after.items())


def memory(pid: int) -> float:
    """MiB of a tree's processes, pages that they share counted once."""
    return sum(_proportional(member) for member in tree(pid)) / 1024


def _proportional(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _worked(pid: int) -> int:
    with contextlib.suppress(OSError):
        times = list(_thread_times(pid))
        if any(times):
            return sum(times)
        stat = _stat(PROC / str(pid))
        return (int(stat[_USER]) + int(stat[_SYSTEM])) * NANOSECONDS_A_TICK
    return 0


def _thread_times(pid: int) -> Iterator[int]:
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            yield int(
                (PROC / str(pid) / "task" / str(thread) / "schedstat").read_text(encoding="ascii").split()[0]
            )


def _threads(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(folder.name) for folder in (PROC / str(pid) / "task").iterdir()]
    return []


def _stat(folder: Path) -> list[str]:
    """The fields after the name, which may have blanks and brackets in it."""
    return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
