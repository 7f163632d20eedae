"""What the development inbox contributes to the gateway: nothing at all in production."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.context import Services
from gateway.hookspecs import Tables, hookimpl
from gateway.jobs import Job
from gateway.outbox import Channel, DeliveryAdapter
from gateway.settings import Settings
from plugins.dev_inbox import models
from plugins.dev_inbox.arriving import Inbox, forget_old, newest
from plugins.dev_inbox.page import HEADERS, page
from plugins.dev_inbox.settings import DevInboxSettings


@hookimpl
def settings_section() -> type[DevInboxSettings]:
    return DevInboxSettings


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def delivery_adapters(settings: Settings) -> Sequence[DeliveryAdapter]:
    return () if settings.core.production else tuple(Inbox(channel) for channel in Channel)


@hookimpl
def background_jobs() -> Sequence[Job]:
    return (Job("forget_old", dt.timedelta(hours=1), forget_old),)


@hookimpl
def http_routes(services: Services) -> Sequence[Route]:
    async def inbox(_request: Request) -> Response:
        return HTMLResponse(page(await newest(services)), headers=HEADERS)

    return () if services.settings.core.production else (Route("/dev/inbox", inbox),)
