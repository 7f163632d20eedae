"""Runs jobs when they are due. Every process asks; the table lets one of them have the turn."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.context import Services
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.jobs.job import Job
from gateway.jobs.tables import turn

AGAIN: Final = dt.timedelta(minutes=1)
"""When a run that failed is tried again, at the latest."""

LOOK_EVERY: Final = 30.0
"""Seconds between two looks at the table, at the most."""

_LOG: Final = logging.getLogger(__name__)
_INSERT: Final = {
    "postgresql": postgresql.insert(turn).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(turn).on_conflict_do_nothing(),
}


class Schedule:
    """The jobs, by ``plugin:name``."""

    def __init__(self, services: Services, jobs: Mapping[str, Job]) -> None:
        self._services = services
        self._jobs = jobs
        self._seconds = services.telemetry.meter.create_histogram(
            "vssid.job.duration", "s", "Time of one run of a background job"
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Run what is due until ``stopping`` is set; then return when no run is left."""
        await asyncio.gather(*(self._attend(name, stopping) for name in self._jobs))

    async def _attend(self, name: str, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                wait = await self.attempt(name)
            except (DatabaseBusy, DatabaseUnavailable) as failure:
                _LOG.warning("%s waits for the database: %s", name, type(failure).__name__)
                wait = LOOK_EVERY
            except Exception:  # noqa: BLE001  a fault is logged; the next look may do better
                _LOG.exception("%s cannot be scheduled", name)
                wait = LOOK_EVERY
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), min(max(wait, 0.0), LOOK_EVERY))

    async def attempt(self, name: str) -> float:
        """Run a job if it is due and nobody else has the turn; how many seconds until the next."""
        now = self._services.clock()
        async with self._services.database.read() as connection:
            due = await connection.scalar(select(turn.c.due_at).where(turn.c.job == name))
        if due is None or due <= now:
            due = (
                await self._run(name, now)
                if await self._taken(name, now, is_new=due is None)
                else now + AGAIN
            )
        return (due - now).total_seconds()

    async def _taken(self, name: str, now: dt.datetime, *, is_new: bool) -> bool:
        """Take the turn: the next is due when this one must have ended."""
        later = now + self._jobs[name].every
        async with self._services.database.write() as work:
            if is_new:
                row: dict[str, Any] = {"job": name, "due_at": later}
                return (await work.execute(_INSERT[work.dialect.name], row)).rowcount > 0
            taking = update(turn).where(turn.c.job == name, turn.c.due_at <= now).values(due_at=later)
            return (await work.execute(taking)).rowcount > 0

    async def _run(self, name: str, now: dt.datetime) -> dt.datetime:
        """Run a job; when the next turn is."""
        job = self._jobs[name]
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(job.every.total_seconds()):
                await job.run(self._services)
        except Exception:  # noqa: BLE001  whatever it is, the other jobs go on
            _LOG.exception("the job %s failed", name)
            outcome, values = "failed", {"due_at": now + min(job.every, AGAIN)}
        else:
            outcome, values = "done", {"succeeded_at": self._services.clock()}
        self._seconds.record(
            asyncio.get_running_loop().time() - started, {"vssid.job": name, "vssid.outcome": outcome}
        )
        async with self._services.database.write() as work:
            await work.execute(update(turn).where(turn.c.job == name).values(**values))
        return values.get("due_at", now + job.every)
