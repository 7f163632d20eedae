"""Another phone number, another e-mail address: the password, a code to the old one, a code to the new one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.audit import audit_entries
from gateway.demo.people import DemoParticipant
from plugins.accounts.demo import DEMO_PASSWORD
from plugins.accounts.personal.models import contact
from tests.journeys.conftest import Gateway, Start
from tests.journeys.phones import Outcome, codes, received, sign_in, step, wrong

DEVICE, OTHER = "my-own-device-0000", "another-device-0000"
PHONE, EMAIL = "+84912345678", "lan.moi@example.org"
NEW = {"Phone": PHONE, "Email": EMAIL}
CONTACT = "{ me { phone email } }"


async def signed_in(gateway: Gateway, person: DemoParticipant) -> str:
    return str((await sign_in(gateway, person, DEVICE))["token"])


async def registered(gateway: Gateway, token: str) -> dict[str, Any]:
    found: dict[str, Any] = (await gateway.data(CONTACT, token))["me"]
    return found


async def give_email(gateway: Gateway, person: DemoParticipant, email: str | None) -> None:
    theirs = contact.c.participant_id == person.key
    async with gateway.application.services.database.write() as work:
        await work.execute(update(contact).where(theirs).values(email=email))


async def change(gateway: Gateway, token: str, what: str, new: str, password: str = DEMO_PASSWORD) -> Outcome:
    return await step(gateway, f"change{what}", token, change={"password": password, f"new{what}": new})


async def confirm(gateway: Gateway, token: str, which: str, asked: Outcome, code: str) -> Outcome:
    given = {"challenge": asked["challenge"], "code": code}
    return await step(gateway, f"confirm{which}", token, confirmation=given)


async def at_new(gateway: Gateway, token: str, what: str, old: str, new: str) -> tuple[Outcome, str]:
    """The second challenge of a change, and its code."""
    begun = await change(gateway, token, what, new)
    assert begun["__typename"] == "CodeSent", begun
    gateway.clock.advance(seconds=1)
    asked = await confirm(gateway, token, f"Old{what}", begun, (await codes(gateway, old))[-1])
    assert asked["__typename"] == "CodeSent", asked
    return asked, (await codes(gateway, new))[-1]


async def test_another_phone(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = await signed_in(gateway, person)
    begun = await change(gateway, token, "Phone", "0912 345 678")
    assert begun["sentTo"].endswith(person.phone[-3:])
    (old,) = await codes(gateway, person)
    assert "doi so dien thoai" in (await received(gateway, person))[0]
    assert await received(gateway, PHONE) == []
    gateway.clock.advance(seconds=1)
    asked = await confirm(gateway, token, "OldPhone", begun, old)
    assert asked["sentTo"].endswith("678")
    assert "so dien thoai moi" in (await received(gateway, PHONE))[0]
    assert (await registered(gateway, token))["phone"] == person.phone
    gateway.clock.advance(minutes=1)
    changed = await confirm(gateway, token, "NewPhone", asked, (await codes(gateway, PHONE))[0])
    assert changed == {"__typename": "ContactChanged", "at": "2020-12-01T09:01:01+07:00"}
    assert (await registered(gateway, token))["phone"] == PHONE, "and the session goes on"
    for number in (person.phone, PHONE):
        assert (await received(gateway, number))[-1].startswith(
            "VssID: so dien thoai cua tai khoan da duoc doi luc 09:01"
        )
    async with gateway.application.services.database.read() as connection:
        noted = await connection.execute(
            select(audit_entries.c.action, audit_entries.c.actor, audit_entries.c.subject).where(
                audit_entries.c.action == "accounts:change_phone"
            )
        )
        assert [tuple(one) for one in noted] == [("accounts:change_phone", person.key, person.key)]
    warned = await sign_in(gateway, person, OTHER)
    sent = await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=OTHER)
    assert sent["sentTo"].endswith("678"), "codes go to the new number"


@pytest.mark.parametrize("old", [None, "lan.cu@example.org"])
async def test_another_email(gateway: Gateway, people: list[DemoParticipant], old: str | None) -> None:
    person = people[1]
    await give_email(gateway, person, old)
    token = await signed_in(gateway, person)
    begun = await change(gateway, token, "Email", "Lan.Moi@EXAMPLE.org")
    at_old = old or person.phone
    assert begun["sentTo"] == ("l•••@e•••.org" if old else f"+84 ••• ••• {person.phone[-3:]}")
    assert len(await received(gateway, at_old)) == 1
    gateway.clock.advance(seconds=1)
    again = await step(gateway, "resendCode", token, challenge=begun["challenge"])
    assert again["sentTo"] == begun["sentTo"]
    asked = await confirm(gateway, token, "OldEmail", begun, (await codes(gateway, at_old))[-1])
    assert asked["sentTo"] == "L•••@e•••.org"
    gateway.clock.advance(seconds=1)
    again = await step(gateway, "resendCode", token, challenge=asked["challenge"])
    assert again["sentTo"] == asked["sentTo"]
    address = "Lan.Moi@example.org"
    lost, code = await codes(gateway, address)
    if lost != code:
        assert (await confirm(gateway, token, "NewEmail", asked, lost))["challengeRefusal"] == "CODE_WRONG"
    gateway.clock.advance(minutes=1)
    assert (await confirm(gateway, token, "NewEmail", asked, code))["__typename"] == "ContactChanged"
    assert await registered(gateway, token) == {"phone": person.phone, "email": address}
    for to in {person.phone, at_old, address}:
        assert "email cua tai khoan da duoc doi" in (await received(gateway, to))[-1]


@pytest.mark.parametrize(
    ("what", "new", "refusal", "field"),
    [
        ("Phone", "024 3936 1234", "PHONE_INVALID", "newPhone"),
        ("Phone", "", "PHONE_INVALID", "newPhone"),
        ("Phone", "own", "CONTACT_UNCHANGED", "newPhone"),
        ("Email", "lan@example", "EMAIL_INVALID", "newEmail"),
        ("Email", "LAN.CU@example.org", "CONTACT_UNCHANGED", "newEmail"),
    ],
)
async def test_what_is_not_asked_for_rightly(
    gateway: Gateway, people: list[DemoParticipant], what: str, new: str, refusal: str, field: str
) -> None:
    person = people[1]
    await give_email(gateway, person, "lan.cu@example.org")
    token = await signed_in(gateway, person)
    refused = await change(gateway, token, what, person.phone if new == "own" else new)
    assert (refused["changeRefusal"], refused["field"]) == (refusal, field)
    assert await received(gateway, person) == []


async def test_a_stolen_session_needs_the_password(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await signed_in(gateway, people[1])
    refusals = [
        (await change(gateway, token, "Phone", PHONE, f"guess {n}"))["changeRefusal"] for n in range(4)
    ]
    refusals += [
        (await change(gateway, token, "Email", EMAIL, f"guess {n}"))["changeRefusal"] for n in range(3)
    ]
    assert refusals == ["PRESENT_PASSWORD_WRONG"] * 5 + ["PRESENT_PASSWORD_PAUSE"] * 2
    paused = await change(gateway, token, "Phone", PHONE)
    assert paused["retryAt"] == "2020-12-01T09:15:00+07:00"
    assert await received(gateway, people[1]) == []
    gateway.clock.advance(minutes=15)
    assert (await change(gateway, token, "Phone", PHONE))["__typename"] == "CodeSent"


async def test_whoever_has_no_phone_goes_to_an_agency(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    token = await signed_in(gateway, people[1])
    async with gateway.application.services.database.write() as work:
        await work.execute(update(contact).values(phone=None, email=None))
    for what in NEW:
        assert (await change(gateway, token, what, NEW[what]))["challengeRefusal"] == "NO_PHONE"


async def test_a_family_shares_a_phone(gateway: Gateway, people: list[DemoParticipant]) -> None:
    """Another account's number is taken like any other: the answers do not tell that somebody has it."""
    person, other = people[1], people[3]
    token = await signed_in(gateway, person)
    asked, code = await at_new(gateway, token, "Phone", person.phone, other.phone)
    assert (await confirm(gateway, token, "NewPhone", asked, code))["__typename"] == "ContactChanged"
    async with gateway.application.services.database.read() as connection:
        sharing = await connection.scalars(
            select(contact.c.participant_id).where(contact.c.phone == other.phone)
        )
        assert set(sharing) == {person.key, other.key}


