"""``/downloads/<ticket>``: files, for the session whose ticket it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.context import RequestContext, Services
from gateway.downloads import DOWNLOADS_PATH, NoSuchDownload, Produced
from gateway.edge.addresses import client_addresses
from gateway.edge.answers import SAFE, Reply, request_ids
from gateway.edge.cookies import SessionCookie
from gateway.edge.graphql import told
from gateway.edge.negotiation import Head, language
from gateway.errors import BAD_REQUEST, DEADLINE_EXCEEDED, NOT_FOUND, ClientError
from gateway.execution import Executor

_HEADERS: Final[Mapping[str, str]] = {
    **{name.decode(): value.decode() for name, value in SAFE},
    # Whatever is in the file, a browser that shows it runs nothing of it and lets nobody frame it.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
}


class DownloadEndpoint:
    """Serves files. A ticket that is wrong, old or somebody else's is one answer: there is no such thing."""

    def __init__(self, executor: Executor, services: Services) -> None:
        self._executor = executor
        self._services = services
        self._cookie = SessionCookie(secure=services.settings.core.production)
        self._request_ids = request_ids()
        self._client_address = client_addresses(services.settings.core.trusted_networks)

    def routes(self) -> list[Route]:
        """Where it is served."""
        return [Route(f"{DOWNLOADS_PATH}/{{ticket}}", self.download, methods=["GET"])]

    async def download(self, request: Request) -> Response:
        """The file, or a refusal in the form of GraphQL's errors."""
        head = Head(request.scope["headers"])
        spoken, request_id = language(head.get(b"accept-language")), next(self._request_ids)
        try:
            head.check(request.scope["http_version"])
            async with asyncio.timeout(self._services.settings.core.request_timeout):
                token, by_cookie = self._token(head)
                viewer = await self._executor.viewer(token, by_cookie=by_cookie)
                peer = request.client.host if request.client else None
                address = self._client_address(peer, head.get(b"x-forwarded-for"))
                context = RequestContext(
                    self._services, viewer, self._services.clock(), spoken, request_id, address
                )
                produced = await self._services.downloads.open(context, request.path_params["ticket"])
        except NoSuchDownload:
            refusal = ClientError(NOT_FOUND)
        except TimeoutError:
            refusal = ClientError(DEADLINE_EXCEEDED)
        except Exception as fault:  # noqa: BLE001  whatever it is: the caller gets an answer, the log its place
            refusal = told(fault, request_id)
        else:
            return _file(produced, request_id)
        reply = Reply.refusal(refusal, spoken, request_id)
        headers = {name.decode(): value.decode() for name, value in reply.headers()}
        return Response(reply.body, reply.status, headers)

    def _token(self, head: Head) -> tuple[str | None, bool]:
        """The token of a request, from one place, as at the graph's endpoint; and whether that was the cookie."""
        sent, kept = head.token(), self._cookie.token(head)
        if sent is not None and kept is not None:
            raise ClientError(BAD_REQUEST, reason="two_credentials")
        return sent or kept, kept is not None


def _file(produced: Produced, request_id: str) -> Response:
    name = quote(produced.file_name, safe="")
    headers = {
        **_HEADERS,
        "content-type": produced.media_type,
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "x-request-id": request_id,
    }
    return Response(produced.content, 200, headers)
