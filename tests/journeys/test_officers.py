"""Officers over HTTP: the first sign-in, sessions and how they end, the console's cookie, and what changes at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.access import OfficerRole
from gateway.outbox.tables import message
from plugins.accounts.models import participant
from plugins.officers.demo import DEMO_ADMINISTRATOR, DEMO_OFFICER, DEMO_PASSWORD
from plugins.officers.models import enrolment, officer, session
from tests.journeys.conftest import Gateway, Start
from tests.journeys.officers import (
    ADD,
    CHANGE,
    COMPLETE,
    DISABLE,
    RESET,
    SIGN_IN,
    WHO,
    attempt,
    by_cookie,
    code_of,
    done,
    signed_in,
)

LAN = {
    "userName": "Lan.Nguyen",
    "fullName": "  Nguyễn  Thị Lan ",
    "email": "lan@example.org",
    "agencyCode": "04201",
    "roles": ["RECEIVER", "FEEDBACK_HANDLER"],
}
NEW_PASSWORD = "một mật khẩu thật dài"
WRONG: dict[str, Any] = {"code": "WRONG_OFFICER_CREDENTIALS", "retryAt": None}


async def temporary_password(gateway: Gateway) -> str:
    """The last one that waits to be sent."""
    async with gateway.application.services.database.read() as connection:
        rows = await connection.execute(
            select(message.c.text, message.c.secret).order_by(message.c.posted_at)
        )
        *_, (text, secret) = rows
    assert secret
    return str(str(text).splitlines()[0].rpartition(": ")[2])


async def count(gateway: Gateway, table: Any) -> int:
    async with gateway.application.services.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def key_of(gateway: Gateway, user_name: str) -> str:
    async with gateway.application.services.database.read() as connection:
        found = await connection.scalar(select(officer.c.id).where(officer.c.user_name == user_name))
    return str(found)


async def added(gateway: Gateway, **differs: Any) -> tuple[str, str]:
    """A new officer's key and temporary password."""
    token = await signed_in(gateway)
    outcome = await done(gateway, token, ADD, o=LAN | differs)
    return outcome["officer"]["id"], await temporary_password(gateway)


async def enrolled(gateway: Gateway, **differs: Any) -> tuple[str, str]:
    """A new officer's key and token, after the first sign-in."""
    key, password = await added(gateway, **differs)
    begun = await attempt(gateway, (LAN | differs)["userName"], password, "")
    completion = {
        "ticket": begun["ticket"],
        "newPassword": NEW_PASSWORD,
        "code": code_of(gateway, begun["secret"]),
    }
    return key, (await done_anonymously(gateway, completion))["token"]


async def done_anonymously(gateway: Gateway, completion: dict[str, str]) -> dict[str, Any]:
    outcome: dict[str, Any] = (await gateway.data(COMPLETE, c=completion))["completeOfficerEnrolment"]
    return outcome


async def test_the_first_sign_in_leads_over_a_new_password_and_an_app_to_a_session(gateway: Gateway) -> None:
    before = await count(gateway, session)
    token = await signed_in(gateway)
    outcome = await done(gateway, token, ADD, o=LAN)
    assert outcome["officer"] | {"id": "", "temporaryUntil": ""} == {
        "id": "",
        "userName": "lan.nguyen",
        "roles": ["RECEIVER", "FEEDBACK_HANDLER"],
        "temporaryUntil": "",
        "agency": {"code": "04201", "name": "BHXH quận, huyện 01, tỉnh Hà Tĩnh"},
    }
    password = await temporary_password(gateway)

    begun = await attempt(gateway, "LAN.nguyen", password, "")
    assert await count(gateway, session) == before + 1, "the administrator's alone"
    assert begun["uri"].startswith("otpauth://totp/VssID:lan.nguyen?secret=" + begun["secret"])
    good = {"ticket": begun["ticket"], "newPassword": NEW_PASSWORD, "code": code_of(gateway, begun["secret"])}
    for wrong, expected in [
        ({"ticket": "vse_" + "x" * 43}, {"code": "ENROLMENT_EXPIRED", "field": None}),
        ({"newPassword": "short"}, {"code": "UNFIT_PASSWORD", "field": "newPassword"}),
        ({"newPassword": password}, {"code": "UNFIT_PASSWORD", "field": "newPassword"}),
        ({"newPassword": "xx lan.nguyen xx"}, {"code": "UNFIT_PASSWORD", "field": "newPassword"}),
    ]:
        assert await done_anonymously(gateway, good | wrong) == expected
    assert await gateway.codes(WHO, begun["ticket"]) == ["UNAUTHENTICATED"], "a ticket is no token"

    mine = (await done_anonymously(gateway, good))["token"]
    assert (await gateway.data(WHO, mine))["thisOfficer"] == {
        "userName": "lan.nguyen",
        "roles": ["RECEIVER", "FEEDBACK_HANDLER"],
        "agency": {"code": "04201", "name": "BHXH quận, huyện 01, tỉnh Hà Tĩnh", "above": {"code": "042"}},
    }
    assert await done_anonymously(gateway, good) == {"code": "ENROLMENT_EXPIRED", "field": None}
    assert (await attempt(gateway, "lan.nguyen", password, ""))["code"] == WRONG["code"]
    gateway.clock.advance(seconds=60)
    again = await attempt(gateway, "lan.nguyen", NEW_PASSWORD, code_of(gateway, begun["secret"]))
    assert again["token"] != mine
    assert await count(gateway, enrolment) == 0


