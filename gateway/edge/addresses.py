"""Where a request comes from, through the proxies that an operator trusts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Network = IPv4Network | IPv6Network
ClientAddress = Callable[[str | None, bytes | None], str | None]

REMEMBERED: Final = 1024
"""Pairs of peer and header whose meaning is kept."""

LONGEST: Final = 1024
"""Bytes of a header that are looked at, its end."""

_WITH_PORT: Final = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]+)?|([0-9.]+):[0-9]+")


def client_addresses(trusted: tuple[Network, ...]) -> ClientAddress:
    """A function from the peer's address and the header ``X-Forwarded-For`` to the client's address.

    The header counts only where the peer is trusted. Each proxy appends whom it heard, so it is read from its end: the
    first address that is not trusted is the client's. Before it anybody may have written anything.
    """

    @lru_cache(REMEMBERED)
    def client_address(peer: str | None, forwarded: bytes | None) -> str | None:
        address = None if peer is None else _address(peer)
        if address is None:
            return peer
        entries = forwarded[-LONGEST:].decode("latin-1").split(",") if forwarded else []
        while entries and _is_in(address, trusted):
            before = _address(entries.pop().strip())
            if before is None:  # no address: the last one that is, is all that we know
                break
            address = before
        return str(address)

    return client_address if trusted else lambda peer, _: peer


def _is_in(address: IPv4Address | IPv6Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    match = _WITH_PORT.fullmatch(text)
    try:
        parsed = ip_address(text if match is None else match[1] or match[2])
    except ValueError:
        return None
    mapped = None if isinstance(parsed, IPv4Address) else parsed.ipv4_mapped
    return parsed if mapped is None else mapped
