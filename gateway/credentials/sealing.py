"""Secrets that have to be read again: sealed with the gateway's key, so that whoever reads the database alone learns nothing."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY: Final = 64


class Sealing:
    """Seals what a plugin keeps for one purpose: AES-SIV (RFC 5297) with a key derived from ``services.secret``.

    A sealed text belongs to its ``holder``: it cannot be opened for anybody else, so it is of no use in another's row.
    The same text is sealed the same way for the same holder.
    """

    def __init__(self, secret: bytes, purpose: str) -> None:
        derivation = HKDF(SHA512(), _KEY, salt=None, info=purpose.encode())
        self._cipher = AESSIV(derivation.derive(secret))

    def sealed(self, text: str, holder: str) -> str:
        """What is stored, in base64; about 22 characters longer than the text, and a third."""
        return base64.b64encode(self._cipher.encrypt(text.encode(), [holder.encode()])).decode()

    def opened(self, sealed: str, holder: str) -> str | None:
        """The text; None where it was sealed with another key or for somebody else."""
        try:
            return self._cipher.decrypt(base64.b64decode(sealed), [holder.encode()]).decode()
        except (InvalidTag, binascii.Error, ValueError):
            return None
