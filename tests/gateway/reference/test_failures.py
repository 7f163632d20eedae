"""A field that fails takes down no more than it must, and leaves nothing behind."""

from __future__ import annotations

import asyncio

from gateway.access import ANONYMOUS
from gateway.app import Application
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
    document = '{ facilities(after: "x") { totalCount } a: facilities { totalCount edges { cursor } } b: facility(code: "00001") { name } }'
    answer = await ask(clinic, ANONYMOUS, document)
    assert answer["data"] is None
    assert asyncio.all_tasks() == tasks
