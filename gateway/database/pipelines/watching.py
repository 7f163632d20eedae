"""Hearing of a socket that the event loop does not own."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable


class Watch:
    """Calls back whenever a socket can be read, or written while that is wanted, or has failed.

    The loop watches an epoll that watches the socket: uvloop forgets a socket that fails, though what it received before
    is still to be read, and libpq closes a lost socket itself, under a loop that holds on to its number. Where there is no
    epoll the loop watches the socket.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: int, ready: Callable[[], None]) -> None:
        self._loop = loop
        self._socket = socket
        self._ready = ready
        self._writing = False
        self._epoll = select.epoll() if hasattr(select, "epoll") else None
        if self._epoll is not None:
            self._epoll.register(socket, select.EPOLLIN)
        self._watched = socket if self._epoll is None else self._epoll.fileno()
        loop.add_reader(self._watched, ready)

    def want_to_write(self, wanted: bool) -> None:
        """Call back also when the socket takes more, or no longer."""
        if wanted == self._writing:
            return
        self._writing = wanted
        if self._epoll is not None:
            self._epoll.modify(self._socket, select.EPOLLIN | select.EPOLLOUT if wanted else select.EPOLLIN)
        elif wanted:
            self._loop.add_writer(self._socket, self._ready)
        else:
            self._loop.remove_writer(self._socket)

    def close(self) -> None:
        """Call back no more."""
        self._loop.remove_reader(self._watched)
        if self._epoll is not None:
            self._epoll.close()
        elif self._writing:
            self._loop.remove_writer(self._socket)
