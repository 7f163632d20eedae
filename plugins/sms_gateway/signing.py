"""How requests are signed, so that the gateway knows them as ours and as new."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping


def signed_headers(body: bytes, key_id: str, secret: bytes, now: dt.datetime) -> Mapping[str, str]:
    """``Vssid-Timestamp`` is in seconds since 1970; ``Vssid-Signature`` the HMAC-SHA256, in hex, of it, a dot, and the body.

    Whoever receives it compares the signature in constant time, and refuses a timestamp more than five minutes away.
    """
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"vssid-key": key_id, "vssid-timestamp": timestamp, "vssid-signature": f"v1={signature}"}