async def test_wrong_codes_end_an_enrolment_at_the_fifth(gateway: Gateway) -> None:
    _, password = await added(gateway)
    begun = await attempt(gateway, "lan.nguyen", password, "")
    wrong = {"ticket": begun["ticket"], "newPassword": NEW_PASSWORD, "code": "000000"}
    outcomes = [(await done_anonymously(gateway, wrong))["code"] for _ in range(6)]
    assert outcomes == ["WRONG_ENROLMENT_CODE"] * 5 + ["TOO_MANY_OFFICER_ATTEMPTS"]


async def test_a_temporary_password_and_a_ticket_are_good_for_so_long(gateway: Gateway) -> None:
    _, password = await added(gateway)
    begun = await attempt(gateway, "lan.nguyen", password, "")
    gateway.clock.advance(minutes=15)
    good = {"ticket": begun["ticket"], "newPassword": NEW_PASSWORD, "code": code_of(gateway, begun["secret"])}
    assert (await done_anonymously(gateway, good))["code"] == "ENROLMENT_EXPIRED"
    assert "ticket" in await attempt(gateway, "lan.nguyen", password, "")
    gateway.clock.advance(days=7)
    assert (await attempt(gateway, "lan.nguyen", password, ""))["code"] == WRONG["code"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "nobody"},
        {"name": ""},
        {"password": "another"},
        {"password": ""},
        {"password": "x" * 10_000},
        {"code": "000000"},
        {"code": ""},
        {"code": "\uff10" * 6},
    ],
    ids=str,
)
async def test_one_refusal_for_every_cause(gateway: Gateway, wrong: dict[str, str]) -> None:
    refused = await attempt(gateway, **wrong)
    assert refused == WRONG | {"message": "The user name, the password or the code is wrong."}


async def test_a_code_is_used_once(gateway: Gateway) -> None:
    code = code_of(gateway)
    assert "token" in await attempt(gateway, code=code)
    assert (await attempt(gateway, code=code))["code"] == WRONG["code"]
    assert "token" in await attempt(gateway, DEMO_OFFICER, code=code), "another officer's app"
    gateway.clock.advance(seconds=30)
    assert (await attempt(gateway, code=code))["code"] == WRONG["code"]


async def test_of_two_who_use_a_code_at_once_one_wins(gateway: Gateway) -> None:
    for _ in range(5):
        gateway.clock.advance(minutes=1)
        outcomes = await asyncio.gather(*(attempt(gateway) for _ in range(3)))
        assert sorted("token" in outcome for outcome in outcomes) == [False, False, True]


