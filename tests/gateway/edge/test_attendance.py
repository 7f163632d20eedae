"""Work and its end: its own, its client's, or that of its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message

from gateway.edge.attendance import PATIENCE, Attendance, Work
from gateway.edge.bodies import Gone
from gateway.errors import DEADLINE_EXCEEDED, ClientError
from tests.gateway.edge.wire import MARGIN

Receive = Callable[[], Awaitable[Message]]


class Client:
    """The other end: it hangs up when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.leaves = asyncio.Event()

    async def receive(self) -> Message:
        """What a server's ``receive`` does."""
        if not self.asked.is_set():
            self.asked.set()
            return {"type": "http.request"}
        await self.leaves.wait()
        return {"type": "http.disconnect"}


async def work(attendance: Attendance, client: Client) -> None:
    """Work without an end."""
    with Work(attendance, client.receive):
        await asyncio.Event().wait()


async def late(attendance: Attendance) -> float:
    """Seconds until work without an end is cut for its time."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(ClientError) as refused:
        async with asyncio.timeout(MARGIN):
            await work(attendance, Client())
    assert refused.value.code is DEADLINE_EXCEEDED
    current = asyncio.current_task()
    assert current is not None
    assert current.cancelling() == 0
    return loop.time() - started


async def test_each_has_its_own_time() -> None:
    attendance = Attendance(0.2)
    first = asyncio.create_task(late(attendance))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(late(attendance))
    await asyncio.sleep(0)
    assert attendance.working == 2
    for seconds in (await first, await second):
        assert 0.19 <= seconds < MARGIN
    assert attendance.working == 0
    assert await late(attendance) >= 0.19


async def test_a_time_shorter_than_our_patience_is_kept() -> None:
    assert await late(Attendance(PATIENCE / 10)) < PATIENCE


async def test_work_ends_with_its_client() -> None:
    attendance, client = Attendance(60), Client()
    running = asyncio.create_task(work(attendance, client))
    await asyncio.wait_for(client.asked.wait(), MARGIN)
    assert not running.done()
    client.leaves.set()
    with pytest.raises(Gone):
        await running
    assert attendance.working == 0
    assert running.cancelling() == 0


async def test_each_client_is_looked_for() -> None:
    attendance, first, second = Attendance(60), Client(), Client()
    with Work(attendance, first.receive):
        await asyncio.wait_for(first.asked.wait(), MARGIN)
        with Work(attendance, second.receive):
            await asyncio.wait_for(second.asked.wait(), MARGIN)


async def test_a_client_is_not_looked_for_while_answers_are_quick() -> None:
    attendance, client = Attendance(60), Client()
    with Work(attendance, client.receive):
        await asyncio.sleep(0)
    await asyncio.sleep(PATIENCE * 1.5)
    assert not client.asked.is_set()


async def test_nobody_listens_after_the_work() -> None:
    attendance, client = Attendance(60), Client()
    with Work(attendance, client.receive):
        await asyncio.wait_for(client.asked.wait(), MARGIN)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others, timeout=MARGIN)
    client.leaves.set()
    await asyncio.sleep(0)
    current = asyncio.current_task()
    assert current is not None
    assert current.cancelling() == 0


async def test_a_cancellation_from_elsewhere_is_passed_on() -> None:
    attendance = Attendance(60)
    running = asyncio.create_task(work(attendance, Client()))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert attendance.working == 0


async def test_a_cancellation_from_elsewhere_counts_for_more_than_an_end() -> None:
    block, started = Work(Attendance(60), Client().receive), asyncio.Event()

    async def run() -> None:
        with block:
            started.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(run())
    await started.wait()
    block.cut(Gone())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_the_work_raises_is_its_own() -> None:
    attendance = Attendance(60)
    with pytest.raises(TimeoutError), Work(attendance, Client().receive):
        raise TimeoutError
    assert attendance.working == 0


def test_an_attendance_goes_with_the_loop_that_runs() -> None:
    attendance = Attendance(PATIENCE)
    for _ in range(2):
        asyncio.run(work_briefly(attendance))
        assert asyncio.run(late(attendance)) < MARGIN


async def work_briefly(attendance: Attendance) -> None:
    """Leave a timer behind in the loop."""
    with Work(attendance, Client().receive):
        await asyncio.sleep(0)
