"""Delivers what was posted. Any number of workers share the table; what one of them holds, no other takes."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import Services
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.outbox import queue
from gateway.outbox.backoff import LONGEST, delay
from gateway.outbox.bell import Bell, Doorbell
from gateway.outbox.delivering import DeliveryAdapter, NotDelivered
from gateway.outbox.messages import Channel
from gateway.outbox.queue import Held, Parked
from gateway.outbox.watching import Watch

LEASE_MARGIN: Final = dt.timedelta(seconds=60)
"""How much longer than a delivery may take a message is held: for marking it, and for clocks that differ."""

LOOK_EVERY: Final = 15
"""Seconds between two counts of the table, for the metrics, and between two clearings of what was wiped."""

MARKINGS: Final = 12
"""How often marking is tried: for about half a minute."""

_LOG: Final = logging.getLogger(__name__)


class Worker:
    """Delivers the messages of every channel that has an adapter, each channel by itself: one that is down delays no other."""

    def __init__(self, services: Services, adapters: Mapping[Channel, DeliveryAdapter]) -> None:
        self._services = services
        self._watch = Watch(services.telemetry)
        self._has_left = True  # a worker before us may have wiped, and died
        self._lines = [_Line(services, adapter, self._watch) for adapter in adapters.values()]

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until ``stopping`` is set; then take nothing more, and return when what is held has been tried."""
        database = self._services.database
        with Doorbell(database).ringing([line.bell for line in self._lines]):
            await asyncio.gather(self._look(stopping), *(line.run(stopping) for line in self._lines))

    async def _look(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            with suppress(DatabaseBusy, DatabaseUnavailable):
                await self._count()
                await self._clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY)

    async def _count(self) -> None:
        if self._services.telemetry.is_measuring:
            async with self._services.database.read() as connection:
                counts = await queue.census(connection)
            self._watch.counted(counts, self._services.clock())

    async def _clear(self) -> None:
        if self._has_left or any(line.has_wiped for line in self._lines):
            for line in self._lines:
                line.has_wiped = False
            self._has_left = not await self._services.database.forget_overwritten()


class _Line:
    """The messages of one channel."""

    def __init__(self, services: Services, adapter: DeliveryAdapter, watch: Watch) -> None:
        core = services.settings.core
        self.bell = Bell()
        self.has_wiped = False
        self._services = services
        self._adapter = adapter
        self._watch = watch
        self._channel = adapter.channel
        self._at_once = core.outbox_at_once
        self._attempts = core.outbox_attempts
        self._limit = core.outbox_timeout
        self._lease = dt.timedelta(seconds=core.outbox_timeout) + LEASE_MARGIN
        self._pause = core.outbox_poll
        self._chance = random.Random()  # noqa: S311  when to try again is no secret
        self._deliveries: set[asyncio.Task[None]] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Take and deliver until told to stop."""
        stopped = asyncio.create_task(stopping.wait())
        stopped.add_done_callback(lambda _: self.bell.ring())
        try:
            while not stopping.is_set():
                await self.bell.heard(await self._taken())
            while self._deliveries:
                await asyncio.wait(self._deliveries)
        finally:
            for task in (stopped, *self._deliveries):
                task.cancel()

    async def _taken(self) -> float:
        """Take what there is room for; how many seconds to wait for more, unless the bell rings."""
        try:
            return await self._take()
        except (DatabaseBusy, DatabaseUnavailable) as failure:
            _LOG.warning("%s messages wait for the database: %s", self._channel.value, type(failure).__name__)
        except Exception:  # noqa: BLE001  a fault is logged; the next look may do better
            _LOG.exception("%s messages cannot be taken", self._channel.value)
        return self._pause

    async def _take(self) -> float:
        room = self._at_once - len(self._deliveries)
        if not room:
            return self._pause
        async with (
            self._services.database.read() as connection
        ):  # a look that finds nothing troubles no writer
            due = await queue.next_due(connection, self._channel)
        now = self._services.clock()
        if due is None or due > now:
            return self._pause if due is None else min(self._pause, (due - now).total_seconds())
        async with self._services.database.write() as work:
            parked = await queue.park_hopeless(work, self._attempts, now, self._channel)
            held = await queue.hold(work, self._channel, room, self._lease, now)
        self._note_parked(parked)
        for one in held:
            self._start(one)
        return 0

    def _start(self, held: Held) -> None:
        delivery = asyncio.create_task(self._deliver(held))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._ended)

    def _ended(self, delivery: asyncio.Task[None]) -> None:
        self._deliveries.discard(delivery)
        self.bell.ring()

    async def _deliver(self, held: Held) -> None:
        failure = await self._failure(held)
        now = self._services.clock()
        if failure is None:
            if await self._marked(lambda work: queue.mark_sent(work, held, now)):
                self._watch.sent(self._channel, held, now)
                self.has_wiped = True
            return
        asked = min(failure.retry_after or dt.timedelta(0), LONGEST)
        due = now + max(delay(held.attempts, self._chance), asked)
        is_late = held.expires_at is not None and due >= held.expires_at
        if failure.is_final or is_late or held.attempts >= self._attempts:
            if await self._marked(lambda work: queue.mark_parked(work, held, failure.reason, now)):
                self._note_parked([Parked(held.id, self._channel, held.purpose, failure.reason)])
        elif await self._marked(lambda work: queue.mark_failed(work, held, failure.reason, due)):
            self._watch.retried(self._channel, held, failure.reason)

    async def _failure(self, held: Held) -> NotDelivered | None:
        """Deliver; why it did not succeed."""
        try:
            async with asyncio.timeout(self._limit):
                await self._adapter.deliver(held.message(), self._services)
        except NotDelivered as failure:
            return failure
        except TimeoutError:
            return NotDelivered("timeout")
        except Exception as error:  # noqa: BLE001  the other messages go on
            _LOG.exception("the adapter for %s failed", self._channel.value)
            return NotDelivered(type(error).__name__)
        return None

    async def _marked(self, mark: Callable[[AsyncConnection], Awaitable[bool]]) -> bool:
        """Mark a message. What cannot be marked before its lease ends is delivered once more, so do not give up soon."""
        for attempt in range(1, MARKINGS + 1):
            try:
                async with self._services.database.write() as work:
                    return await mark(work)
            except (DatabaseBusy, DatabaseUnavailable):
                await asyncio.sleep(min(0.1 * 2**attempt, 5))
            except Exception:  # noqa: BLE001  a fault is logged; the next look may do better
                _LOG.exception("a message of %s cannot be marked", self._channel.value)
                break
        return False

    def _note_parked(self, parked: list[Parked]) -> None:
        self._watch.parked(parked)
        self.has_wiped = self.has_wiped or bool(parked)