@pytest.mark.parametrize("what", NEW)
async def test_steps_are_taken_in_their_order(
    gateway: Gateway, people: list[DemoParticipant], what: str
) -> None:
    person, other = people[1], {"Phone": "Email", "Email": "Phone"}[what]
    await give_email(gateway, person, None)
    token = await signed_in(gateway, person)
    begun = await change(gateway, token, what, NEW[what])
    (old,) = await codes(gateway, person)
    for flow in (f"New{what}", f"Old{other}", "Password"):
        assert (await confirm(gateway, token, flow, begun, old))["challengeRefusal"] == "CHALLENGE_OVER", flow
    assert (await confirm(gateway, token, f"Old{what}", begun, wrong(old)))[
        "challengeRefusal"
    ] == "CODE_WRONG"
    asked = await confirm(gateway, token, f"Old{what}", begun, old)
    (new,) = await codes(gateway, NEW[what])
    assert (await confirm(gateway, token, f"Old{what}", begun, old))["challengeRefusal"] == "CHALLENGE_OVER"
    assert (await confirm(gateway, token, f"Old{what}", asked, new))["challengeRefusal"] == "CHALLENGE_OVER"
    if old != new:
        refused = await confirm(gateway, token, f"New{what}", asked, old)
        assert refused["challengeRefusal"] == "CODE_WRONG", "the old one's code does not prove the new one"
    gateway.clock.advance(minutes=5)
    refused = await confirm(gateway, token, f"New{what}", asked, new)
    assert refused["challengeRefusal"] == "CHALLENGE_OVER", "too late"
    await step(gateway, "resendCode", token, challenge=asked["challenge"])
    latest = (await codes(gateway, NEW[what]))[-1]
    again = (await sign_in(gateway, person, DEVICE))["token"]
    refused = await confirm(gateway, again, f"New{what}", asked, latest)
    assert refused["challengeRefusal"] == "CHALLENGE_OVER", "of another session"
    assert (await registered(gateway, again))[what.lower()] != NEW[what]


