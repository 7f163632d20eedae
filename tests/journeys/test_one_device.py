"""One account on one device: the warning, the code, and what becomes of the device before."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from gateway.demo.people import DemoParticipant
from plugins.accounts.models import credential, session
from tests.journeys.conftest import Gateway, Start
from tests.journeys.phones import Outcome, codes, received, sign_in, step, wrong

FIRST, SECOND = "first-device-0000", "second-device-0000"
ME = "{ me { id } }"


async def code_of(gateway: Gateway, token: str) -> str | None:
    """With which code a token is refused."""
    answer = (await gateway.post(ME, token)).json()
    return answer["errors"][0]["extensions"]["code"] if "errors" in answer else None


async def live_sessions(gateway: Gateway, person: DemoParticipant) -> int:
    """How many sessions a participant has that were not ended."""
    wanted = select(func.count()).where(session.c.subject == person.key, session.c.ended_at.is_(None))
    async with gateway.application.services.database.read() as connection:
        count: int = (await connection.execute(wanted)).scalar_one()
    return count


async def test_a_second_device_is_warned_and_takes_the_firsts_place(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    first = await sign_in(gateway, person, FIRST)
    assert first["__typename"] == "SignedIn"
    gateway.clock.advance(hours=1)
    warned = await sign_in(gateway, person, SECOND)
    assert {key: warned[key] for key in ("__typename", "deviceName", "since")} == {
        "__typename": "OtherDeviceActive",
        "deviceName": f"Máy {FIRST}",
        "since": "2020-12-01T09:00:00+07:00",
    }
    assert await code_of(gateway, first["token"]) is None
    assert await received(gateway, person) == []

    sent = await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=SECOND)
    assert sent["sentTo"].endswith(person.phone[-3:])
    assert person.phone not in str(sent)
    assert sent["validUntil"] == "2020-12-01T10:05:00+07:00"
    (code,) = await codes(gateway, person)
    confirmation = {"challenge": sent["challenge"], "code": code}
    second = await step(gateway, "confirmDevice", confirmation=confirmation, device=SECOND)

    assert second["__typename"] == "SignedIn"
    assert await code_of(gateway, second["token"]) is None
    assert await code_of(gateway, first["token"]) == "SESSION_REPLACED"
    refused = await gateway.post(ME, first["token"])
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    notices = [text for text in await received(gateway, person) if code not in text]
    assert [text.partition(",")[0] for text in notices] == [
        "VssID: tai khoan cua ban da dang nhap tren thiet bi khac luc 10:00 01/12/2020"
    ]


async def test_the_same_device_signs_in_again_without_a_code(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    first, again = [await sign_in(gateway, person, FIRST) for _ in range(2)]
    assert again["__typename"] == "SignedIn"
    assert await code_of(gateway, first["token"]) == "UNAUTHENTICATED"
    assert await received(gateway, person) == []


@pytest.mark.parametrize("ended", ["signed out", "expired"])
async def test_a_device_that_is_free_is_taken_at_once(
    gateway: Gateway, people: list[DemoParticipant], ended: str
) -> None:
    person = people[1]
    first = await sign_in(gateway, person, FIRST)
    if ended == "signed out":
        await gateway.data("mutation { signOut { at } }", first["token"])
    else:
        gateway.clock.advance(days=31)
    assert (await sign_in(gateway, person, SECOND))["__typename"] == "SignedIn"
    assert await code_of(gateway, first["token"]) == "UNAUTHENTICATED"


async def test_a_warning_is_not_a_failed_attempt_and_opens_nothing(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    first = await sign_in(gateway, person, FIRST)
    warnings = [await sign_in(gateway, person, SECOND) for _ in range(7)]
    assert {warning["__typename"] for warning in warnings} == {"OtherDeviceActive"}
    assert await live_sessions(gateway, person) == 1
    assert await code_of(gateway, warnings[0]["challenge"]) == "UNAUTHENTICATED"
    assert await code_of(gateway, first["token"]) is None


async def test_a_challenge_is_of_its_device_and_its_purpose(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    await sign_in(gateway, person, FIRST)
    warned = await sign_in(gateway, person, SECOND)
    over = {"__typename": "ChallengeRefused", "challengeRefusal": "CHALLENGE_OVER", "retryAt": None}
    asked = {"challenge": warned["challenge"]}
    assert await step(gateway, "continueOnThisDevice", **asked, device="third-device-0000") == over
    early = {"challenge": warned["challenge"], "code": "000000"}
    assert await step(gateway, "confirmDevice", confirmation=early, device=SECOND) == over
    new = {"newPassword": "hoa sưa tháng ba", "repeatedPassword": "hoa sưa tháng ba"}
    change = {"challenge": warned["challenge"], "device": SECOND, **new}
    assert await step(gateway, "changeRequiredPassword", change=change) == over
    await step(gateway, "continueOnThisDevice", **asked, device=SECOND)
    (code,) = await codes(gateway, person)
    confirmation = {"challenge": warned["challenge"], "code": code}
    assert await step(gateway, "confirmRequiredPassword", confirmation=confirmation, device=SECOND) == over
    assert await step(gateway, "confirmDevice", confirmation=confirmation, device=FIRST) == over
    assert (await step(gateway, "confirmDevice", confirmation=confirmation, device=SECOND))["token"]


async def test_a_code_of_another_challenge_does_not_fit(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    mine, theirs = people[1], people[3]
    asked: list[Outcome] = []
    for person in (mine, theirs):
        await sign_in(gateway, person, FIRST)
        warned = await sign_in(gateway, person, SECOND)
        asked.append(
            await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=SECOND)
        )
    (code,) = await codes(gateway, theirs)
    confirmation = {"challenge": asked[0]["challenge"], "code": code}
    outcome = await step(gateway, "confirmDevice", confirmation=confirmation, device=SECOND)
    assert outcome["challengeRefusal"] == "CODE_WRONG"


async def asked_for_code(gateway: Gateway, person: DemoParticipant) -> tuple[str, str]:
    """A challenge whose code was sent, and the code."""
    await sign_in(gateway, person, FIRST)
    warned = await sign_in(gateway, person, SECOND)
    await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=SECOND)
    return warned["challenge"], (await codes(gateway, person))[-1]


async def confirm(gateway: Gateway, challenge: str, code: str) -> str:
    """What confirming the second device comes to."""
    confirmation = {"challenge": challenge, "code": code}
    outcome = await step(gateway, "confirmDevice", confirmation=confirmation, device=SECOND)
    refusal: str = outcome.get("challengeRefusal") or outcome["__typename"]
    return refusal


async def test_five_guesses_end_a_challenge_whatever_is_sent_again(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    challenge, code = await asked_for_code(gateway, person)
    assert [await confirm(gateway, challenge, wrong(code)) for _ in range(3)] == ["CODE_WRONG"] * 3
    resent = await step(gateway, "resendCode", challenge=challenge, device=SECOND)
    assert resent["__typename"] == "CodeSent"
    latest = (await codes(gateway, person))[-1]
    answers = [await confirm(gateway, challenge, wrong(latest)) for _ in range(3)]
    assert answers == ["CODE_WRONG"] * 2 + ["CHALLENGE_OVER"]
    assert await confirm(gateway, challenge, latest) == "CHALLENGE_OVER"
    assert (await step(gateway, "resendCode", challenge=challenge, device=SECOND))["challengeRefusal"]


async def test_a_code_counts_once_and_not_for_long(gateway: Gateway, people: list[DemoParticipant]) -> None:
    challenge, code = await asked_for_code(gateway, people[1])
    gateway.clock.advance(minutes=5)
    assert await confirm(gateway, challenge, code) == "CHALLENGE_OVER"
    await step(gateway, "resendCode", challenge=challenge, device=SECOND)
    latest = (await codes(gateway, people[1]))[-1]
    if latest != code:
        assert await confirm(gateway, challenge, code) == "CODE_WRONG"
    assert await confirm(gateway, challenge, latest) == "SignedIn"
    assert await confirm(gateway, challenge, latest) == "CHALLENGE_OVER"


async def test_guesses_of_all_challenges_of_an_account_are_counted_together(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person, answers = people[1], list[str]()
    for _ in range(4):
        challenge, code = await asked_for_code(gateway, person)
        answers += [await confirm(gateway, challenge, wrong(code)) for _ in range(5)]
        gateway.clock.advance(hours=1)
    assert answers == ["CODE_WRONG"] * 15 + ["TOO_MANY_CODES"] * 5


async def test_codes_are_sent_so_often_and_then_there_is_a_pause(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    challenge, _ = await asked_for_code(gateway, people[1])
    outcomes = [await step(gateway, "resendCode", challenge=challenge, device=SECOND) for _ in range(4)]
    assert [outcome["__typename"] for outcome in outcomes] == ["CodeSent"] * 2 + ["ChallengeRefused"] * 2
    assert outcomes[-1]["challengeRefusal"] == "TOO_MANY_CODES"
    assert outcomes[-1]["retryAt"] == "2020-12-01T10:00:00+07:00"
    assert len(await codes(gateway, people[1])) == 3


async def race_of_devices(gateway: Gateway, person: DemoParticipant, devices: int) -> None:
    """Devices take each other's place at once: one of them has the session in the end."""
    names = [f"device-in-a-race-{number:04}" for number in range(devices)]
    await sign_in(gateway, person, FIRST)
    asked: dict[str, tuple[str, str]] = {}
    for name in names:
        warned = await sign_in(gateway, person, name)
        sent = await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=name)
        asked[name] = sent["challenge"], (await codes(gateway, person))[-1]
        gateway.clock.advance(seconds=1)

    async def confirmed(name: str) -> Outcome:
        challenge, code = asked[name]
        confirmation = {"challenge": challenge, "code": code}
        return await step(gateway, "confirmDevice", confirmation=confirmation, device=name)

    outcomes = await asyncio.gather(*map(confirmed, names))
    assert {outcome["__typename"] for outcome in outcomes} == {"SignedIn"}
    assert await live_sessions(gateway, person) == 1
    refusals = [await code_of(gateway, outcome["token"]) for outcome in outcomes]
    assert sorted(refusals, key=str) == [None] + ["SESSION_REPLACED"] * (devices - 1)


