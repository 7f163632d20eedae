"""A participant signs in, reads the health insurance card, and signs out."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from gateway.demo.people import DemoParticipant
from plugins.accounts.demo import DEMO_PASSWORD
from tests.journeys.conftest import Gateway, Start, credentials

SIGN_IN = """
mutation SignIn($credentials: Credentials!) {
  signIn(credentials: $credentials) {
    __typename
    ... on SignedIn { token expiresAt }
    ... on SignInRefused { code message field }
  }
}
"""
CARD = """
query MyCard {
  me {
    id
    fullName
    birthDate
    healthInsuranceCard {
      number formattedNumber objectCode benefitLevel benefit { ratePercent } validFrom validTo
      registeredFacility { id } fiveYearDate livingArea placeOfIssue state issuedOn
    }
  }
}
"""
WRONG = {
    "en": "The social security code or the password is wrong.",
    "vi": "Mã số BHXH hoặc mật khẩu không đúng.",
}


def somebody(people: list[DemoParticipant]) -> DemoParticipant:
    return people[0]


async def test_a_participant_signs_in_and_reads_the_card(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = somebody(people)
    token = await gateway.sign_in(person)
    me = (await gateway.data(CARD, token))["me"]
    assert me["id"] == person.key
    assert me["fullName"] == person.full_name
    card = me["healthInsuranceCard"]
    assert card["number"].endswith(person.social_security_code)
    assert card["benefit"]["ratePercent"] in (80, 95, 100)
    assert card["registeredFacility"]["id"][:2] == person.province


async def test_me_with_the_card_takes_one_round_trip(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await gateway.sign_in(somebody(people))
    await gateway.data(CARD, token)
    gateway.statements.texts.clear()
    gateway.trips.texts.clear()
    await gateway.data(CARD, token)
    assert gateway.trips.statements == 2, gateway.trips.texts  # the session, and all the rest joined
    assert len(gateway.trips.texts) == 1
    assert gateway.statements.count == 0, gateway.statements.texts


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("code", "password"),
    [(None, "wrong"), ("0099999999", "VssID-2020-demo"), ("not a code", "x"), ("", ""), (None, "x" * 200)],
)
async def test_every_cause_has_one_answer(
    gateway: Gateway, people: list[DemoParticipant], language: str, code: str | None, password: str
) -> None:
    given = somebody(people).social_security_code if code is None else code
    answer = await gateway.post(
        SIGN_IN,
        language=language,
        variables={"credentials": credentials(given, password)},
    )
    refused = {
        "__typename": "SignInRefused",
        "code": "WRONG_CREDENTIALS",
        "message": WRONG[language],
        "field": None,
    }
    assert answer.json() == {"data": {"signIn": refused}}


async def test_after_signing_out_the_token_is_dead(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await gateway.sign_in(somebody(people))
    other = await gateway.sign_in(people[1])
    assert token != other
    await gateway.data("mutation { signOut { at } }", token)
    refused = await gateway.post(CARD, token)
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await gateway.data(CARD, other))["me"] is not None


@pytest.mark.parametrize(
    ("days_between_uses", "uses", "alive"), [(29, 3, True), (31, 1, False), (29, 4, False)]
)
async def test_a_session_ends_unused_or_old(
    gateway: Gateway, people: list[DemoParticipant], days_between_uses: int, uses: int, alive: bool
) -> None:
    token = await gateway.sign_in(somebody(people))
    answers = []
    for _ in range(uses):
        gateway.clock.advance(days=days_between_uses)
        answers.append((await gateway.post("{ me { id } }", token)).status_code)
    assert answers[-1] == (200 if alive else 401)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer vss_short",
        "Bearer " + "vss_" + "A" * 43,
        "Bearer " + "x" * 5000,
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Basic dXNlcjpwYXNz",
        "Bearer a b",
    ],
)
async def test_bad_tokens_are_refused(gateway: Gateway, header: str) -> None:
    answer = await gateway.http.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"authorization": header}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_tokens_in_urls_and_cookies_are_ignored(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    token = await gateway.sign_in(somebody(people))
    answer = await gateway.http.get("/graphql", params={"query": "{ me { id } }", "token": token})
    assert answer.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_INVALID"
    answer = await gateway.http.post(
        "/graphql", json={"query": "{ me { id } }"}, headers={"cookie": f"token={token}"}
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_INVALID"


async def test_many_people_at_once_get_their_own(start: Start, people: list[DemoParticipant]) -> None:
    async def read(gateway: Gateway, person: DemoParticipant) -> None:
        token = await gateway.sign_in(person)
        for _ in range(5):
            me = (await gateway.data("{ me { id socialSecurityCode } }", token))["me"]
            assert me == {"id": person.key, "socialSecurityCode": person.social_security_code}

    async with start(VSSID_DATABASE_WAIT="30") as gateway:
        await asyncio.gather(*(read(gateway, person) for person in people[:12]))


async def attempt(gateway: Gateway, code: str, password: str, **headers: str) -> dict[str, str]:
    document = SIGN_IN.replace("code message field", "code message retryAt")
    variables = {"credentials": credentials(code, password)}
    answer = await gateway.http.post(
        "/graphql",
        json={"query": document, "variables": variables},
        headers={"accept-language": "en"} | headers,
    )
    outcome: dict[str, str] = answer.json()["data"]["signIn"]
    return outcome


async def test_guessing_stops_after_five_whatever_address_is_claimed(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    for code in (somebody(people).social_security_code, "0099999999"):
        codes = []
        for guess in range(9):
            headers = {"x-forwarded-for": f"203.0.113.{guess}"}
            codes.append((await attempt(gateway, code, f"guess {guess}", **headers))["code"])
        assert codes == ["WRONG_CREDENTIALS"] * 5 + ["TOO_MANY_ATTEMPTS"] * 4
    refused = await attempt(gateway, somebody(people).social_security_code, DEMO_PASSWORD)
    assert refused["message"] == "Too many attempts; please try again later."
    assert refused["retryAt"] == "2020-12-01T09:15:00+07:00"
    gateway.clock.advance(minutes=15)
    assert (await attempt(gateway, somebody(people).social_security_code, DEMO_PASSWORD))["token"]


async def test_sixty_guesses_at_once_are_not_more_than_five(
    start: Start, people: list[DemoParticipant]
) -> None:
    code = somebody(people).social_security_code
    async with start(VSSID_DATABASE_WAIT="30") as gateway:
        outcomes = await asyncio.gather(*(attempt(gateway, code, f"guess {guess}") for guess in range(60)))
    counted = Counter(outcome["code"] for outcome in outcomes)
    assert counted == {"WRONG_CREDENTIALS": 5, "TOO_MANY_ATTEMPTS": 55}


async def test_an_address_has_a_budget_and_a_trusted_proxy_tells_it(start: Start) -> None:
    settings = {"VSSID_TRUSTED_PROXIES": "127.0.0.0/8", "VSSID_ACCOUNTS_SIGN_INS_PER_ADDRESS": "3"}
    async with start(**settings) as gateway:
        for address, allowed in (("203.0.113.1", 3), ("203.0.113.2", 3), ("198.51.100.9, 203.0.113.2", 0)):
            codes = [
                (await attempt(gateway, f"00999999{guess:02}", "x", **{"x-forwarded-for": address}))["code"]
                for guess in range(4)
            ]
            assert codes == ["WRONG_CREDENTIALS"] * allowed + ["TOO_MANY_ATTEMPTS"] * (4 - allowed)
