"""An SMS gateway on this machine, which answers as it is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class SmsServer:
    """Takes signed messages, each key once; ``answer`` replaces what it says to all."""

    secret: bytes
    answer: bytes | None = None
    silence: float = 0
    loses_answers: bool = False
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    sent: dict[str, Any] = field(default_factory=dict)
    url: str = ""

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the connection ends."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:-2]
                headers = dict(line.lower().split(": ", 1) for line in lines)
                body = await reader.readexactly(int(headers["content-length"]))
                self.requests.append((headers, body))
                await asyncio.sleep(self.silence)
                answer = self.answer or self._accepted(headers, body)
                if self.loses_answers:
                    return
                writer.write(answer)
                await writer.drain()
                if b"\r\n\r\n" not in answer:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _accepted(self, headers: dict[str, str], body: bytes) -> bytes:
        told = headers["vssid-timestamp"].encode() + b"." + body
        wanted = f"v1={hmac.new(self.secret, told, hashlib.sha256).hexdigest()}"
        if not hmac.compare_digest(wanted, headers["vssid-signature"]):
            return b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
        self.sent.setdefault(headers["idempotency-key"], json.loads(body))
        return OK


@asynccontextmanager
async def serving(server: SmsServer) -> AsyncIterator[SmsServer]:
    """The gateway, on a free port."""
    listening = await asyncio.start_server(server.converse, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/messages"
    async with listening:
        yield server
