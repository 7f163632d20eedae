"""Sealing: opened by the same key, for the same purpose and holder, and by nothing else."""

from __future__ import annotations

import base64

import pytest

from gateway.credentials import Sealing

SECRET = b"a secret of the gateway, thirty-two"
SEALED = Sealing(SECRET, "officers totp").sealed("JBSWY3DPEHPK3PXP", "o1")


def test_what_was_sealed_is_opened() -> None:
    assert Sealing(SECRET, "officers totp").opened(SEALED, "o1") == "JBSWY3DPEHPK3PXP"


def test_a_sealed_text_does_not_show_it() -> None:
    assert b"JBSWY3DPEHPK3PXP" not in base64.b64decode(SEALED)


@pytest.mark.parametrize(
    ("secret", "purpose", "holder", "sealed"),
    [
        (b"another" * 5, "officers totp", "o1", SEALED),
        (SECRET, "accounts totp", "o1", SEALED),
        (SECRET, "officers totp", "o2", SEALED),
        (SECRET, "officers totp", "o1", SEALED[:-8] + "AAAAAAA="),
        (SECRET, "officers totp", "o1", ""),
        (SECRET, "officers totp", "o1", "not base64 at all"),
        (SECRET, "officers totp", "o1", "é"),
    ],
)
def test_nothing_else_opens_it(secret: bytes, purpose: str, holder: str, sealed: str) -> None:
    assert Sealing(secret, purpose).opened(sealed, holder) is None
