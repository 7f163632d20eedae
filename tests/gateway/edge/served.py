"""A server in a process of its own, for signals: ``python -m tests.gateway.edge.served SECONDS SETTINGS``.

Its requests take SECONDS; it writes its port when it is ready, and "closed" when everything is over.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading

from gateway.edge import listen, run, serve, site
from tests.gateway.edge.toy import ToyExecutor, nothing, settings


def say(text: object) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def main(seconds: float, core: dict[str, float]) -> None:
    """Serve until a signal comes."""

    async def work() -> None:
        await asyncio.sleep(seconds)

    draining = threading.Event()
    app = site(ToyExecutor(work), settings(**core), nothing, draining)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    await serve(app, settings(**core), draining, listener=listener, started=lambda: say(port))
    say("closed")


if __name__ == "__main__":
    run(main(float(sys.argv[1]), json.loads(sys.argv[2])))
