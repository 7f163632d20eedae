"""The client's address: the peer's, unless a trusted proxy says otherwise."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.addresses import client_addresses
from gateway.settings import SettingsRefused, load

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("2001:db8:aa::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("10.0.0.1", "10.3.3.3, 10.2.2.2", "10.3.3.3"),
        ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"),
        ("10.0.0.1", "2001:db8::9,2001:db8:aa::1", "2001:db8::9"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:aa::1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, _hidden", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, x, 10.2.2.2", "10.2.2.2"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (None, "203.0.113.9", None),
        ("somewhere", "203.0.113.9", "somewhere"),
    ],
)
def test_the_header_is_read_from_its_end(peer: str | None, forwarded: str | None, client: str | None) -> None:
    header = None if forwarded is None else forwarded.encode()
    assert client_addresses(TRUSTED)(peer, header) == client


def test_nobody_is_trusted_without_a_setting() -> None:
    assert client_addresses(())("10.0.0.1", b"203.0.113.9") == "10.0.0.1"


@given(st.binary(max_size=3000))
def test_any_header_gives_an_address(header: bytes) -> None:
    assert client_addresses(TRUSTED)("10.0.0.1", header)
    assert client_addresses(TRUSTED)("10.0.0.1", header + b", 203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize("networks", ["proxy.example", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8,,x"])
def test_the_setting_takes_networks(networks: str) -> None:
    with pytest.raises(SettingsRefused, match="VSSID_TRUSTED_PROXIES"):
        load({"VSSID_TRUSTED_PROXIES": networks}, {})
    assert load({"VSSID_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}, {}).core.trusted_networks
