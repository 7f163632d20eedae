"""Pages of plugins: each path has one owner."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gateway.app import compose
from gateway.context import Services
from gateway.hookspecs import hookimpl
from gateway.registry import StartupRefused


async def page(request: Request) -> Response:
    """Anything."""
    return PlainTextResponse("anything")


class Paged:
    """A plugin with pages."""

    def __init__(self, *paths: str) -> None:
        self._paths = paths

    @hookimpl
    def http_routes(self, services: Services) -> Sequence[Route]:
        return [Route(path, page) for path in self._paths]


def composed_routes(**plugins: Paged) -> list[str]:
    """The paths of all."""
    environ = {
        "VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened",
        "VSSID_SCHEMA_PATH": "/nonexistent",
    }
    return [route.path for route in compose(environ, plugins=plugins).routes]


def test_paths_of_all_plugins_are_served() -> None:
    assert composed_routes(yard=Paged("/yard", "/yard/gate"), pond=Paged("/pond", "/graphqlite")) == [
        "/pond",
        "/graphqlite",
        "/yard",
        "/yard/gate",
    ]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/pond", "yard: /pond: pond declares this path too"),
        ("/graphql", "yard: /graphql: paths at /graphql are the core's; choose another"),
        ("/health/ready", "yard: /health/ready: paths at /health are the core's; choose another"),
        ("/explorer/x", "yard: /explorer/x: paths at /explorer are the core's; choose another"),
    ],
)
def test_a_path_that_is_taken(path: str, why: str) -> None:
    with pytest.raises(StartupRefused) as refused:
        composed_routes(yard=Paged(path), pond=Paged("/pond"))
    assert why in str(refused.value)
