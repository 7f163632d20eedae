"""Work that comes round again: on one node of many, in bounded time, whatever becomes of a run."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from gateway.app import Application, compose
from gateway.context import Services
from gateway.foundations import FOUNDATIONS
from gateway.hookspecs import hookimpl
from gateway.jobs import Job
from gateway.jobs.schedule import Schedule
from gateway.jobs.tables import turn
from gateway.migrations import MigrationBranch
from gateway.migrations.drift import table_problems
from gateway.registry import StartupRefused
from tests.gateway.outbox.carrier import Clock, until
from tests.stores import Store

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    return [MigrationBranch("jobs", FOUNDATIONS["jobs"].migrations, FOUNDATIONS["jobs"].metadata)]


@dataclass
class Sweeper:
    """A plugin with a job; ``work`` is what a run does."""

    every: dt.timedelta = HOUR
    names: Sequence[str] = ("sweep",)
    runs: list[dt.datetime] = field(default_factory=list)
    trouble: Any = None

    async def sweep(self, services: Services) -> None:
        self.runs.append(services.clock())
        if isinstance(self.trouble, Exception):
            raise self.trouble
        if self.trouble is not None:
            await self.trouble()

    @hookimpl
    def background_jobs(self) -> Sequence[Job]:
        return [Job(name, self.every, self.sweep) for name in self.names]


@pytest.fixture
def sweeper() -> Sweeper:
    return Sweeper()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def application(store: Store, sweeper: Sweeper, clock: Clock) -> AsyncIterator[Application]:
    environ = {"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}
    composed = compose(environ, plugins={"yard": sweeper}, clock=clock)
    async with composed.running():
        yield composed


@pytest.fixture
def schedules(application: Application) -> list[Schedule]:
    """Those of three nodes."""
    return [Schedule(application.services, application.jobs) for _ in range(3)]


async def test_the_revisions_make_the_table(store: Store, branches: Sequence[MigrationBranch]) -> None:
    assert await table_problems(store.url, branches) == []


async def test_a_job_runs_on_one_node_each_time(
    schedules: list[Schedule], sweeper: Sweeper, clock: Clock
) -> None:
    for _ in range(3):
        due = sweeper.every
        waits = await asyncio.gather(*(schedule.attempt("yard:sweep") for schedule in schedules))
        assert all(0 < wait <= due.total_seconds() for wait in waits)
        await asyncio.gather(*(schedule.attempt("yard:sweep") for schedule in schedules))
        clock.advance(hours=1)
    assert sweeper.runs == [clock.now - HOUR * ago for ago in (3, 2, 1)]


async def test_a_run_that_failed_is_tried_again_soon(
    schedules: list[Schedule], sweeper: Sweeper, clock: Clock, application: Application
) -> None:
    sweeper.trouble = ValueError("+84900000001")
    assert await schedules[0].attempt("yard:sweep") == 60
    sweeper.trouble = None
    clock.advance(seconds=60)
    assert await schedules[1].attempt("yard:sweep") == HOUR.total_seconds()
    async with application.services.database.read() as connection:
        assert await connection.scalar(select(turn.c.succeeded_at)) == clock.now
    assert len(sweeper.runs) == 2


async def test_a_run_ends_before_the_next_is_due(store: Store) -> None:
    sweeper = Sweeper(every=dt.timedelta(seconds=1), trouble=lambda: asyncio.sleep(60))
    environ = {"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}
    application = compose(environ, plugins={"yard": sweeper}, clock=Clock())
    async with application.running(), asyncio.timeout(20):
        assert await Schedule(application.services, application.jobs).attempt("yard:sweep") == 1


async def test_jobs_stop_when_they_are_told_to(schedules: list[Schedule], sweeper: Sweeper) -> None:
    stopping = asyncio.Event()
    sweeper.trouble = lambda: asyncio.sleep(0.1)
    running = asyncio.create_task(schedules[0].run(stopping))
    await until(lambda: sweeper.runs)
    stopping.set()
    async with asyncio.timeout(10):
        await running
    assert len(sweeper.runs) == 1


@pytest.mark.parametrize(
    ("names", "every", "why"),
    [
        (("sweep", "sweep"), HOUR, "yard declares this job too"),
        (("Sweep the yard",), HOUR, "a job's name is a word"),
        (("sweep",), dt.timedelta(0), "more than once a second"),
    ],
)
def test_jobs_that_could_not_be_scheduled(names: Sequence[str], every: dt.timedelta, why: str) -> None:
    with pytest.raises(StartupRefused, match=why):
        compose(
            {"VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened"},
            plugins={"yard": Sweeper(every, names)},
        )
