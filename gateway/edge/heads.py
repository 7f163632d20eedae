"""Heads of requests that were answered before: the same bytes mean the same again, and nobody has to read them twice.

A client says the same before every body: its token, what it accepts. What a parser and our own checks make of those bytes, at
the beginning of a request, follows from the bytes alone. So when a request was read in the ordinary way, checked and answered,
what its head meant can be kept, and the next request with the very same head is known by it. Nothing here reads a head:
it is the same, byte for byte, or it goes the ordinary way.

What is kept grants nothing and holds no token, only where in the head it is: who asks is asked anew for every request.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from gateway.edge.arrivals import WholeArrival

HEAD: Final = "vssid.http.request.head"
"""An ASGI extension of our server: the :class:`Place` where the meaning of a request's head can be kept."""

CAPACITY: Final = 4096
"""Heads that a process keeps, at less than a kilobyte each; the least recently used is given up."""

LONGEST: Final = 2048
"""Bytes of a head that may be kept."""

SIGHTINGS: Final = 1 << 14
"""Heads, at most, that are remembered to have been seen once; eight bytes each."""

_END: Final = b"\r\n\r\n"
"""Between a head and its body; what is kept of a head is without it."""

Meaning = Callable[[WholeArrival], Coroutine[Any, Any, None]]
"""Answers a request of which the head is known."""


class Known(NamedTuple):
    """What is kept of a head: its digest, how long the whole request is, where the token is, and who answers."""

    digest: bytes
    whole: int
    token: slice | None
    meaning: Meaning


class Heads:
    """At most ``capacity`` heads of requests whose length is announced in them.

    Heads are found by Python's hash of their bytes, which is quick, secret and different in each process, and are the same
    only if a digest says so, of which nobody can find two. A head is kept when it comes for the second time: many never do.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[int, Known] = OrderedDict()
        self._seen = array("q", bytes(8 * SIGHTINGS))

    def __len__(self) -> int:
        return len(self._kept)

    def recall(self, data: bytes) -> tuple[Known, bytes] | None:
        """What is known of a request that is exactly these bytes, with nothing missing and nothing behind it; and its body."""
        head, _, body = data.partition(_END)
        key = hash(head)
        known = self._kept.get(key)
        if known is None or known.whole != len(data) or known.digest != blake2b(head).digest():
            return None
        self._kept.move_to_end(key)
        return known, body

    def place(self, data: bytes, body: bytes | bytearray) -> Place | None:
        """Where the head of a request can be kept that was exactly these bytes, and of which the parser told this body.

        That just the body, as it is, follows the first empty line shows that the head ends there, and that the body was
        sent plainly. None as well for a head that was not seen before.
        """
        head, end, rest = data.partition(_END)
        if not end or not body or rest != body or len(head) > LONGEST or not self._seen_before(head):
            return None
        return Place(self, head, len(data))

    def _seen_before(self, head: bytes) -> bool:
        key = hash(head)
        at = key % SIGHTINGS
        if self._seen[at] == key:
            return True
        self._seen[at] = key
        return False

    def keep(self, head: bytes, known: Known) -> None:
        """Keep a head; another may have to go."""
        key = hash(head)
        self._kept[key] = known
        self._kept.move_to_end(key)
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)


class Place:
    """For an application to say what the head of a request means that it has answered."""

    __slots__ = ("_head", "_heads", "_whole")

    def __init__(self, heads: Heads, head: bytes, whole: int) -> None:
        self._heads = heads
        self._head = head
        self._whole = whole

    def keep(self, token: str | None, meaning: Meaning) -> None:
        """Have ``meaning`` called for the next requests with this head; ``token``, if any, they have in the same place."""
        at = None
        if token is not None:
            start = self._head.index(token.encode())
            at = slice(start, start + len(token))
        self._heads.keep(self._head, Known(blake2b(self._head).digest(), self._whole, at, meaning))
