"""Whether what a phone shows is true: signed tokens with a card's facts, checked without a database and a network.

A token is a JWS in compact form (RFC 7515) signed with Ed25519 (RFC 8037). It counts for a minute or two, so a copy of it is soon
worth nothing. Exactly one spelling of it counts: one algorithm, the three header fields that are expected and no other, and no
bits that the signature does not cover. The same rules stand in the page for hospitals (``web/src/card-check/verification.js``);
tests run both on the same tokens.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import enum
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALGORITHM: Final = "EdDSA"
TYPE: Final = "vssid-card+jwt"
ISSUER: Final = "vssid"
AUDIENCE: Final = "card-check"
LONGEST: Final = 4_096
LONGEST_LIFE: Final = dt.timedelta(minutes=5)
LEEWAY: Final = dt.timedelta(seconds=30)
"""By how much the clock of whoever checks may be wrong."""
_VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_IN_FORCE: Final = "ACTIVE"
_WRITTEN: Final = {
    "number": "no",
    "holder_name": "nm",
    "holder_birth": "bd",
    "benefit_level": "lv",
    "facility_code": "fc",
    "valid_from": "vf",
    "valid_to": "vt",
    "five_year_date": "fy",
    "state": "st",
}
"""The facts as a token spells them, short, since they become a picture that a phone has to show."""


class Outcome(enum.Enum):
    """What came of a check. The value is what ``vssid card verify`` exits with."""

    VALID = 0
    EXPIRED = 3
    NOT_YET_VALID = 4
    UNKNOWN_KEY = 5
    CHANGED = 6
    FOR_SOMETHING_ELSE = 7


class KeysRefused(ValueError):
    """A file is no set of public keys."""


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """What a hospital has to know. ``holder_birth`` is a day as 2001-02-28, or a year as 1950."""

    number: str
    holder_name: str
    holder_birth: str
    benefit_level: int
    facility_code: str
    valid_from: dt.date
    valid_to: dt.date | None
    five_year_date: dt.date | None
    state: str

    def written(self) -> dict[str, object]:
        """As a token spells them; what is not known is left out."""
        values = {_WRITTEN[field.name]: getattr(self, field.name) for field in fields(self)}
        spelt = {key: str(one) if isinstance(one, dt.date) else one for key, one in values.items()}
        return {key: one for key, one in spelt.items() if one is not None}

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> CardFacts:
        """The facts of a token. Raises KeyError, TypeError or ValueError."""
        found: dict[str, Any] = {name: written.get(key) for name, key in _WRITTEN.items()}
        for name in ("valid_from", "valid_to", "five_year_date"):
            found[name] = None if found[name] is None else dt.date.fromisoformat(found[name])
        if any(found[name] is None for name in _WRITTEN.keys() - {"valid_to", "five_year_date"}):
            raise KeyError("a fact is missing")
        return cls(**found)

    def in_force(self, moment: dt.datetime) -> bool:
        """Whether the card counts on that day in Vietnam."""
        day = moment.astimezone(_VIETNAM).date()
        return (
            self.state == _IN_FORCE
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True)
class Checked:
    """A check: the facts are there where the signature was good, so of an expired token too."""

    outcome: Outcome
    facts: CardFacts | None = None
    issued_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None


Keys = Mapping[str, Ed25519PublicKey]


def read_keys(text: str | bytes) -> Keys:
    """Public keys by key id, out of a JWK set. Other kinds of keys are passed over. Raises :class:`KeysRefused`."""
    try:
        listed = json.loads(text)["keys"]
        ours = [key for key in listed if key.get("kty") == "OKP" and key.get("crv") == "Ed25519"]
        return {
            key["kid"]: Ed25519PublicKey.from_public_bytes(_decoded(key["x"])) for key in ours if key["kid"]
        }
    except (ValueError, LookupError, TypeError, AttributeError):
        raise KeysRefused("not a set of public keys") from None


def verify(token: str, keys: Keys, now: dt.datetime) -> Checked:
    """Check a token with public keys at a moment. Whatever the token is, this answers."""
    try:
        signed, signature, kid, claims = _parts(token)
    except (ValueError, LookupError, TypeError, RecursionError):
        return Checked(Outcome.CHANGED)
    key = keys.get(kid)
    if key is None:
        return Checked(Outcome.UNKNOWN_KEY)
    try:
        key.verify(signature, signed)
        return _judged(claims, now)
    except (InvalidSignature, ValueError, LookupError, TypeError, OverflowError):
        return Checked(Outcome.CHANGED)


def _parts(token: str) -> tuple[bytes, bytes, str, dict[str, Any]]:
    """What was signed, the signature, the key's id and the claims, which nothing vouches for yet."""
    if len(token) > LONGEST:
        raise ValueError
    head, body, seal = token.split(".")
    header, claims = _object(head), _object(body)
    if header.keys() != {"alg", "kid", "typ"} or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise ValueError
    return f"{head}.{body}".encode("ascii"), _decoded(seal), str(header["kid"]), claims


def _object(part: str) -> dict[str, Any]:
    return {**json.loads(_decoded(part))}  # TypeError for what is no object


def _judged(claims: dict[str, Any], now: dt.datetime) -> Checked:
    if claims["iss"] != ISSUER or claims["aud"] != AUDIENCE:
        return Checked(Outcome.FOR_SOMETHING_ELSE)
    issued, expires = (dt.datetime.fromtimestamp(_whole(claims[name]), dt.UTC) for name in ("iat", "exp"))
    if not dt.timedelta(0) < expires - issued <= LONGEST_LIFE:
        raise ValueError
    facts = CardFacts.read(dict(claims["card"]))
    outcome = Outcome.VALID
    if now >= expires + LEEWAY:
        outcome = Outcome.EXPIRED
    elif now < issued - LEEWAY:
        outcome = Outcome.NOT_YET_VALID
    return Checked(outcome, facts, issued, expires)


def _whole(number: object) -> int:
    if type(number) is not int:
        raise TypeError
    return number


def _decoded(text: str) -> bytes:
    """Bytes of base64url in its one spelling: no padding, no stray bits at the end, which a signature would not cover."""
    if re.fullmatch("[A-Za-z0-9_-]+", text) is None:
        raise ValueError
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError from None
    if encoded(decoded) != text:
        raise ValueError
    return decoded


def encoded(given: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()