async def test_guessing_stops_at_the_fifth_and_ends_again(gateway: Gateway) -> None:
    mine = await signed_in(gateway)
    given = {"userName": DEMO_ADMINISTRATOR, "password": "guess", "code": "000000"}
    sent = {"c": given, "keepIn": "TOKEN"}
    outcomes = await asyncio.gather(*(gateway.post(SIGN_IN, variables=sent) for _ in range(8)))
    assert sum(WRONG["code"].encode() in outcome.content for outcome in outcomes) <= 5
    while WRONG["code"] in str(await attempt(gateway, password="guess")):  # a store too busy counts nothing
        pass
    assert (await attempt(gateway))["code"] == "TOO_MANY_OFFICER_ATTEMPTS", (
        "the right password is not looked at"
    )
    assert (await gateway.data(WHO, mine))["thisOfficer"], "who is signed in notices nothing"
    gateway.clock.advance(minutes=15)
    assert "token" in await attempt(gateway)


async def test_sessions_end_unused_and_old(gateway: Gateway) -> None:
    token = await signed_in(gateway)
    for _ in range(3):
        gateway.clock.advance(minutes=29)
        assert await gateway.codes(WHO, token) == []
    gateway.clock.advance(minutes=30)
    assert await gateway.codes(WHO, token) == ["UNAUTHENTICATED"]

    token = await signed_in(gateway)
    for _ in range(36):
        gateway.clock.advance(minutes=19.9)
        assert await gateway.codes(WHO, token) == []
    gateway.clock.advance(minutes=5)
    assert await gateway.codes(WHO, token) == ["UNAUTHENTICATED"]


async def test_signing_out_ends_the_session(gateway: Gateway) -> None:
    token = await signed_in(gateway)
    assert (await gateway.data("mutation { officerSignOut { at } }", token))["officerSignOut"]
    assert await gateway.codes(WHO, token) == ["UNAUTHENTICATED"]


async def test_another_role_and_another_agency_apply_to_the_next_request(gateway: Gateway) -> None:
    key, mine = await enrolled(gateway)
    find = 'query { participantByCode(socialSecurityCode: "0000000000") { id } }'
    assert await gateway.codes(find, mine) == []
    boss = await signed_in(gateway)

    changed = await done(gateway, boss, CHANGE, id=key, change={"roles": ["IT_CENTER"]})
    assert changed["officer"]["roles"] == ["IT_CENTER"]
    assert await gateway.codes(find, mine) == ["FORBIDDEN"]

    await done(gateway, boss, CHANGE, id=key, change={"agencyCode": "044"})
    assert (await gateway.data(WHO, mine))["thisOfficer"]["agency"]["code"] == "044"


async def test_a_disabled_officer_is_out_at_once_and_comes_back_with_new_credentials(
    gateway: Gateway,
) -> None:
    key, mine = await enrolled(gateway)
    boss = await signed_in(gateway)
    assert (await done(gateway, boss, DISABLE, id=key))["officer"]["disabledAt"]
    assert await gateway.codes(WHO, mine) == ["UNAUTHENTICATED"]
    assert (await attempt(gateway, "lan.nguyen", NEW_PASSWORD))["code"] == WRONG["code"]

    assert (await done(gateway, boss, RESET, id=key))["officer"]["disabledAt"] is None
    assert await gateway.codes(WHO, mine) == ["UNAUTHENTICATED"]
    password = await temporary_password(gateway)
    assert "ticket" in await attempt(gateway, "lan.nguyen", password, "")


async def test_a_reset_ends_sessions_and_an_enrolment_that_had_begun(gateway: Gateway) -> None:
    key, password = await added(gateway)
    begun = await attempt(gateway, "lan.nguyen", password, "")
    await done(gateway, await signed_in(gateway), RESET, id=key)
    good = {"ticket": begun["ticket"], "newPassword": NEW_PASSWORD, "code": code_of(gateway, begun["secret"])}
    assert (await done_anonymously(gateway, good))["code"] == "ENROLMENT_EXPIRED"
    assert (await attempt(gateway, "lan.nguyen", password, ""))["code"] == WRONG["code"]


