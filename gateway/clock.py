"""The one field of the core's own: the gateway's clock. It also gives every audience something to query."""

from __future__ import annotations

import datetime as dt

from gateway.access import ANYONE
from gateway.authoring import extends, resolved
from gateway.context import RequestContext
from gateway.entities import Query


async def server_time(context: RequestContext) -> dt.datetime:
    """The gateway's clock, for devices whose own is wrong (Giờ máy chủ)."""
    return context.now


@extends(Query)
class Clock:
    """What the core adds to the graph."""

    server_time: dt.datetime = resolved(server_time, rule=ANYONE)
