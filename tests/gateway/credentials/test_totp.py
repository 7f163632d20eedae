"""Codes of authenticator apps: the published vectors, the clock's leeway, and each step once."""

from __future__ import annotations

import base64
import datetime as dt

import pytest

from gateway.credentials import new_totp_secret, totp_step, totp_uri
from gateway.credentials.totp import STEP

SECRET = base64.b32encode(b"12345678901234567890").decode()


def at(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    assert totp_step(SECRET, code, at(seconds)) == seconds // STEP


@pytest.mark.parametrize(("late", "known"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_differ_a_little(late: int, known: bool) -> None:
    assert (totp_step(SECRET, "081804", at(1111111109 + late)) is not None) is known


def test_a_step_counts_once() -> None:
    step = 1111111109 // STEP
    assert totp_step(SECRET, "081804", at(1111111109), used=step - 1) == step
    assert totp_step(SECRET, "081804", at(1111111109), used=step) is None
    assert totp_step(SECRET, "081804", at(1111111109), used=step + 1) is None


@pytest.mark.parametrize(
    "code", ["", "81804", "0818040", " 081804", "081804\n", "\uff10\uff18\uff11804", "x" * 10**6]
)
def test_what_is_no_code(code: str) -> None:
    assert totp_step(SECRET, code, at(1111111109)) is None


def test_nobody_has_a_code() -> None:
    assert totp_step(None, "081804", at(1111111109)) is None


def test_secrets_differ_and_apps_can_read_them() -> None:
    first, second = new_totp_secret(), new_totp_secret()
    assert first != second
    assert len(base64.b32decode(first)) == 20
    assert totp_uri(first, "lan.nguyen") == f"otpauth://totp/VssID:lan.nguyen?secret={first}&issuer=VssID"
