"""What the holder shows: a card's facts, signed, for a minute or two."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from plugins.hi_card.signing_keys import SigningKey
from plugins.hi_card.verification import ALGORITHM, AUDIENCE, ISSUER, TYPE, CardFacts

_NAME_BYTES: Final = 12


@dataclass(frozen=True)
class SignedFacts:
    """A token and how long it counts."""

    token: str
    issued_at: dt.datetime
    expires_at: dt.datetime


def signed(
    facts: CardFacts, key: SigningKey, now: dt.datetime, life: dt.timedelta, secret: bytes
) -> SignedFacts:
    """Sign a card's facts. The token's own name follows from card and moment, and nobody can work it out."""
    from jwt import PyJWS  # noqa: PLC0415  it takes a tenth of a second to load, which starting need not wait for

    issued = now.replace(microsecond=0)
    named = blake2b(f"{facts.number} {now.isoformat()}".encode(), key=secret[:64], digest_size=_NAME_BYTES)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": int(issued.timestamp()),
        "exp": int((issued + life).timestamp()),
        "jti": named.hexdigest(),
        "card": facts.written(),
    }
    # Letters as they are and not as \u escapes: a name would be twice as long in the picture.
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
    token = PyJWS().encode(payload, key.private, ALGORITHM, headers={"kid": key.id, "typ": TYPE})
    return SignedFacts(token, issued, issued + life)
