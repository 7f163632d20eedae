"""Personal information: whole for its owner, masked for hospitals, by scope for officers; and what the tables refuse."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.demo import Demo
from gateway.demo.people import DatePrecision, participants
from gateway.testing import NOW, ask, running
from plugins.accounts.demo import AccountsDemo
from plugins.accounts.personal.masking import masked_email, masked_identity_number, masked_phone
from plugins.accounts.personal.models import IdentityKind, address, contact, identity_document
from tests.stores import Store

BORN_SOME_DAY = next(p for p in participants(2_000, 1) if p.birth_date_precision is DatePrecision.YEAR)
PEOPLE = [*participants(120, 1), BORN_SOME_DAY]
FIRST = PEOPLE[0]
FIELDS = """
  fullName birthDate birthDatePrecision sex identityKind identityNumber maskedIdentityNumber
  phone maskedPhone email maskedEmail address { line commune district provinceId } agencyCode
"""
ME = f"{{ me {{ {FIELDS} }} }}"
OF = f"query ($id: ID!) {{ participant(id: $id) {{ {FIELDS} }} }}"
HELD_BY = """
query ($number: String!) {
  healthInsuranceCard(number: $number) { holder { maskedPhone maskedEmail identityKind maskedIdentityNumber } }
}
"""
SECRET = ("phone", "email", "identityNumber", "address", "agencyCode")
MASKED = {"maskedPhone", "maskedEmail", "identityKind", "maskedIdentityNumber"}


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    demo = Demo(len(PEOPLE), 1, NOW.date())
    sources = [plugin.demo_data() for plugin in plugins.values() if hasattr(plugin, "demo_data")]
    portions = [rows for source in sources for rows in source.reference(demo)]
    portions += [rows for source in sources for rows in source.participants(PEOPLE, demo)]
    rows = [(portion.table, portion.values) for portion in portions]
    async with running(plugins, store.url, rows) as application:
        yield application


async def test_the_owner_reads_everything(gateway: Application) -> None:
    viewer = Viewer(Audience.PARTICIPANT, FIRST.key)
    me = (await ask(gateway, viewer, ME))["data"]["me"]
    assert me["phone"] == FIRST.phone
    assert me["identityNumber"] == FIRST.identity_number
    assert me["identityKind"] == "CCCD"
    assert me["email"].endswith("@example.org")
    assert me["address"]["provinceId"] == f"63:{FIRST.province}"
    assert me["agencyCode"][:3] == f"0{FIRST.province}"


async def test_everybody_is_asked_alike_whatever_is_known_of_them(gateway: Application) -> None:
    """People without a phone, a paper, an address or a day of birth among them: null, and never an error."""
    seen: list[dict[str, Any]] = []
    for person in PEOPLE:
        answer = await ask(gateway, Viewer(Audience.PARTICIPANT, person.key), ME)
        assert "errors" not in answer, answer
        seen.append(answer["data"]["me"])
    assert {kind.name for kind in IdentityKind} <= {me["identityKind"] for me in seen}
    for missing in SECRET:
        assert any(me[missing] is None for me in seen), missing
    assert [me["birthDate"] for me in seen if me["birthDatePrecision"] == "YEAR"] == [
        BORN_SOME_DAY.birth_date.isoformat()
    ]


@pytest.mark.parametrize(
    ("scopes", "readable"),
    [
        ({"accounts:find"}, set[str]()),
        (
            {"accounts:find", "accounts:identity"},
            MASKED | {"fullName", "birthDate", "birthDatePrecision", "sex"},
        ),
        ({"accounts:find", "accounts:personal"}, MASKED | set(SECRET)),
    ],
    ids=["find", "identity", "personal"],
)
async def test_officers_read_what_their_scopes_say(
    gateway: Application, scopes: set[str], readable: set[str]
) -> None:
    viewer = Viewer(Audience.OFFICER, "o1", scopes=frozenset(scopes), claims={"agency": "000"})
    answer = await ask(gateway, viewer, OF, {"id": FIRST.key})
    found = answer["data"]["participant"]
    assert {name for name, value in found.items() if value is not None} == readable
    if "accounts:personal" not in scopes:
        text = json.dumps(answer)
        assert FIRST.phone not in text
        assert FIRST.identity_number not in text


async def test_a_hospital_sees_masks_and_has_no_word_for_more(gateway: Application) -> None:
    viewer = Viewer(Audience.HOSPITAL, "01001", scopes=frozenset({"hi_card:read", "accounts:identity"}))
    number = {"number": FIRST.social_security_code}
    holder = (await ask(gateway, viewer, HELD_BY, number))["data"]["healthInsuranceCard"]["holder"]
    assert holder["maskedPhone"] == f"+84 ••• ••• {FIRST.phone[-3:]}"
    assert holder["maskedIdentityNumber"].endswith(FIRST.identity_number[-3:])
    for field in ("phone", "email", "identityNumber", "agencyCode"):
        whole = (
            f"query ($number: String!) {{ healthInsuranceCard(number: $number) {{ holder {{ {field} }} }} }}"
        )
        answer = await ask(gateway, viewer, whole, number)
        assert answer["errors"][0]["extensions"]["code"] == "DOCUMENT_INVALID"


async def test_somebody_else_reads_nothing(gateway: Application) -> None:
    """There is no way to another participant; a viewer of no row sees an empty record."""
    answer = await ask(gateway, Viewer(Audience.PARTICIPANT, "nobody"), ME)
    assert set(answer["data"]["me"].values()) == {None}


@pytest.mark.parametrize(
    ("mask", "given", "shown"),
    [
        (masked_phone, "+84520115861", "+84 ••• ••• 861"),
        (masked_phone, None, None),
        (masked_identity_number, "000197618451", "••• ••• 451"),
        (masked_email, "lan@example.org", "l•••@e•••.org"),
        (masked_email, "a@b.vn", "a•••@b•••.vn"),
        (masked_email, "a@localhost", "a•••@•••.localhost"),
        (masked_email, None, None),
    ],
)
def test_masks(mask: Any, given: str | None, shown: str | None) -> None:
    assert mask(given) == shown


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (contact, {"phone": "0520115861"}),
        (contact, {"phone": "+8452011586"}),
        (contact, {"phone": "+84５20115861"}),
        (contact, {"email": "nobody"}),
        (contact, {"email": "@x"}),
        (address, {"line": "Số 1", "province_key": "01"}),
        (address, {"line": "Số 1", "province_key": "62:01"}),
        (identity_document, {"kind": IdentityKind.CCCD, "number": "123456789"}),
        (identity_document, {"kind": IdentityKind.CMND, "number": "00012345678X"[:9] + "X"}),
        (identity_document, {"kind": IdentityKind.PASSPORT, "number": "B1"}),
    ],
)
async def test_the_tables_refuse_what_has_no_such_form(gateway: Application, table: Any, row: Any) -> None:
    without = next(person for person in PEOPLE if person.index and person.draw("no contact", 12) == 0)
    async with gateway.services.database.write() as work:
        await work.execute(table.delete().where(table.c.participant_id == without.key))
    with pytest.raises(IntegrityError):
        async with gateway.services.database.write() as work:
            await work.execute(insert(table), {"participant_id": without.key, **row})


async def test_demo_data_are_the_same_for_any_batch() -> None:
    demo = Demo(len(PEOPLE), 1, NOW.date())
    whole = list(AccountsDemo().participants(PEOPLE, demo))
    halves = [list(AccountsDemo().participants(part, demo)) for part in (PEOPLE[:50], PEOPLE[50:])]
    for together, *apart in zip(whole, *halves, strict=True):
        if not together.refresh:
            assert list(together.values) == [value for part in apart for value in part.values]
