"""Password hashing: argon2id in a few threads, with a bounded queue, so that signing in slows down nobody else."""

from __future__ import annotations

import asyncio
import base64
import secrets
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, Self, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type, hash_secret

from gateway.errors import UNAVAILABLE, ClientError
from gateway.settings import CoreSettings

P = ParamSpec("P")
T = TypeVar("T")

LONGEST: Final = 128
"""Characters of the longest password."""


DIGEST: Final = 32
"""Bytes of a hash, as the library makes them."""


class PasswordTooLong(ValueError):
    """A password of more than :data:`LONGEST` characters."""


def prepared(password: str) -> bytes:
    """What is hashed: the same for every way to type a text (NFKC). Raises :class:`PasswordTooLong`."""
    if len(password) > LONGEST:
        raise PasswordTooLong
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


class PasswordHashing:
    """The pool, one for the process: ``services.resource(PasswordHashing)``.

    Its methods raise :class:`ClientError` with ``UNAVAILABLE`` at once when the queue is full.
    """

    def __init__(self, settings: CoreSettings) -> None:
        self._hasher = PasswordHasher(settings.hashing_passes, settings.hashing_memory, parallelism=1)
        self._threads = ThreadPoolExecutor(settings.hashing_workers, "password")
        self._room = threading.BoundedSemaphore(settings.hashing_workers + settings.hashing_waiting)
        self._of_nobody = _hash_of_nobody(settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """A hash to store, with salt and parameters in it. Raises :class:`PasswordTooLong`."""
        return await self._in_thread(self._hasher.hash, prepared(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; without a hash (nobody of that name) no, after just as much work."""
        try:
            secret, expected = prepared(password), password_hash or self._of_nobody
        except PasswordTooLong:
            secret, expected = b"", self._of_nobody
        matches = await self._in_thread(self._matches, expected, secret)
        return matches and expected is not self._of_nobody

    def _matches(self, expected: str, secret: bytes) -> bool:
        try:
            return self._hasher.verify(expected, secret)
        except VerifyMismatchError:
            return False

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if not self._room.acquire(blocking=False):
            raise ClientError(UNAVAILABLE)
        future = self._threads.submit(work, *args, **kwargs)
        # When the thread is done, not when the caller is: who gives up waiting does not make room for more work.
        future.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(future)


def salted_hash(password: str, salt: bytes, settings: CoreSettings) -> str:
    """The hash with a given salt, computed here and now: for demo data, which is the same every time."""
    return hash_secret(
        prepared(password),
        salt,
        time_cost=settings.hashing_passes,
        memory_cost=settings.hashing_memory,
        parallelism=1,
        hash_len=DIGEST,
        type=Type.ID,
    ).decode()


def _hash_of_nobody(settings: CoreSettings) -> str:
    """A hash that costs what others cost, and that no password has: its digest is random."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode() for length in (16, DIGEST)
    )
    costs = f"m={settings.hashing_memory},t={settings.hashing_passes},p=1"
    return f"$argon2id$v=19${costs}${salt}${digest}"
