"""Signed codes: they verify without anything but public keys, and nothing else does."""

from __future__ import annotations

import base64
import datetime as dt
import json
import string
from dataclasses import replace
from typing import Any

import jwt
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from plugins.hi_card.presentations import signed
from plugins.hi_card.signing_keys import SigningKey, json_web_key
from plugins.hi_card.squares import squares
from plugins.hi_card.verification import CardFacts, KeysRefused, Outcome, read_keys, verify

NOW = dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC)
LIFE = dt.timedelta(seconds=90)
SECRET = b"s" * 32
KEY = SigningKey("0011223344556677", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
OTHER = SigningKey("8899aabbccddeeff", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
FACTS = CardFacts(
    number="0012345678",
    holder_name="Nguyễn Thị Thuỳ Dương",
    holder_birth="1950",
    benefit_level=4,
    facility_code="01123",
    valid_from=dt.date(2026, 1, 1),
    valid_to=dt.date(2026, 12, 31),
    five_year_date=None,
    state="ACTIVE",
)
TOKEN = signed(FACTS, KEY, NOW, LIFE, SECRET).token
KEYS = read_keys(json.dumps({"keys": [json_web_key(KEY.id, KEY.public)]}))


def forged(
    header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, key: SigningKey = KEY
) -> str:
    """A token signed by a key, with other headers and claims than we would write; None leaves one out."""
    head, body, _ = TOKEN.split(".")
    parts = [
        {name: value for name, value in {**read(part), **(change or {})}.items() if value is not None}
        for part, change in ((head, header), (body, claims))
    ]
    text = ".".join(written(json.dumps(part).encode()) for part in parts)
    return f"{text}.{written(key.private.sign(text.encode()))}"


def read(part: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return read


def written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_token_is_good_for_its_time() -> None:
    checked = verify(TOKEN, KEYS, NOW)

    assert (checked.outcome, checked.facts) == (Outcome.VALID, FACTS)
    assert (checked.issued_at, checked.expires_at) == (NOW, NOW + LIFE)
    assert "00123" not in TOKEN.partition(".")[0]


def test_any_jws_library_reads_it() -> None:
    claims = jwt.decode(
        TOKEN, KEY.private.public_key(), ["EdDSA"], audience="card-check", options={"verify_exp": False}
    )

    assert claims["card"]["nm"] == FACTS.holder_name
    assert len(claims["jti"]) == 24


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [
        (-31, Outcome.NOT_YET_VALID),
        (-30, Outcome.VALID),
        (89, Outcome.VALID),
        (119, Outcome.VALID),
        (120, Outcome.EXPIRED),
        (10**8, Outcome.EXPIRED),
    ],
)
def test_time(seconds: int, outcome: Outcome) -> None:
    checked = verify(TOKEN, KEYS, NOW + dt.timedelta(seconds=seconds))

    assert (checked.outcome, checked.facts) == (outcome, FACTS)


@settings(max_examples=600)
@given(st.integers(0, len(TOKEN) * 8 - 1))
def test_any_flipped_bit_is_noticed(bit: int) -> None:
    raw = bytearray(TOKEN.encode())
    raw[bit // 8] ^= 1 << bit % 8

    assert verify(raw.decode("latin-1"), KEYS, NOW).outcome is not Outcome.VALID


def test_any_other_character_is_noticed() -> None:
    """Every place, among them the last one, of whose six bits only two are the signature's."""
    every = string.ascii_letters + string.digits + "-_"
    for place in range(len(TOKEN)):
        for letter in every if place == len(TOKEN) - 1 else "AB-_9z":
            changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
            assert (verify(changed, KEYS, NOW).outcome is Outcome.VALID) is (changed == TOKEN)


@given(st.text(max_size=300) | st.text("abcXYZ019-_.", max_size=300))
def test_whatever_is_scanned_is_answered(text: str) -> None:
    assert verify(text, KEYS, NOW).outcome is not Outcome.VALID


@pytest.mark.parametrize(
    ("token", "outcome"),
    [
        (forged({"alg": "none"}), Outcome.CHANGED),
        (forged({"alg": "HS256"}), Outcome.CHANGED),
        (forged({"alg": "Ed448"}), Outcome.CHANGED),
        (forged({"alg": None}), Outcome.CHANGED),
        (forged({"typ": "JWT"}), Outcome.CHANGED),
        (forged({"crit": ["exp"]}), Outcome.CHANGED),
        (forged({"jwk": json_web_key(KEY.id, KEY.public)}), Outcome.CHANGED),
        (forged({"jku": "https://example.org"}), Outcome.CHANGED),
        (forged(key=OTHER), Outcome.CHANGED),
        (forged({"kid": OTHER.id}, key=OTHER), Outcome.UNKNOWN_KEY),
        (forged({"kid": ["a"]}), Outcome.UNKNOWN_KEY),
        (forged(claims={"aud": "login"}), Outcome.FOR_SOMETHING_ELSE),
        (forged(claims={"iss": "somebody"}), Outcome.FOR_SOMETHING_ELSE),
        (forged(claims={"aud": None}), Outcome.CHANGED),
        (forged(claims={"exp": None}), Outcome.CHANGED),
        (forged(claims={"exp": 10**15}), Outcome.CHANGED),
        (forged(claims={"exp": 4_000_000_000}), Outcome.CHANGED),
        (forged(claims={"iat": True}), Outcome.CHANGED),
        (forged(claims={"exp": "1768446090"}), Outcome.CHANGED),
        (forged(claims={"card": None}), Outcome.CHANGED),
        (forged(claims={"card": {"no": "0012345678"}}), Outcome.CHANGED),
        (forged(claims={"card": "x"}), Outcome.CHANGED),
        (forged(), Outcome.VALID),
        (TOKEN + "=", Outcome.CHANGED),
        (" " + TOKEN, Outcome.CHANGED),
        (TOKEN + "\n", Outcome.CHANGED),
        (TOKEN.replace(".", ".."), Outcome.CHANGED),
        (TOKEN.rpartition(".")[0] + ".", Outcome.CHANGED),
        ("A" * 5_000, Outcome.CHANGED),
        (written(b"[" * 2_000) + "." + written(b"[" * 900) + ".AA", Outcome.CHANGED),
        ("", Outcome.CHANGED),
    ],
)
def test_forgeries(token: str, outcome: Outcome) -> None:
    assert verify(token, KEYS, NOW).outcome is outcome


def test_an_algorithm_is_not_confused_with_another() -> None:
    """The public key as the secret of an HMAC, the classic forgery."""
    secret = KEY.private.public_key().public_bytes_raw() + b"\0" * 32
    claims = read(TOKEN.split(".")[1])
    token = jwt.encode(claims, secret, "HS256", headers={"kid": KEY.id, "typ": "vssid-card+jwt"})

    assert verify(token, KEYS, NOW).outcome is Outcome.CHANGED


@pytest.mark.parametrize(
    ("change", "in_force"),
    [
        ({}, True),
        ({"state": "WITHDRAWN"}, False),
        ({"valid_to": dt.date(2026, 1, 14)}, False),
        ({"valid_to": dt.date(2026, 1, 15)}, True),
        ({"valid_to": None}, True),
        ({"valid_from": dt.date(2026, 1, 16)}, False),
    ],
)
def test_a_true_card_may_count_no_more(change: dict[str, Any], in_force: bool) -> None:
    facts = replace(FACTS, **change)
    token = signed(facts, KEY, NOW, LIFE, SECRET).token

    checked = verify(token, KEYS, NOW)

    assert (checked.outcome, checked.facts) == (Outcome.VALID, facts)
    assert facts.in_force(NOW) is in_force


def test_the_day_is_that_of_vietnam() -> None:
    evening = dt.datetime(2025, 12, 31, 17, 0, tzinfo=dt.UTC)

    assert FACTS.in_force(evening)
    assert not FACTS.in_force(evening - dt.timedelta(seconds=1))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"keys": 1}', '{"keys": [1]}', '{"keys": [{"kty": "OKP", "crv": "Ed25519"}]}', b"\xff"],
)
def test_what_is_no_set_of_keys(text: str | bytes) -> None:
    with pytest.raises(KeysRefused):
        read_keys(text)


def test_other_kinds_of_keys_are_passed_over() -> None:
    keys = [{"kty": "RSA", "n": "AQAB"}, json_web_key(OTHER.id, OTHER.public)]

    assert read_keys(json.dumps({"keys": keys})).keys() == {OTHER.id}


def test_a_scanner_reads_the_code() -> None:
    rows = squares(TOKEN, "L")
    side, unit, quiet = len(rows), 4, 4
    image = Image.new("L", ((side + 2 * quiet) * unit,) * 2, 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = (x + quiet) * unit, (y + quiet) * unit
                image.paste(0, (left, top, left + unit, top + unit))

    (found,) = zxingcpp.read_barcodes(image)

    assert found.text == TOKEN


def test_two_moments_give_two_tokens() -> None:
    later = signed(FACTS, KEY, NOW + dt.timedelta(microseconds=1), LIFE, SECRET).token

    assert read(later.split(".")[1])["jti"] != read(TOKEN.split(".")[1])["jti"]
