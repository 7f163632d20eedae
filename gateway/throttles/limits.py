"""What may be tried how often, and who is counted for an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from itertools import takewhile
from typing import Final

SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that whoever uses it did not choose."""


@dataclass(frozen=True)
class Limit:
    """``attempts`` in a ``period``, which starts with the first of them; what is refused is not counted.

    With ``longest``: ``attempts`` in a row, and then one after each delay. A delay is a ``period`` at first and doubles up
    to ``longest``; after as much quiet beyond the last delay all is forgotten. Since only allowed attempts are counted, no
    flood makes anybody wait longer than ``longest``.
    """

    name: str
    attempts: int
    period: dt.timedelta
    longest: dt.timedelta | None = None

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.period <= dt.timedelta(0):
            raise ValueError(f"{self.name}: a limit allows one attempt at least, in a period")
        if self.longest is not None and self.longest < self.period:
            raise ValueError(f"{self.name}: the longest delay is not shorter than the first")

    @property
    def delays(self) -> list[dt.timedelta]:
        """The growing delays, the longest last."""
        assert self.longest is not None
        longest = self.longest
        return [*takewhile(lambda delay: delay < longest, _doubling(self.period)), longest]


def _doubling(delay: dt.timedelta) -> Iterator[dt.timedelta]:
    while True:
        yield delay
        delay *= 2


def network_of(address: str | None) -> str:
    """Who is counted for an address: the address itself of IPv4, and the network of 64 bits of IPv6, where one subscriber
    has all the rest. What is no address, or is not known, is counted together.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    mapped = parsed if isinstance(parsed, IPv4Address) else parsed.ipv4_mapped
    return str(mapped) if mapped is not None else str(ip_network((int(parsed), SUBSCRIBER), strict=False))
