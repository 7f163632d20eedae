"""Loaders: one batch for many, and nothing lost or left running where somebody gives up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from gateway.loading import RequestLoader


class Slow:
    """A batch function that waits to be let go; it answers ten times the key."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.started, self.go = asyncio.Event(), asyncio.Event()
        self.cancelled = 0

    async def __call__(self, keys: list[int]) -> Sequence[int]:
        self.batches.append(keys)
        self.started.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return [key * 10 for key in keys]


async def test_one_batch_for_all_keys() -> None:
    """Asked for in one turn, each key once, answered in the order of asking."""
    slow = Slow()
    slow.go.set()
    loader = RequestLoader(slow)
    assert await asyncio.gather(*(loader.load(key) for key in (3, 1, 3, 2))) == [30, 10, 30, 20]
    assert await loader.load(1) == 10
    assert slow.batches == [[3, 1, 2]]
    assert loader.pending == []


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    """Two wait for one key; one is cancelled."""
    slow = Slow()
    loader = RequestLoader(slow)
    given_up, waiting = (asyncio.create_task(asyncio.wait_for(loader.load(1), 10)) for _ in range(2))
    await slow.started.wait()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert len(loader.pending) == 1
    slow.go.set()
    assert await waiting == 10
    assert slow.cancelled == 0


async def test_abandoned() -> None:
    """What runs is cancelled; what was only asked for does not start."""
    slow = Slow()
    loader = RequestLoader(slow)
    running = asyncio.create_task(asyncio.wait_for(loader.load(1), 10))
    await slow.started.wait()
    late = loader.load(2)
    ending = loader.abandon()
    await asyncio.wait(ending)
    for _ in range(5):
        await asyncio.sleep(0)
    assert (slow.batches, slow.cancelled) == ([[1]], 1)
    assert not late.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_failing_batch_fails_for_everybody() -> None:
    """Each who waits is told."""

    async def broken(keys: list[int]) -> Sequence[int]:
        raise KeyError(len(keys))

    loader = RequestLoader(broken)
    results = await asyncio.gather(*(loader.load(key) for key in (1, 2)), return_exceptions=True)
    assert [repr(result) for result in results] == ["KeyError(2)", "KeyError(2)"]
