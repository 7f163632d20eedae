"""What a process does beside answering: it delivers messages and runs jobs."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from gateway.app import Application
from gateway.context import Services
from gateway.jobs import Job
from gateway.jobs.schedule import Schedule
from gateway.outbox import queue
from gateway.outbox.channels import unserved
from gateway.outbox.worker import Worker

FAREWELL: Final = 2.0
"""Seconds beyond the longest delivery that work in hand has to end."""

_LOG: Final = logging.getLogger(__name__)


@asynccontextmanager
async def background(application: Application) -> AsyncIterator[None]:
    """Deliver messages and run jobs until the block ends; what is in hand then is finished, in bounded time."""
    core = application.settings.core
    for channel in unserved(application.adapters) if core.production else ():
        _LOG.warning("nothing delivers %s: messages wait until they expire", channel.value)
    stopping = asyncio.Event()
    worker = Worker(application.services, application.adapters)
    schedule = Schedule(application.services, {**CORE_JOBS, **application.jobs})
    tasks = [asyncio.create_task(one.run(stopping)) for one in (worker, schedule)]
    try:
        yield
    finally:
        stopping.set()
        _, late = await asyncio.wait(tasks, timeout=core.outbox_timeout + FAREWELL)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _purge_messages(services: Services) -> None:
    """Give up what expired and nothing delivers, and delete what was finished long ago."""
    core, now = services.settings.core, services.clock()
    async with services.database.write() as work:
        parked = await queue.park_hopeless(work, core.outbox_attempts, now)
    if parked:
        _LOG.warning("%d messages expired that nothing delivers", len(parked))
    deleted = queue.PURGED_AT_ONCE
    while deleted == queue.PURGED_AT_ONCE:
        async with services.database.write() as work:
            deleted = await queue.purge(work, now - dt.timedelta(days=core.outbox_keep_days))


CORE_JOBS: Final[Mapping[str, Job]] = {
    "outbox:purge": Job("purge", dt.timedelta(hours=1), _purge_messages),
}
"""The core's own jobs."""
