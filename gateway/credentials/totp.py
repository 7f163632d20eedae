"""Codes of authenticator apps (RFC 6238): six digits, for thirty seconds each."""

from __future__ import annotations

import datetime as dt
import re
from hmac import compare_digest
from typing import Final

import pyotp

STEP: Final = 30
"""Seconds that a code is for."""
LEEWAY: Final = 1
"""Steps that a clock may be behind or ahead."""
ISSUER: Final = "VssID"

_CODE: Final = re.compile(r"[0-9]{6}")
_OF_NOBODY: Final = "A" * 32


def new_totp_secret() -> str:
    """160 random bits in base32, as an authenticator app takes them."""
    return pyotp.random_base32()


def totp_uri(secret: str, account: str) -> str:
    """What is shown as a QR code for an app to read: ``otpauth://totp/...``. It holds the secret."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=account, issuer_name=ISSUER)


def totp_step(secret: str | None, code: str, now: dt.datetime, used: int | None = None) -> int | None:
    """The step (since 1970) that a code is for, or None where it is wrong, or no later than the step ``used`` already.

    Store the step in a statement that demands it to be later than the one stored: of two uses at once one wins. Without a
    secret no code is right, after as much work.
    """
    current = int(now.timestamp()) // STEP
    codes = pyotp.TOTP(secret or _OF_NOBODY, interval=STEP)
    found: int | None = None
    for step in range(current - LEEWAY, current + LEEWAY + 1):
        if compare_digest(codes.generate_otp(step), code if _CODE.fullmatch(code) else ""):
            found = step
    return None if secret is None or found is None or (used is not None and found <= used) else found