async def test_five_guesses_of_the_new_numbers_code(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = await signed_in(gateway, person)
    asked, code = await at_new(gateway, token, "Phone", person.phone, PHONE)
    guesses = [
        (await confirm(gateway, token, "NewPhone", asked, wrong(code)))["challengeRefusal"] for _ in range(6)
    ]
    assert guesses == ["CODE_WRONG"] * 5 + ["CHALLENGE_OVER"]
    assert (await confirm(gateway, token, "NewPhone", asked, code))["challengeRefusal"] == "CHALLENGE_OVER"
    assert (await registered(gateway, token))["phone"] == person.phone


async def test_no_number_is_flooded_by_changes(start: Start, people: list[DemoParticipant]) -> None:
    """Messages to the new number are counted before the first one leaves for the old number."""
    async with start(VSSID_ACCOUNTS_CODES_PER_PARTICIPANT="100") as gateway:
        outcomes = list[Outcome]()
        for person in (people[1], people[3]):
            token = await signed_in(gateway, person)
            outcomes += [await change(gateway, token, "Phone", PHONE) for _ in range(2)]
        assert [outcome["__typename"] for outcome in outcomes] == ["CodeSent"] * 3 + ["ChallengeRefused"]
        assert outcomes[-1]["challengeRefusal"] == "TOO_MANY_CODES"
        assert len(await codes(gateway, people[3])) == 1
        assert await received(gateway, PHONE) == []


async def test_a_change_ends_what_was_begun(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = await signed_in(gateway, person)
    warned = await sign_in(gateway, person, OTHER)
    asked, code = await at_new(gateway, token, "Phone", person.phone, PHONE)
    await confirm(gateway, token, "NewPhone", asked, code)
    over = await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=OTHER)
    assert over["challengeRefusal"] == "CHALLENGE_OVER"


async def test_what_was_changed_in_between_stays(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = await signed_in(gateway, person)
    asked, code = await at_new(gateway, token, "Phone", person.phone, PHONE)
    async with gateway.application.services.database.write() as work:
        theirs = contact.c.participant_id == person.key
        await work.execute(update(contact).where(theirs).values(phone="+84987654321"))
    assert (await confirm(gateway, token, "NewPhone", asked, code))["challengeRefusal"] == "CHALLENGE_OVER"
    assert (await registered(gateway, token))["phone"] == "+84987654321"
    assert len(await received(gateway, PHONE)) == 1, "no notice of what did not happen"


async def test_of_two_changes_at_once_one_counts(start: Start, people: list[DemoParticipant]) -> None:
    person, numbers = people[1], (PHONE, "+84987654321")
    async with start(VSSID_DATABASE_WAIT="30", VSSID_ACCOUNTS_CODES_PER_PARTICIPANT="100") as gateway:
        token = await signed_in(gateway, person)
        asked = [await at_new(gateway, token, "Phone", person.phone, number) for number in numbers]
        outcomes = await asyncio.gather(*(confirm(gateway, token, "NewPhone", *one) for one in asked))
        kinds = [outcome["__typename"] for outcome in outcomes]
        assert sorted(kinds) == ["ChallengeRefused", "ContactChanged"]
        assert (await registered(gateway, token))["phone"] == numbers[kinds.index("ContactChanged")]
