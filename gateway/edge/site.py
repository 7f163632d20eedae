"""The whole site as one ASGI application."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.graphql import Answers, GraphQLEndpoint
from gateway.edge.health import Health
from gateway.settings import CoreSettings

GRAPHQL_PATH: Final = "/graphql"


class Site(Starlette):
    """``/graphql`` goes straight to its endpoint: a router would cost a trusted query a good part of its time."""

    def __init__(self, graphql: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=routes)
        self._graphql = graphql

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:  # type: ignore[override]
        """Serve HTTP and lifespan events; there are no websockets."""
        if scope["type"] == "http" and scope["path"] == GRAPHQL_PATH:
            return self._graphql(scope, receive, send)
        return super().__call__(scope, receive, send)


def site(
    executor: Answers,
    core: CoreSettings,
    ping: Callable[[], Awaitable[None]],
    draining: threading.Event,
    more: Sequence[BaseRoute] = (),
) -> Site:
    """The endpoint, the health questions, and ``more``: downloads, the plugins' routes, the explorer's in development."""
    return Site(GraphQLEndpoint(executor, core), [*Health(ping, draining).routes(), *more])
