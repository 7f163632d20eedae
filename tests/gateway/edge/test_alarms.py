"""A deadline that is moved."""

from __future__ import annotations

import asyncio
import gc
import weakref
from functools import partial

from gateway.edge.alarms import Alarm
from tests.gateway.edge.wire import MARGIN


class Rings:
    """What an alarm is set to: it notes when, and for which name."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.started = self._loop.time()
        self.heard: dict[str, float] = {}
        self.rung = asyncio.Event()

    def __call__(self, name: str) -> None:
        assert name not in self.heard
        self.heard[name] = self._loop.time() - self.started
        self.rung.set()

    async def next(self) -> None:
        """Wait for one."""
        await asyncio.wait_for(self.rung.wait(), MARGIN)
        self.rung.clear()


async def test_it_rings_once_at_the_moment_that_was_set_last() -> None:
    rings, alarm = Rings(), Alarm(asyncio.get_running_loop())
    alarm.set(0.02, partial(rings, "early"))
    alarm.set(0.1, partial(rings, "late"))
    await rings.next()
    assert list(rings.heard) == ["late"]
    assert rings.heard["late"] >= 0.09


async def test_it_can_be_set_to_an_earlier_moment() -> None:
    rings, alarm = Rings(), Alarm(asyncio.get_running_loop())
    alarm.set(60, partial(rings, "never"))
    alarm.set(0.02, partial(rings, "soon"))
    await rings.next()
    assert list(rings.heard) == ["soon"]


async def test_it_can_be_set_again_after_it_was_cleared_or_has_rung() -> None:
    rings, alarm = Rings(), Alarm(asyncio.get_running_loop())
    alarm.set(0.01, partial(rings, "cleared"))
    alarm.clear()
    other = Alarm(asyncio.get_running_loop())
    other.set(0.03, partial(rings, "other"))
    await rings.next()
    for name in ("first", "second"):
        alarm.set(0.01, partial(rings, name))
        await rings.next()
    assert list(rings.heard) == ["other", "first", "second"]


async def test_nothing_of_one_that_was_stopped_is_left_in_the_loop() -> None:
    rings, alarm = Rings(), Alarm(asyncio.get_running_loop())
    alarm.set(60, partial(rings, "never"))
    alarm.stop()
    left = weakref.ref(rings)
    del rings, alarm
    gc.collect()
    assert left() is None
