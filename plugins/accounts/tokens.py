"""Bearer tokens: 256 random bits in a spelling that scanners of leaked secrets recognise; only their hash is stored."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import Final

PREFIX: Final = "vss_"
_TOKEN: Final = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


def new_token() -> str:
    """``vss_`` and 43 characters that are safe in a URL."""
    return PREFIX + secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether a text is spelt as a token; nothing else is worth a question to the database."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What is stored: SHA-256 in hexadecimal. A token cannot be guessed, so a slow hash would protect nothing more."""
    return sha256(token.encode()).hexdigest()