async def test_the_console_is_signed_in_by_a_cookie_that_scripts_never_see(gateway: Gateway) -> None:
    given = {"userName": DEMO_OFFICER, "password": DEMO_PASSWORD, "code": code_of(gateway)}
    sent = {"query": SIGN_IN, "variables": {"c": given, "keepIn": "COOKIE"}}
    response = await gateway.http.post("/graphql", json=sent)
    assert response.json()["data"]["officerSignIn"]["token"] is None
    cookie, *attributes = response.headers["set-cookie"].split("; ")
    assert cookie.startswith("vssid=vso_")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Strict"]
    gateway.http.cookies.clear()

    who = {"query": WHO}
    page = {"x-vssid-console": "1", "origin": "http://gateway", "sec-fetch-site": "same-origin"}
    assert (await by_cookie(gateway, who, cookie, **page)).json()["data"]["thisOfficer"][
        "userName"
    ] == DEMO_OFFICER
    refused = await by_cookie(gateway, who, cookie, origin="http://gateway")
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"] == {
        "code": "FORBIDDEN",
        "reason": "console_header_missing",
    }
    foreign = await by_cookie(gateway, who, cookie, **page | {"origin": "http://evil.example"})
    assert foreign.status_code == 403
    both = await by_cookie(gateway, who, cookie, **page, authorization="Bearer vso_x")
    assert both.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST", "reason": "two_credentials"}

    out = await by_cookie(gateway, {"query": "mutation { officerSignOut { at } }"}, cookie, **page)
    assert out.headers["set-cookie"] == "vssid=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    dead = await by_cookie(gateway, who, cookie, **page)
    assert (dead.status_code, dead.headers["set-cookie"]) == (401, out.headers["set-cookie"])


async def test_a_refused_sign_in_sets_no_cookie(gateway: Gateway) -> None:
    given = {"userName": DEMO_OFFICER, "password": "wrong", "code": "000000"}
    sent = {"query": SIGN_IN, "variables": {"c": given, "keepIn": "COOKIE"}}
    response = await gateway.http.post("/graphql", json=sent)
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "name", ["id", "disabledAt", "passwordHash", "temporaryUntil", "totp", "createdAt", "reason"]
)
async def test_nothing_else_can_be_assigned(gateway: Gateway, name: str) -> None:
    token = await signed_in(gateway)
    assert await gateway.codes(ADD, token, o=LAN | {name: "x"}, r="x") == ["BAD_USER_INPUT"]
    assert await gateway.codes(CHANGE, token, id="demo.officer", change={name: "x"}, r="x") == [
        "BAD_USER_INPUT"
    ]


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({"userName": "ab"}, {"code": "MALFORMED_OFFICER", "field": "userName"}),
        ({"userName": "lan nguyen"}, {"code": "MALFORMED_OFFICER", "field": "userName"}),
        ({"fullName": " "}, {"code": "MALFORMED_OFFICER", "field": "fullName"}),
        ({"fullName": "Lan\u202e"}, {"code": "MALFORMED_OFFICER", "field": "fullName"}),
        ({"email": "lan"}, {"code": "MALFORMED_OFFICER", "field": "email"}),
        ({"email": "a@b.vn\nBcc: c@d.vn"}, {"code": "MALFORMED_OFFICER", "field": "email"}),
        ({"roles": []}, {"code": "MALFORMED_OFFICER", "field": "roles"}),
        ({"agencyCode": "99901"}, {"code": "UNKNOWN_AGENCY", "field": "agencyCode"}),
        ({"agencyCode": "%"}, {"code": "UNKNOWN_AGENCY", "field": "agencyCode"}),
        ({"userName": "DEMO.officer"}, {"code": "USER_NAME_TAKEN", "field": "userName"}),
    ],
    ids=str,
)
async def test_what_is_no_officer_is_refused(
    gateway: Gateway, differs: dict[str, Any], expected: dict[str, str]
) -> None:
    before = await count(gateway, officer)
    assert await done(gateway, await signed_in(gateway), ADD, o=LAN | differs) == expected
    assert await count(gateway, officer) == before


async def test_a_change_needs_a_reason(gateway: Gateway) -> None:
    token = await signed_in(gateway)
    for reason in ("", " \n ", "x" * 501, "a\u202eb"):
        outcome = await done(gateway, token, DISABLE, id=DEMO_OFFICER, r=reason)
        assert outcome == {"code": "REASON_MISSING", "field": "reason"}


