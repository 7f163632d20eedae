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


class Site:
    """``/graphql`` goes straight to its endpoint: a router would cost a trusted query a good part of its time."""

    def __init__(self, graphql: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._graphql = graphql
        self._others = Starlette(routes=routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve HTTP and lifespan events; there are no websockets."""
        graphql = scope["type"] == "http" and scope["path"] == GRAPHQL_PATH
        await (self._graphql if graphql else self._others)(scope, receive, send)


def site(
    executor: Answers,
    core: CoreSettings,
    ping: Callable[[], Awaitable[None]],
    draining: threading.Event,
    more: Sequence[BaseRoute] = (),
) -> Site:
    """The endpoint, the health questions, and ``more`` (the explorer's routes in development)."""
    return Site(GraphQLEndpoint(executor, core), [*Health(ping, draining).routes(), *more])
