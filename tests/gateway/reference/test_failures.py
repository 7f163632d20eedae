"""A field that fails takes down no more than it must, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.access import ANONYMOUS
from gateway.app import Application
from gateway.database import Database
from gateway.testing import ask
from tests.gateway.clinic.people import AN, participant


async def test_a_row_that_two_places_read_survives_in_one(clinic: Application) -> None:
    """The card's required remark fails and with it the card; what waits for the same row elsewhere gets it."""
    document = """{ me { card { remark(tone: "") holder { fullName card { uses { cost } } } } }
        other: me { fullName card { uses { cost } } } }"""
    answer = await asyncio.wait_for(ask(clinic, participant(AN), document), 10)
    assert answer["data"]["me"] == {"card": None}
    assert answer["data"]["other"]["fullName"] == "Nguyễn Văn An"
    assert len(answer["data"]["other"]["card"]["uses"]) == 4
    assert [error["path"] for error in answer["errors"]] == [["me", "card", "remark"]]


async def test_nothing_goes_on_after_the_answer(clinic: Application) -> None:
    """A bad cursor makes the whole answer null; reads of its siblings end with the request, not some time after it."""
    tasks = asyncio.all_tasks()
    document = """{ facilities(after: "x") { totalCount } a: facilities { totalCount edges { cursor } }
        b: facility(code: "00001") { name } }"""
    answer = await ask(clinic, ANONYMOUS, document)
    assert answer["data"] is None
    assert asyncio.all_tasks() == tasks


async def test_reads_end_with_a_request_that_is_cancelled(
    clinic: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadline cancels the request; its reads are tasks of their own and are cancelled with it."""
    tasks = asyncio.all_tasks()
    started, ended = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def stuck(_: Database) -> AsyncIterator[None]:
        started.set()
        try:
            await asyncio.Event().wait()
            yield
        finally:
            ended.set()

    monkeypatch.setattr(Database, "read", stuck)
    request = asyncio.create_task(ask(clinic, participant(AN), "{ me { fullName } }"))
    await started.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert ended.is_set()
    assert asyncio.all_tasks() == tasks