async def race_of_uses(gateway: Gateway, person: DemoParticipant, uses: int) -> None:
    """One code is used at once by several: one of them has it."""
    challenge, code = await asked_for_code(gateway, person)
    answers = await asyncio.gather(*(confirm(gateway, challenge, code) for _ in range(uses)))
    assert sorted(answers) == ["CHALLENGE_OVER"] * (uses - 1) + ["SignedIn"]
    assert await live_sessions(gateway, person) == 1


async def race_of_guesses(gateway: Gateway, person: DemoParticipant, guesses: int) -> None:
    """Many guesses at once: five are looked at."""
    challenge, code = await asked_for_code(gateway, person)
    answers = await asyncio.gather(*(confirm(gateway, challenge, wrong(code)) for _ in range(guesses)))
    assert answers.count("CODE_WRONG") == 5
    assert set(answers) <= {"CODE_WRONG", "CHALLENGE_OVER", "TOO_MANY_CODES"}


RACES = {"devices": (race_of_devices, 8), "uses": (race_of_uses, 4), "guesses": (race_of_guesses, 60)}
PATIENT = {
    "VSSID_DATABASE_WAIT": "30",
    "VSSID_ACCOUNTS_CODES_PER_PARTICIPANT": "1000000",
    "VSSID_ACCOUNTS_CODES_PER_NUMBER": "1000000",
    "VSSID_ACCOUNTS_SIGN_INS_PER_ADDRESS": "1000000",
    "VSSID_ACCOUNTS_SIGN_INS_TOGETHER": "1000000",
}


async def begin_anew(gateway: Gateway) -> None:
    """Nobody is signed in, passwords and counters are as on the first day."""
    gateway.clock.advance(days=2)
    async with gateway.application.services.database.write() as work:
        await work.execute(update(session).values(ended_at=gateway.clock.now))
        await work.execute(update(credential).values(changed_at=gateway.clock.now))


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("rounds", [3, pytest.param(334, marks=pytest.mark.exhaustive)])
async def test_races_have_one_end(
    start: Start, people: list[DemoParticipant], race: str, rounds: int
) -> None:
    run, contenders = RACES[race]
    async with start(**PATIENT) as gateway:
        for number in range(rounds):
            await run(gateway, people[3 + number % 18], contenders)
            await begin_anew(gateway)
