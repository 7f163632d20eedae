"""Guessing is slow, tells nothing, and locks out nobody whose device is known."""

from __future__ import annotations

import json
import statistics
import time

import pytest

from gateway.demo.people import DemoParticipant
from tests.journeys.conftest import Gateway, Start, credentials
from tests.journeys.phones import SIGN_IN, sign_in

OWN, STRANGE = "my-own-device-0000", "strangers-device-0000"
ME = "{ me { id } }"


async def test_strangers_lock_out_nobody_whose_device_is_known(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, OWN))["token"]
    for _ in range(3):
        refusals = [(await sign_in(gateway, person, STRANGE, f"guess {n}"))["code"] for n in range(7)]
        assert refusals[-1] == "TOO_MANY_ATTEMPTS"
        assert (await gateway.post(ME, token)).status_code == 200
        again = await sign_in(gateway, person, OWN)
        assert again["__typename"] == "SignedIn"
        token = again["token"]
        gateway.clock.advance(minutes=30)


async def test_a_known_device_is_counted_by_itself(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    await sign_in(gateway, person, OWN)
    refusals = [(await sign_in(gateway, person, OWN, f"guess {n}"))["code"] for n in range(7)]
    assert refusals == ["WRONG_CREDENTIALS"] * 5 + ["TOO_MANY_ATTEMPTS"] * 2
    assert (await sign_in(gateway, person, STRANGE))["__typename"] == "OtherDeviceActive"


async def test_delays_grow_and_floods_do_not_prolong_them(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person, allowed = people[1], list[int]()
    for minute in range(0, 8 * 60, 15):
        for guess in range(7 if minute == 0 else 2):
            if (await sign_in(gateway, person, STRANGE, f"guess {guess}"))["code"] == "WRONG_CREDENTIALS":
                allowed.append(minute)
        gateway.clock.advance(minutes=15)
    assert allowed == [0] * 5 + [15, 45, 105, 225, 465]


@pytest.mark.parametrize(
    "device",
    [
        {"identifier": "short"},
        {"identifier": "x" * 129},
        {"identifier": "with blanks 0000000"},
        {"identifier": "thiết-bị-của-tôi-000"},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\u202eb"},
    ],
    ids=str,
)
async def test_a_malformed_device_is_the_callers_mistake(
    gateway: Gateway, people: list[DemoParticipant], device: dict[str, str]
) -> None:
    given = credentials(people[1].social_security_code)
    given["device"] = {"identifier": OWN, "name": "Máy", "platform": "IOS", **device}
    answer = await gateway.post(SIGN_IN, variables={"credentials": given})
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert json.dumps(given["device"]["identifier"]) not in answer.text  # type: ignore[index]


async def test_whether_there_is_an_account_cannot_be_timed(
    start: Start, people: list[DemoParticipant]
) -> None:
    """Pairs, one after the other, so that whatever else the machine does falls on both."""
    settings = {
        "VSSID_ACCOUNTS_SIGN_IN_ATTEMPTS": "10",
        "VSSID_HASHING_MEMORY": str(19 * 1024),
        "VSSID_HASHING_PASSES": "2",
    }
    somebody, nobody = list[float](), list[float]()
    async with start(**settings) as gateway:
        for number in range(40):
            person = people[3 + number % 40]
            for code, seconds in ((person.social_security_code, somebody), (f"00999999{number:02}", nobody)):
                started = time.perf_counter()
                given = credentials(code, "a wrong password", STRANGE)
                outcome = (await gateway.data(SIGN_IN, credentials=given))["signIn"]
                seconds.append(time.perf_counter() - started)
                assert outcome == {
                    "__typename": "SignInRefused",
                    "code": "WRONG_CREDENTIALS",
                    "retryAt": None,
                }
    difference = statistics.median(known - unknown for known, unknown in zip(somebody, nobody, strict=True))
    assert abs(difference) < max(0.005, 0.2 * statistics.median(nobody))
