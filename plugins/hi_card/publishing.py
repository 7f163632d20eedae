"""Over HTTP, to whoever asks: the public keys, and the page with which a hospital checks codes without a network."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gateway.context import Services
from gateway.database import DatabaseBusy, DatabaseUnavailable
from plugins.hi_card.settings import HiCardSettings
from plugins.hi_card.signing_keys import SigningKeys

KEYS_PATH: Final = "/.well-known/vssid-card-keys.json"
PAGE_PATH: Final = "/card-check/"
_KEYS_PLACE: Final = b'<script type="application/json" id="built-in-keys">null</script>'
_INLINE: Final = re.compile(rb"<(script|style)>(.*?)</\1>", re.DOTALL)
_SAFE: Final = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class Publishing:
    """The routes."""

    def __init__(self, services: Services) -> None:
        self._keys = SigningKeys(services)
        self._clock = services.clock
        self._page = services.settings.section(HiCardSettings).check_page

    def routes(self) -> tuple[Route, ...]:
        """Keys, page, and the page's address without its stroke."""
        return (
            Route(KEYS_PATH, self.keys),
            Route(PAGE_PATH, self.page),
            Route(PAGE_PATH.rstrip("/"), self.redirected),
        )

    async def keys(self, request: Request) -> Response:
        """The JWK set. It may be kept for an hour; a new key is published a day before it signs."""
        try:
            body = orjson.dumps({"keys": await self._keys.published()})
        except (DatabaseUnavailable, DatabaseBusy):
            return _unavailable()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**_SAFE, "etag": tag, "cache-control": "public, max-age=3600"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/jwk-set+json")

    async def page(self, _request: Request) -> Response:
        """The page with the keys of now in it, so that it can be saved and used without a network."""
        template = _template(self._page)
        if template is None:
            return PlainTextResponse("The page has not been built: make card-check\n", 404, headers=_SAFE)
        try:
            published = await self._keys.published()
        except (DatabaseUnavailable, DatabaseBusy):
            return _unavailable()
        built_in = {"keys": published, "fetchedAt": int(self._clock().timestamp() * 1000)}
        data = orjson.dumps(built_in).replace(b"<", b"\\u003c")
        page = template.replace(_KEYS_PLACE, _KEYS_PLACE.replace(b"null", data))
        return Response(page, headers=_headers(template), media_type="text/html; charset=utf-8")

    async def redirected(self, _request: Request) -> Response:
        """To the page."""
        return RedirectResponse(PAGE_PATH)


def _template(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _headers(page: bytes) -> dict[str, str]:
    """Only what was built runs: script and style by their hashes, and the page speaks to this gateway alone."""
    policy = (
        f"default-src 'none'; script-src {_hashes(page, b'script')}; style-src {_hashes(page, b'style')};"
        " connect-src 'self'; img-src data:; media-src blob:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        **_SAFE,
        "content-security-policy": policy,
        "permissions-policy": "camera=(self), microphone=(), geolocation=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-cache",
    }


def _hashes(page: bytes, tag: bytes) -> str:
    found = [one[2] for one in _INLINE.finditer(page) if one[1] == tag]
    digests = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in found]
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"


def _unavailable() -> Response:
    return PlainTextResponse("Try again later.\n", 503, headers={**_SAFE, "retry-after": "5"})
