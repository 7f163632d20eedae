"""A gateway in a test: composed of given plugins, on a given database, asked without HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import Table, insert

from gateway.access import Viewer
from gateway.app import Application, compose
from gateway.errors import Language
from gateway.execution import Answer, Caller, Executor, GraphQLRequest
from gateway.migrations.upgrading import upgrade

NOW: Final = dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC)
"""What the clock says in tests: ten in the morning in Vietnam."""

SECRET: Final = b"a secret of tests, the same each time"
"""The gateway's secret in tests."""

TableRows = Iterable[tuple[Table, Sequence[Mapping[str, object]]]]
"""Rows by table, in an order that their foreign keys allow."""

_NOTHING_PUBLISHED: Final = Path(__file__).with_name("nothing-published")


@asynccontextmanager
async def running(
    plugins: Mapping[str, object],
    url: str,
    rows: TableRows = (),
    *,
    now: dt.datetime = NOW,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Application]:
    """Compose plugins by name on a database (``sqlite:///...``), migrate it, write ``rows`` and open it.

    ``settings`` are further ``VSSID_*`` variables. Raises what :func:`gateway.app.compose` raises.
    """
    environ = {
        "VSSID_DATABASE_URL": url,
        "VSSID_SECRET_KEY": SECRET.decode(),
        "VSSID_SCHEMA_PATH": str(_NOTHING_PUBLISHED),
        **(settings or {}),
    }
    application = compose(environ, plugins=plugins, clock=lambda: now)
    async with application.running():
        await upgrade(url, application.branches)
        async with application.services.database.write() as connection:
            for table, values in rows:
                for value in values:
                    await connection.execute(insert(table), value)
        yield application


async def answer(
    application: Application,
    viewer: Viewer,
    document: str,
    variables: Mapping[str, object] | None = None,
    name: str | None = None,
) -> bytes:
    """The body that a viewer gets for a document, in English."""
    return (await answered(application.executor, viewer, document, variables, name)).body


async def answered(
    executor: Executor,
    viewer: Viewer,
    document: str,
    variables: Mapping[str, object] | None = None,
    name: str | None = None,
) -> Answer:
    """The same of a given executor, whole: ``planned`` tells who made it."""
    request = GraphQLRequest(document, None, name, variables or {})
    return await executor.execute(request, Caller(viewer, Language.EN, "test"))


async def ask(
    application: Application, viewer: Viewer, document: str, variables: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """The same, read: ``data`` and, where there are any, ``errors``."""
    body: dict[str, Any] = orjson.loads(await answer(application, viewer, document, variables))
    return body