async def test_an_administrator_of_a_province_reaches_the_province_alone(gateway: Gateway) -> None:
    token = await signed_in(gateway, "demo.hatinh")
    listed = await gateway.data("{ officers { edges { node { userName } } } }", token)
    assert [edge["node"]["userName"] for edge in listed["officers"]["edges"]] == ["demo.hatinh"]
    assert (await done(gateway, token, ADD, o=LAN))["officer"]["userName"] == "lan.nguyen"

    for agency in ("000", "044", "04401"):
        outcome = await done(gateway, token, ADD, o=LAN | {"userName": "other", "agencyCode": agency})
        assert outcome["code"] == "UNKNOWN_AGENCY"
    for document, more in ((DISABLE, {}), (RESET, {}), (CHANGE, {"change": {"roles": ["RECEIVER"]}})):
        missing = await gateway.post(document, token, variables={"id": "nobody", "r": "x", **more})
        foreign = await gateway.post(document, token, variables={"id": DEMO_OFFICER, "r": "x", **more})
        assert missing.content == foreign.content
        assert b"UNKNOWN_OFFICER" in missing.content
    lan = await key_of(gateway, "lan.nguyen")
    assert (await done(gateway, token, CHANGE, id=lan, change={"agencyCode": "000"}))[
        "code"
    ] == "UNKNOWN_AGENCY"


async def test_nobody_administers_themselves_and_the_centre_keeps_an_administrator(gateway: Gateway) -> None:
    token = await signed_in(gateway)
    for document, more in ((DISABLE, {}), (RESET, {}), (CHANGE, {"change": {"roles": ["RECEIVER"]}})):
        assert (await done(gateway, token, document, id=DEMO_ADMINISTRATOR, **more))["code"] == "OWN_ACCOUNT"

    key, other = await enrolled(gateway, agencyCode="000", roles=["ADMINISTRATOR"])
    token = await signed_in(gateway)
    await done(gateway, token, CHANGE, id=DEMO_OFFICER, change={"roles": ["RECEIVER"]})
    outcomes = await asyncio.gather(
        gateway.post(DISABLE, token, variables={"id": key, "r": "x"}),
        gateway.post(DISABLE, other, variables={"id": DEMO_ADMINISTRATOR, "r": "x"}),
    )
    assert sorted(b"LAST_ADMINISTRATOR" in one.content or one.status_code == 401 for one in outcomes) == [
        False,
        True,
    ]


async def test_who_is_no_administrator_changes_and_lists_nobody(gateway: Gateway) -> None:
    token = await signed_in(gateway, "demo.quan1")
    assert await gateway.codes(DISABLE, token, id="demo.quan1", r="x") == ["FORBIDDEN"]
    assert await gateway.codes("{ officers { totalCount } }", token) == ["FORBIDDEN"]


async def test_who_belongs_to_another_district_is_answered_as_nobody(gateway: Gateway) -> None:
    database = gateway.application.services.database
    async with database.read() as connection:
        rows = (
            await connection.execute(
                select(participant.c.id, participant.c.social_security_code, participant.c.agency_code)
            )
        ).all()
    foreign = next(row for row in rows if row.agency_code is not None and row.agency_code != "04201")
    _, mine = await enrolled(gateway, roles=[role.name for role in OfficerRole])
    fields = """{ id fullName birthDate sex socialSecurityCode phone email address { line } agencyCode
      healthInsuranceCard { number } healthInsuranceCards { totalCount edges { node { number } } } }"""
    by_code = f"query ($code: String!) {{ participantByCode(socialSecurityCode: $code) {fields} }}"
    by_key = f"query ($id: ID!) {{ participant(id: $id) {fields} }}"

    for document, name, there, nowhere in (
        (by_code, "code", foreign.social_security_code, "0099999999"),
        (by_key, "id", foreign.id, "x" * 32),
    ):
        missing = await gateway.post(document, mine, variables={name: nowhere})
        found = await gateway.post(document, mine, variables={name: there})
        assert b"errors" not in found.content
        assert found.content == missing.content.replace(nowhere.encode(), there.encode())


async def test_enrolments_and_sign_ins_survive_the_reference(start: Start) -> None:
    async with start(VSSID_PLANS="off") as gateway:
        _, token = await enrolled(gateway)
        assert (await gateway.data(WHO, token))["thisOfficer"]["userName"] == "lan.nguyen"
        assert (await attempt(gateway))["code"] == WRONG["code"], "the code was used"
