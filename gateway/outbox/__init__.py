"""Messages to people: written in the transaction of what they tell of, delivered afterwards, whatever happens in between."""

from __future__ import annotations

from gateway.outbox.delivering import DeliveryAdapter, NotDelivered
from gateway.outbox.messages import Channel, Message
from gateway.outbox.posting import post

__all__ = ["Channel", "DeliveryAdapter", "Message", "NotDelivered", "post"]
