"""The console's session in a cookie, which scripts cannot read and other sites cannot use.

A browser sends a cookie by itself, so a request counts as its bearer's only where another site's page could not have sent it:
with a header that no form and no image can set, and that a script of another origin may not, since no answer of ours ever
grants that (CORS).
"""

from __future__ import annotations

from typing import Final

from gateway.edge.answers import Header
from gateway.edge.negotiation import Head
from gateway.errors import BAD_REQUEST, FORBIDDEN, ClientError

PROOF: Final = b"x-vssid-console"
"""The header that a request with the cookie has to have, whatever its value."""


class SessionCookie:
    """Reads and writes the cookie. In production it is for HTTPS alone and no subdomain can set it (``__Host-``)."""

    def __init__(self, *, secure: bool) -> None:
        self._name = b"__Host-vssid" if secure else b"vssid"
        self._schemes = (b"https",) if secure else (b"http", b"https")
        self._rest = b"; Path=/; HttpOnly; SameSite=Strict" + (b"; Secure" if secure else b"")

    def token(self, head: Head) -> str | None:
        """The token in a request's cookie, None without one; raise :class:`ClientError` where another site may have sent it."""
        sent = head.get(b"cookie")
        if sent is None:
            return None
        found = [value for name, value in map(_pair, sent.split(b";")) if name == self._name]
        if not found:
            return None
        if len(found) > 1:
            raise ClientError(BAD_REQUEST, reason="repeated_cookie")
        if not found[0].isascii():
            raise ClientError(BAD_REQUEST, reason="cookie")
        self._check_origin(head)
        return found[0].decode()

    def header(self, token: str) -> Header:
        """The header that keeps a token; an empty one has the browser forget what it has."""
        end = b"" if token else b"; Max-Age=0"
        return (b"set-cookie", self._name + b"=" + token.encode("ascii") + self._rest + end)

    def _check_origin(self, head: Head) -> None:
        if not head.get(PROOF):
            raise ClientError(FORBIDDEN, reason="console_header_missing")
        origin = head.get(b"origin")
        host = (head.get(b"host") or b"").lower()
        if origin is not None and origin.lower() not in [scheme + b"://" + host for scheme in self._schemes]:
            raise ClientError(FORBIDDEN, reason="cross_origin")
        if head.get(b"sec-fetch-site") not in (None, b"same-origin"):
            raise ClientError(FORBIDDEN, reason="cross_origin")


def _pair(part: bytes) -> tuple[bytes, bytes]:
    name, _, value = part.partition(b"=")
    return name.strip(), value.strip()
