"""Serving: uvicorn with our protocol and deadlines, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any, Final, TypeVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import Config

from gateway.edge.deadlines import DeadlineProtocol, Deadlines
from gateway.edge.heads import Heads
from gateway.edge.recognising import RecognisingProtocol
from gateway.settings import CoreSettings

T = TypeVar("T")

BACKLOG: Final = 2048

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on uvloop where it is installed, on asyncio's own loop elsewhere."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415  not on every system

    return uvloop.new_event_loop


async def serve(
    app: ASGIApp,
    core: CoreSettings,
    draining: threading.Event,
    *,
    listener: socket.socket | None = None,
    started: Callable[[], None] = lambda: None,
    signals: bool = True,
) -> None:
    """Serve until SIGTERM or SIGINT, or until ``draining`` is set; then return when every request has its answer, after
    ``drain_timeout`` seconds at the latest.

    A signal sets ``draining`` at once; without ``signals`` they are left to the caller. ``listener`` replaces ``host`` and
    ``port``; ``started`` is called when connections are accepted. Raises :class:`OSError` when the address cannot be listened on.
    """
    if listener is None:
        listener = listen(core.host, core.port)
    await _Server(_config(app, core), draining, started, signals=signals).serve([listener])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small packets at once (TCP_NODELAY) on sockets that say they are TCP; others answer 40 ms later.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _config(app: ASGIApp, core: CoreSettings) -> Config:
    deadlines = Deadlines(idle=core.idle_timeout, receive=core.receive_timeout)
    return Config(
        app,
        http=RecognisingProtocol.serving(deadlines, Heads()),
        ws="none",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=core.drain_timeout,  # type: ignore[arg-type]  # any number will do
    )


class _Server(uvicorn.Server):
    """Tells when it drains, and returns after a signal instead of dying of it, so that its caller can close the rest."""

    def __init__(
        self, config: Config, draining: threading.Event, started: Callable[[], None], *, signals: bool
    ) -> None:
        super().__init__(config)
        self._signals = signals
        self._draining = draining
        self._tell_started = started
        self._impatient = False

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle the signals while serving."""
        if not self._signals or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain. A second SIGINT does not wait for answers."""
        self._draining.set()
        self._impatient = self._impatient or sig == signal.SIGINT
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections."""
        await super().startup(sockets)
        if self.started:
            self._tell_started()

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop; asked ten times a second."""
        return await super().on_tick(counter) or self._draining.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain. Who waits at a keyboard is not made to wait for clients that say nothing."""
        if self._impatient:
            for connection in list(self.server_state.connections):
                if isinstance(connection, DeadlineProtocol):
                    connection.leave()
        await super().shutdown(sockets)
