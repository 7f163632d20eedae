"""Answers that were written down before: what HTTP alone costs on uvicorn. The file ``ANSWERS`` has them by request body."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]


class Application:
    """The ASGI application."""

    def __init__(self, answers: Path) -> None:
        written: dict[str, str] = json.loads(answers.read_text(encoding="utf-8"))
        self._answers = {body.encode(): answer.encode() for body, answer in written.items()}

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer a POST with the answer for its very bytes."""
        assert scope["type"] == "http"
        message = await receive()
        body = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        answer = self._answers[body]
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


app = Application(Path(os.environ["ANSWERS"]))
