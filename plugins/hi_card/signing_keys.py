"""The key pairs that sign what phones show: made, encrypted at rest, changed with an overlap, published, retired.

The private half is encrypted with AES-256-GCM under a key derived (HKDF-SHA256) from ``VSSID_SECRET_KEY``; its id and public
half are authenticated with it, so that rows cannot be exchanged. A new key is published at once and signs a day later, when
everybody who checks has fetched it. Without a secret, which only development may lack, there is one pair per process and none
in the table.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import Services
from gateway.errors import ClientError
from plugins.hi_card.models import signing_key
from plugins.hi_card.refusals import NO_SIGNING_KEY
from plugins.hi_card.verification import encoded

OVERLAP: Final = dt.timedelta(days=1)
"""How long a new key is published before it signs."""
_PURPOSE: Final = b"vssid hi_card signing keys 1"
_NONCE: Final = 12
_KEYS: Final = (
    select(signing_key).where(signing_key.c.retired_at.is_(None)).order_by(signing_key.c.signs_from)
)


class KeyRefused(Exception):
    """A key cannot be retired; the text says why."""


@dataclass(frozen=True)
class SigningKey:
    """A pair that signs."""

    id: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public half, base64url."""
        return encoded(self.private.public_key().public_bytes_raw())


@dataclass(frozen=True)
class KeyState:
    """A key as an operator sees it: ``state`` is waiting, signing, replaced or retired."""

    id: str
    state: str
    created_at: dt.datetime
    signs_from: dt.datetime


class SigningKeys:
    """The keys of this deployment."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = services.settings.core.secret_key is not None

    async def current(self) -> SigningKey:
        """The pair that signs now. Raises ClientError with ``NO_SIGNING_KEY``."""
        if not self._kept:
            return self._services.resource(ProcessKey).pair
        now = self._services.clock()
        signing = [row for row in await self._rows() if row.signs_from <= now]
        if not signing:
            raise ClientError(NO_SIGNING_KEY)
        return _opened(signing[-1], self._services.secret)

    async def published(self) -> list[dict[str, str]]:
        """The public halves of all that sign, signed or will, as JSON Web Keys."""
        if not self._kept:
            pair = self._services.resource(ProcessKey).pair
            return [json_web_key(pair.id, pair.public)]
        return [json_web_key(row.id, row.public_key) for row in await self._rows()]

    async def _rows(self) -> Sequence[Row[*tuple[Any, ...]]]:
        async with self._services.database.read() as connection:
            return (await connection.execute(_KEYS)).all()


class ProcessKey:
    """The one pair of a process without a secret: what it signs is worth something until it ends."""

    @cached_property
    def pair(self) -> SigningKey:
        """The pair."""
        return new_pair()

    async def __aenter__(self) -> ProcessKey:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is kept."""


async def rotate(work: AsyncConnection, secret: bytes, now: dt.datetime, *, at_once: bool) -> SigningKey:
    """Make a pair. It signs after :data:`OVERLAP`, or at once where no other does or that is asked for."""
    others = (await work.execute(_KEYS)).all()
    signs_at_once = at_once or not any(row.signs_from <= now for row in others)
    pair = new_pair()
    signs_from = now if signs_at_once else now + OVERLAP
    await work.execute(insert(signing_key), key_row(pair, secret, now, signs_from))
    return pair


def key_row(
    pair: SigningKey, secret: bytes, created_at: dt.datetime, signs_from: dt.datetime
) -> dict[str, object]:
    """A pair as the table holds it."""
    return {
        "id": pair.id,
        "public_key": pair.public,
        "private_key": _sealed(pair, secret),
        "created_at": created_at,
        "signs_from": signs_from,
        "retired_at": None,
    }


async def states(connection: AsyncConnection, now: dt.datetime) -> list[KeyState]:
    """Every key there ever was, the oldest first."""
    rows = (await connection.execute(select(signing_key).order_by(signing_key.c.signs_from))).all()
    signing = [row.id for row in rows if row.retired_at is None and row.signs_from <= now]

    def state(row: Any) -> str:
        if row.retired_at is not None:
            return "retired"
        if row.signs_from > now:
            return "waiting"
        return "signing" if row.id == signing[-1] else "replaced"

    return [KeyState(row.id, state(row), row.created_at, row.signs_from) for row in rows]


async def retire(work: AsyncConnection, key_id: str, now: dt.datetime) -> None:
    """Publish a key no more: what it signed counts nowhere from the next fetch on. Raises :class:`KeyRefused`."""
    known = {one.id: one for one in await states(work, now) if one.state != "retired"}
    if key_id not in known:
        raise KeyRefused("There is no such key, or it is retired already.")
    able = {one.id for one in known.values() if one.signs_from <= now}
    if able == {key_id}:
        raise KeyRefused("No other key could sign: rotate with --at-once first, and then retire this one.")
    retired = update(signing_key).where(signing_key.c.id == bindparam("key")).values(retired_at=now)
    await work.execute(retired, {"key": key_id})


def new_pair() -> SigningKey:
    """A pair that nobody has yet."""
    return SigningKey(os.urandom(8).hex(), Ed25519PrivateKey.generate())


def json_web_key(key_id: str, public: str) -> dict[str, str]:
    """A public half as verifiers read it (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key_id, "x": public}


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret))


def _sealed(pair: SigningKey, secret: bytes) -> str:
    nonce = os.urandom(_NONCE)
    bound = f"{pair.id} {pair.public}".encode()
    return base64.b64encode(
        nonce + _cipher(secret).encrypt(nonce, pair.private.private_bytes_raw(), bound)
    ).decode()


def _opened(row: Any, secret: bytes) -> SigningKey:
    kept = base64.b64decode(row.private_key)
    bound = f"{row.id} {row.public_key}".encode()
    try:
        raw = _cipher(secret).decrypt(kept[:_NONCE], kept[_NONCE:], bound)
    except InvalidTag:  # the secret is another one now
        raise ClientError(NO_SIGNING_KEY) from None
    return SigningKey(row.id, Ed25519PrivateKey.from_private_bytes(raw))
