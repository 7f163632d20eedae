"""Signed heads of the audit trail: what stood at its end, for whoever keeps them elsewhere to hold against it later."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, insert, select

from gateway.audit.entries import spelt
from gateway.audit.models import end, head
from gateway.jobs import Job

if TYPE_CHECKING:
    from gateway.context import Services
    from gateway.settings import CoreSettings

_LOG: Final = logging.getLogger("gateway.audit")
_LINE: Final = re.compile(
    r"audit head ([1-9][0-9]{0,17}) ([0-9a-f]{64}) ([0-9T:.-]{26}Z) ([0-9a-f]{64}) ([0-9a-f]{128})"
)


@dataclass(frozen=True)
class Head:
    """That entry ``number`` had this ``hash`` at a moment (spelt as in entries). ``key`` is the public key that signed it."""

    number: int
    hash: str
    at: str
    key: str
    signature: str

    @property
    def line(self) -> str:
        """Itself as a line of a log or file, from which :meth:`among` reads it."""
        return f"audit head {self.number} {self.hash} {self.at} {self.key} {self.signature}"

    @classmethod
    def among(cls, text: str) -> Iterator[Self]:
        """The heads in a text, whatever stands around them."""
        for number, *rest in _LINE.findall(text):
            yield cls(int(number), *rest)

    @property
    def is_genuine(self) -> bool:
        """Whether its key has signed it."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            key.verify(bytes.fromhex(self.signature), _signed(self.number, self.hash, self.at))
        except (InvalidSignature, ValueError):
            return False
        return True


class HeadKey:
    """Signs heads. Made of a secret text; whoever has the public half can check them and make none."""

    def __init__(self, secret: str) -> None:
        seed = HKDF(SHA256(), 32, salt=None, info=b"vssid audit heads").derive(secret.encode())
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: Final = self._private.public_key().public_bytes_raw().hex()

    @classmethod
    def of(cls, core: CoreSettings) -> HeadKey | None:
        """The key of the settings; None in development without one, where nothing outlives the process."""
        secret = core.audit_key or core.secret_key
        return None if secret is None else cls(secret.get_secret_value())

    def sign(self, number: int, hash_: str, now: dt.datetime) -> Head:
        """A head."""
        at = spelt(now)
        return Head(number, hash_, at, self.public, self._private.sign(_signed(number, hash_, at)).hex())


def _signed(number: int, hash_: str, at: str) -> bytes:
    return f"vssid audit head {number} {hash_} {at}".encode()


async def sign_head(services: Services) -> Head | None:
    """Sign what stands at the trail's end, keep it and log it; None without a key, or where no entry came since the last head."""
    key = HeadKey.of(services.settings.core)
    if key is None:
        return None
    async with services.database.write() as connection:
        number, hash_ = (await connection.execute(select(end.c.number, end.c.hash).with_for_update())).one()
        if number <= (await connection.scalar(select(func.max(head.c.number))) or 0):
            return None
        now = services.clock()
        made = key.sign(number, hash_, now)
        row = {"number": number, "hash": hash_, "at": now, "key": made.key, "signature": made.signature}
        await connection.execute(insert(head), row)
    _LOG.info(made.line)
    return made


async def _sign(services: Services) -> None:
    await sign_head(services)


SIGNING: Final = Job("head", dt.timedelta(hours=1), _sign)
"""Signs a head each hour."""
