"""What delivers messages: adapters of plugins, one for each channel."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol

from gateway.outbox.messages import Channel, Message

if TYPE_CHECKING:
    from gateway.context import Services


class NotDelivered(Exception):
    """Why a message was not delivered, in a few fixed words (``status 503``): they are stored and logged.

    ``is_final``: it never will be, however often it is tried. ``retry_after``: not to be tried again sooner.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, retry_after: dt.timedelta | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        self.retry_after = retry_after


class DeliveryAdapter(Protocol):
    """Delivers the messages of one channel, several at once."""

    @property
    def channel(self) -> Channel:
        """Which messages it takes."""
        ...

    async def deliver(self, message: Message, services: Services) -> None:
        """Hand a message over; it counts as sent when this returns. Cancelled where it takes too long.

        The same ``dedupe_key`` may come again after a crash: pass it on, so that whoever receives it can tell. Raises
        :class:`NotDelivered`; any other exception counts as a fault that may pass.
        """
        ...
