"""What the outbox tells about itself: metrics and log lines by channel and purpose, never of whom."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Final

from gateway.outbox.messages import Channel
from gateway.outbox.queue import Count, Held, Parked
from gateway.outbox.tables import State
from gateway.telemetry import Telemetry

DELAYS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
_LOG: Final = logging.getLogger(__name__)


class Watch:
    """Counts what became of messages."""

    def __init__(self, telemetry: Telemetry) -> None:
        meter = telemetry.meter
        self._deliveries = meter.create_counter(
            "vssid.outbox.deliveries", "{attempt}", "Attempts to deliver a message, by what came of them"
        )
        self._parked = meter.create_counter(
            "vssid.outbox.parked", "{message}", "Messages that were given up: somebody has to look"
        )
        self._delays = meter.create_histogram(
            "vssid.outbox.delay",
            "s",
            "Time from a message's posting to its delivery",
            explicit_bucket_boundaries_advisory=DELAYS,
        )
        self._depth = meter.create_gauge(
            "vssid.outbox.messages", "{message}", "Messages that wait or were given up"
        )
        self._age = meter.create_gauge("vssid.outbox.age", "s", "Age of the oldest message that waits")
        self._seen: set[tuple[Channel, str, State]] = set()

    def sent(self, channel: Channel, held: Held, now: dt.datetime) -> None:
        """A message was delivered."""
        labels = {"vssid.channel": channel.value, "vssid.purpose": held.purpose}
        self._deliveries.add(1, {**labels, "vssid.outcome": "sent"})
        self._delays.record(max(0.0, (now - held.posted_at).total_seconds()), labels)

    def retried(self, channel: Channel, held: Held, reason: str) -> None:
        """A message was not delivered, and will be tried again."""
        labels = {"vssid.channel": channel.value, "vssid.purpose": held.purpose}
        self._deliveries.add(1, {**labels, "vssid.outcome": "retried"})
        _LOG.info("%s %s was not delivered (%s), attempt %d", channel.value, held.id, reason, held.attempts)

    def parked(self, parked: Iterable[Parked]) -> None:
        """Messages were given up."""
        for one in parked:
            labels = {"vssid.channel": one.channel.value, "vssid.purpose": one.purpose}
            self._parked.add(1, labels)
            self._deliveries.add(1, {**labels, "vssid.outcome": "parked"})
            _LOG.warning("%s %s (%s) was given up: %s", one.channel.value, one.id, one.purpose, one.reason)

    def counted(self, counts: Iterable[Count], now: dt.datetime) -> None:
        """What the table holds; what is not there any more is 0."""
        found = {(count.channel, count.purpose, count.state): count for count in counts}
        for key in self._seen | found.keys():
            channel, purpose, state = key
            labels = {"vssid.channel": channel.value, "vssid.purpose": purpose}
            count = found.get(key)
            self._depth.set(count.messages if count else 0, {**labels, "vssid.state": state.value})
            if state is State.WAITING:
                self._age.set((now - count.oldest).total_seconds() if count else 0, labels)
        self._seen |= found.keys()
