"""Bearer tokens: 256 random bits in a spelling that scanners of leaked secrets recognise; only their hash is stored.

Each kind of session has a prefix of its own, as ``vss_``: a token of another kind is known to be none before anybody is asked.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import Final

_RANDOM: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token(prefix: str) -> str:
    """The prefix and 43 characters that are safe in a URL."""
    return prefix + secrets.token_urlsafe(32)


def is_token(text: str, prefix: str) -> bool:
    """Whether a text is spelt as a token of this prefix; nothing else is worth a question to the database."""
    return text.startswith(prefix) and _RANDOM.fullmatch(text, len(prefix)) is not None


def token_hash(token: str) -> str:
    """What is stored: SHA-256 in hexadecimal. A token cannot be guessed, so a slow hash would protect nothing more."""
    return sha256(token.encode()).hexdigest()
