"""Pages of a list that grows while it is read: each row that was there comes once, and no row comes twice."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Table, insert

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.testing import ask, running
from plugins.entitlements.models import entitlement
from plugins.entitlements.regimes import EntitlementKind
from plugins.health_book.models import visit
from plugins.participation.models import periods
from tests.plugins.entitlements.rows import GOOD as ENTITLEMENTS
from tests.plugins.health_book.rows import visit_of
from tests.plugins.participation.rows import GOOD as PERIOD
from tests.stores import Store

Row = dict[str, object]

OWNER = Viewer(Audience.PARTICIPANT, "p1")
MOMENTS = 20
"""Different places in a list's order; rows share them."""
THERE = 60
MOST_ADDED = 300
"""A reader must come to the end, however fast the writer is."""


@dataclass(frozen=True)
class GrowingList:
    """A connection of ``me`` and how a row of it is made: with a key, at a moment of its order."""

    field: str
    table: Table
    row: Callable[[str, int], Row]
    key: str = "id"
    """The field that tells the key."""

    @property
    def page(self) -> str:
        return (
            "query ($first: Int, $after: String, $last: Int, $before: String) { me { list: "
            + self.field
            + "(first: $first, after: $after, last: $last, before: $before) { edges { node { key: "
            + self.key
            + " } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"
        )


def _visit(key: str, moment: int) -> Row:
    admitted_at = dt.datetime(2018, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=moment)
    return visit_of(key, admitted_at=admitted_at, discharged_at=admitted_at, year=2018)


def _period(key: str, moment: int) -> Row:
    month = dt.date(2000 + moment // 12, moment % 12 + 1, 1)
    return PERIOD | {
        "id": key,
        "from_month": month,
        "to_month": month,
        "employer_code": key,
        "employer_name": key,
    }


def _entitlement(key: str, moment: int) -> Row:
    day = dt.date(2025, 3, 1) + dt.timedelta(days=moment)
    return ENTITLEMENTS[EntitlementKind.MONTHLY] | {"id": key, "dossier_number": key, "starts_on": day}


LISTS = [
    GrowingList("visits", visit, _visit),
    GrowingList("participationRecords", periods, _period, key="employerName"),
    GrowingList("entitlements", entitlement, _entitlement),
]


async def keep_adding(
    application: Application, of: GrowingList, chance: random.Random, stop: asyncio.Event
) -> int:
    """Rows anywhere in the order, until told to stop; how many."""
    added = 0
    while not stop.is_set() and added < MOST_ADDED:
        async with application.services.database.write() as work:
            await work.execute(insert(of.table), of.row(f"new-{added}", chance.randrange(MOMENTS)))
        added += 1
        await asyncio.sleep(0)
    return added


async def all_pages(application: Application, of: GrowingList, size: int, *, forward: bool) -> list[str]:
    """Every key, page by page, from one end of the list to the other."""
    read, place = list[str](), dict[str, object]()
    while True:
        wanted = {"first" if forward else "last": size, **place}
        found: dict[str, Any] = (await ask(application, OWNER, of.page, wanted))["data"]["me"]["list"]
        keys = [edge["node"]["key"] for edge in found["edges"]]
        read += keys if forward else keys[::-1]
        info = found["pageInfo"]
        if not info["hasNextPage" if forward else "hasPreviousPage"]:
            return read
        await asyncio.sleep(0.005)  # reads in this process leave the writer no time of themselves
        place = {"after": info["endCursor"]} if forward else {"before": info["startCursor"]}


@pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])
@pytest.mark.parametrize("of", LISTS, ids=lambda of: of.field)
async def test_each_row_comes_once_while_others_are_added(
    plugins: Mapping[str, object], store: Store, of: GrowingList, forward: bool
) -> None:
    there = [of.row(f"old-{number}", number * MOMENTS // THERE) for number in range(THERE)]
    async with running(plugins, store.url, [(of.table, there)]) as application:
        for size in (1, 7, 20):
            stop = asyncio.Event()
            adding = asyncio.create_task(keep_adding(application, of, random.Random(size), stop))
            read = await all_pages(application, of, size, forward=forward)
            stop.set()
            assert await adding > 0
            counted = Counter(read)
            assert max(counted.values()) == 1, "a row came twice"
            assert {str(row["id"]) for row in there} <= counted.keys(), "a row was left out"
            async with application.services.database.write() as work:
                await work.execute(of.table.delete().where(of.table.c.id.like("new-%")))
