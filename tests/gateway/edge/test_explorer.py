"""The explorer page: our own files, and nothing from elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from starlette.routing import BaseRoute

from gateway.access import Audience
from gateway.edge import ExampleOperation, explorer_routes, site
from tests.gateway.edge.toy import ToyExecutor, nothing, settings

EXAMPLES = [
    ExampleOperation(Audience.PUBLIC, "Provinces", "{ provinces { name } }"),
    ExampleOperation(Audience.PARTICIPANT, "My card", "{ me { card { number } } }", {"a": 1}, "demo-token"),
]


async def examples() -> Sequence[ExampleOperation]:
    return EXAMPLES


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<title>explorer</title>")
    (tmp_path / "explorer.js").write_text("1")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


def browser(*routes: BaseRoute) -> httpx.AsyncClient:
    app = site(ToyExecutor(), settings(), nothing, threading.Event(), routes)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


@pytest.mark.parametrize(
    ("path", "kind"), [("/explorer/", "text/html"), ("/explorer/explorer.js", "text/javascript")]
)
async def test_the_page_is_served_and_kept_to_itself(built: Path, path: str, kind: str) -> None:
    response = await browser(*explorer_routes(built, examples)).get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(kind)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


async def test_the_address_without_slash_leads_to_the_page(built: Path) -> None:
    response = await browser(*explorer_routes(built, examples)).get(
        "/explorer", headers={"host": "evil.example"}
    )
    assert response.status_code == 307
    assert response.headers["location"] == "/explorer/"


async def test_example_operations_are_listed(built: Path) -> None:
    response = await browser(*explorer_routes(built, examples)).get("/explorer/operations.json")
    assert response.json() == [
        {
            "audience": "public",
            "name": "Provinces",
            "query": "{ provinces { name } }",
            "variables": None,
            "token": None,
        },
        {
            "audience": "participant",
            "name": "My card",
            "query": "{ me { card { number } } }",
            "variables": {"a": 1},
            "token": "demo-token",
        },
    ]
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize(
    "path", ["/explorer/../secret.txt", "/explorer/%2e%2e/secret.txt", "/explorer/..%2fsecret.txt"]
)
async def test_nothing_outside_the_folder_is_served(built: Path, path: str) -> None:
    response = await browser(*explorer_routes(built, examples)).get(path)
    assert response.status_code == 404
    assert "secret" not in response.text


async def test_a_page_that_was_not_built_says_what_to_do(tmp_path: Path) -> None:
    response = await browser(*explorer_routes(tmp_path, examples)).get("/explorer/")
    assert response.status_code == 404
    assert "make explorer" in response.text


async def test_without_its_routes_there_is_no_explorer() -> None:
    client = browser()
    for path in ("/explorer", "/explorer/", "/explorer/operations.json"):
        assert (await client.get(path)).status_code == 404
