"""The explorer page, in development only: static files that were built at set-up, and example operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access import Audience

POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "  # the editor writes its colours into style elements
    "font-src 'self' data:; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: everything comes from here, and the page can speak to nobody else."""

_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


@dataclass(frozen=True)
class ExampleOperation:
    """An operation to try; ``token`` is a demo identity's, None where the audience is anonymous."""

    audience: Audience
    name: str
    query: str
    variables: dict[str, object] | None = None
    token: str | None = None


Examples = Callable[[], Awaitable[Sequence[ExampleOperation]]]


def explorer_routes(folder: Path, examples: Examples) -> list[BaseRoute]:
    """``/explorer/`` and ``/explorer/operations.json``; mount them in development only."""

    async def operations(_request: Request) -> Response:
        return JSONResponse([asdict(one) | {"audience": one.audience.value} for one in await examples()])

    async def page(_request: Request) -> Response:
        return RedirectResponse("/explorer/")

    inside = Router([Route("/operations.json", operations), Mount("/", _files(folder))])
    return [Route("/explorer", page), Mount("/explorer", _Guarded(inside))]


def _files(folder: Path) -> ASGIApp:
    if (folder / "index.html").is_file():
        return StaticFiles(directory=folder, html=True)
    return PlainTextResponse("The explorer page has not been built: make explorer\n", 404)


class _Guarded:
    """Adds the headers that keep a page to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, guarded)
