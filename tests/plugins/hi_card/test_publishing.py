"""Public keys at a well-known address, and the page for hospitals, kept to itself."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from gateway.app import Application
from gateway.testing import NOW, SECRET, running
from plugins.hi_card.models import signing_key
from plugins.hi_card.publishing import KEYS_PATH, PAGE_PATH, Publishing
from plugins.hi_card.signing_keys import key_row, new_pair
from plugins.hi_card.verification import read_keys
from tests.stores import Store

PAIR = new_pair()
BUILT = (
    '<style>a{}</style><script type="application/json" id="built-in-keys">null</script><script>run()</script>'
)


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store, tmp_path: Path) -> AsyncIterator[Application]:
    page = tmp_path / "index.html"
    page.write_text(BUILT)
    rows = [(signing_key, [key_row(PAIR, SECRET, NOW, NOW)])]
    settings = {"VSSID_HI_CARD_CHECK_PAGE": str(page)}
    async with running(plugins, store.url, rows, settings=settings) as application:
        yield application


def browser(gateway: Application) -> httpx.AsyncClient:
    site = Starlette(routes=Publishing(gateway.services).routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://localhost")


async def test_keys_are_published_and_may_be_kept(gateway: Application) -> None:
    answer = await browser(gateway).get(KEYS_PATH)

    assert read_keys(answer.content).keys() == {PAIR.id}
    assert "d" not in answer.json()["keys"][0]
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["content-type"] == "application/jwk-set+json"
    again = await browser(gateway).get(KEYS_PATH, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_has_the_keys_in_it_and_runs_nothing_else(gateway: Application) -> None:
    answer = await browser(gateway).get(PAGE_PATH)

    (data,) = re.findall(r'id="built-in-keys">(.*?)</script>', answer.text)
    assert orjson.loads(data)["fetchedAt"] == NOW.timestamp() * 1000
    assert read_keys(data).keys() == {PAIR.id}
    policy = answer.headers["content-security-policy"]
    for kind, text in (("script", b"run()"), ("style", b"a{}")):
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["permissions-policy"].startswith("camera=(self)")


async def test_the_address_without_stroke_and_a_page_that_is_not_built(
    gateway: Application, tmp_path: Path
) -> None:
    assert (await browser(gateway).get(PAGE_PATH[:-1])).headers["location"] == PAGE_PATH
    (tmp_path / "index.html").unlink()
    answer = await browser(gateway).get(PAGE_PATH)
    assert (answer.status_code, "make card-check" in answer.text) == (404, True)
