"""Pages of a list that grows while it is read: each row that was there comes once, and no row comes twice."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import insert

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.testing import ask, running
from plugins.health_book.models import visit
from tests.plugins.health_book.rows import Row, visit_of
from tests.stores import Store

OWNER = Viewer(Audience.PARTICIPANT, "p1")
PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
  me { visits(first: $first, after: $after, last: $last, before: $before) {
    edges { node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}"""
BEGIN = dt.datetime(2018, 1, 1, tzinfo=dt.UTC)
THERE = 60


def at_minute(name: str, minute: int) -> Row:
    admitted_at = BEGIN + dt.timedelta(minutes=minute)
    return visit_of(name, admitted_at=admitted_at, discharged_at=admitted_at, year=2018)


async def keep_adding(application: Application, chance: random.Random, stop: asyncio.Event) -> int:
    """Visits at any time, many of them at a moment that others have too, until told to stop; how many."""
    added = 0
    while not stop.is_set():
        async with application.services.database.write() as work:
            await work.execute(insert(visit), at_minute(f"new-{added}", chance.randrange(THERE)))
        added += 1
        await asyncio.sleep(0)
    return added


async def page(application: Application, **place: object) -> dict[str, Any]:
    found: dict[str, Any] = (await ask(application, OWNER, PAGE, place))["data"]["me"]["visits"]
    return found


async def all_pages(application: Application, size: int, *, forward: bool) -> list[str]:
    """Every key, page by page, from one end of the list to the other."""
    read, place = list[str](), dict[str, object]()
    while True:
        found = await page(application, **{"first" if forward else "last": size, **place})
        keys = [edge["node"]["id"] for edge in found["edges"]]
        read += keys if forward else keys[::-1]
        info = found["pageInfo"]
        if not info["hasNextPage" if forward else "hasPreviousPage"]:
            return read
        await asyncio.sleep(0.005)  # reads in this process leave the writer no time of themselves
        place = {"after": info["endCursor"]} if forward else {"before": info["startCursor"]}


@pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])
async def test_each_row_comes_once_while_others_are_added(
    plugins: Mapping[str, object], store: Store, forward: bool
) -> None:
    there = [at_minute(f"old-{minute}", minute // 3) for minute in range(THERE)]
    async with running(plugins, store.url, [(visit, there)]) as application:
        for size in (1, 7, 20):
            stop = asyncio.Event()
            adding = asyncio.create_task(keep_adding(application, random.Random(size), stop))
            read = await all_pages(application, size, forward=forward)
            stop.set()
            assert await adding > 0
            counted = Counter(read)
            assert max(counted.values()) == 1, "a row came twice"
            assert {row["id"] for row in there} <= counted.keys(), "a row was left out"
            async with application.services.database.write() as work:
                await work.execute(visit.delete().where(visit.c.id.like("new-%")))
