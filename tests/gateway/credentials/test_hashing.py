"""Password hashing: right answers, the same work for everybody, and room for so many at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from argon2 import PasswordHasher

from gateway.credentials import LONGEST, PasswordHashing, PasswordTooLong, salted_hash
from gateway.errors import UNAVAILABLE, ClientError
from gateway.settings import CoreSettings


def cheap(**more: object) -> CoreSettings:
    """Settings with which a hash takes no time."""
    return CoreSettings.model_validate({"hashing_memory": 8, "hashing_passes": 1, **more})


@pytest.fixture
async def hashing() -> AsyncIterator[PasswordHashing]:
    async with PasswordHashing(cheap()) as opened:
        yield opened


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is closed, no password is verified."""
    opened = threading.Event()
    monkeypatch.setattr(PasswordHasher, "verify", lambda *_: opened.wait(30))
    yield opened
    opened.set()


@pytest.mark.parametrize(
    ("password", "typed"),
    [
        ("mat-khau-2020", "mat-khau-2020"),
        ("M\u1ead t kh\u1ea9u", "Ma\u0323\u0302 t khâ\u0309u"),
        ("\uff11\uff12\uff13", "123"),
        ("a\0b", "a\0b"),
        ("\ud800", "\ud800"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
async def test_the_same_password_however_it_is_typed(
    hashing: PasswordHashing, password: str, typed: str
) -> None:
    assert await hashing.verify(await hashing.hash(password), typed)


@pytest.mark.parametrize(
    ("password", "typed"),
    [
        ("secret", "Secret"),
        ("secret", ""),
        ("a\0b", "a\0c"),
        ("x" * LONGEST, "x" * (LONGEST + 1)),
        ("", "x" * 10**6),
    ],
)
async def test_another_password(hashing: PasswordHashing, password: str, typed: str) -> None:
    assert not await hashing.verify(await hashing.hash(password), typed)


async def test_too_long_a_password_is_not_hashed(hashing: PasswordHashing) -> None:
    with pytest.raises(PasswordTooLong):
        await hashing.hash("x" * (LONGEST + 1))


async def test_hashes_are_salted_argon2id_with_the_parameters_of_the_settings(
    hashing: PasswordHashing,
) -> None:
    first, second = await hashing.hash("secret"), await hashing.hash("secret")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")


async def test_a_given_salt_gives_a_hash_like_the_others(hashing: PasswordHashing) -> None:
    made = salted_hash("secret", b"sixteen salt bytes", cheap())

    assert made == salted_hash("secret", b"sixteen salt bytes", cheap())
    assert await hashing.verify(made, "secret")


@pytest.mark.parametrize(("known", "password"), [(True, "wrong"), (False, "wrong"), (True, "x" * 1_000)])
async def test_every_refusal_is_one_verification_of_equal_cost(
    hashing: PasswordHashing, monkeypatch: pytest.MonkeyPatch, known: bool, password: str
) -> None:
    stored = await hashing.hash("secret")
    verified: list[str] = []
    verify = PasswordHasher.verify

    def spy(self: PasswordHasher, expected: str, secret: bytes) -> bool:
        verified.append(expected)
        return verify(self, expected, secret)

    monkeypatch.setattr(PasswordHasher, "verify", spy)
    assert not await hashing.verify(stored if known else None, password)
    assert [expected.split("$")[1:4] for expected in verified] == [stored.split("$")[1:4]]


async def test_when_the_queue_is_full_more_are_refused_at_once(gate: threading.Event) -> None:
    settings = cheap(hashing_workers=1, hashing_waiting=2)
    async with PasswordHashing(settings) as hashing:
        admitted = [asyncio.ensure_future(hashing.verify(None, "x")) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(ClientError) as refused:
            await hashing.verify(None, "x")
        assert refused.value.code is UNAVAILABLE
        gate.set()
        assert await asyncio.gather(*admitted) == [False, False, False]
        assert await hashing.verify(None, "x") is False


async def test_a_caller_that_gives_up_makes_no_room_while_its_password_is_hashed(
    gate: threading.Event,
) -> None:
    settings = cheap(hashing_workers=1, hashing_waiting=0)
    async with PasswordHashing(settings) as hashing:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(hashing.verify(None, "x"), 0.01)
        with pytest.raises(ClientError):
            await hashing.verify(None, "x")
        gate.set()


async def test_a_caller_that_gives_up_while_waiting_leaves_the_queue(gate: threading.Event) -> None:
    settings = cheap(hashing_workers=1, hashing_waiting=1)
    async with PasswordHashing(settings) as hashing:
        first = asyncio.ensure_future(hashing.verify(None, "x"))
        second = asyncio.ensure_future(hashing.verify(None, "x"))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        third = asyncio.ensure_future(hashing.verify(None, "x"))
        await asyncio.sleep(0)
        gate.set()
        assert await first is False
        assert await third is False
