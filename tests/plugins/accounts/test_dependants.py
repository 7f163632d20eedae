"""Guardians and their children: who may act, from when and until when; on each store, supposed viewers included."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from gateway.access import Audience
from gateway.app import Application
from gateway.errors import FORBIDDEN, Language
from gateway.execution import GraphQLRequest, Sender
from gateway.testing import NOW, running
from plugins.accounts.dependants.acting import acting_for, coming_of_age
from plugins.accounts.dependants.models import Relation, dependant
from plugins.accounts.models import BirthDatePrecision, Sex, participant
from plugins.accounts.personal.models import contact
from plugins.accounts.sessions import Holder, Limits, open_session
from tests.stores import Store

YEAR = dt.timedelta(days=365)
SECOND = dt.timedelta(seconds=1)
LIMITS = Limits(20 * YEAR, None)
BIRTHDAY = dt.datetime(2026, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=7)))
CHILDREN = """
{ me { dependants {
  relation registeredAt actsUntil
  participant { id fullName phone socialSecurityCode dependants { relation } }
} } }
"""


def person(key: str, born: str) -> dict[str, object]:
    return {
        "id": key,
        "social_security_code": f"00{sum(key.encode()):08}",
        "full_name": f"Nguyễn Thị {key}",
        "birth_date": dt.date.fromisoformat(born),
        "birth_date_precision": BirthDatePrecision.DAY,
        "sex": Sex.FEMALE,
        "agency_code": None,
    }


def registered(guardian: str, child: str, **more: object) -> dict[str, object]:
    row = {
        "id": f"{guardian}-{child}",
        "guardian_id": guardian,
        "child_id": child,
        "relation": Relation.MOTHER,
    }
    return {**row, "registered_at": NOW - YEAR, "ended_at": None, **more}


ROWS: list[tuple[Table, Sequence[Mapping[str, object]]]] = [
    (
        participant,
        [person("mother", "1990-05-05"), person("uncle", "1980-01-01"), person("leap", "2008-02-29")],
    ),
    (
        participant,
        [person("small", "2020-02-02"), person("grown", "2007-12-31"), person("other", "2015-01-01")],
    ),
    (contact, [{"participant_id": "small", "phone": "+84520000001", "email": None}]),
    (
        dependant,
        [
            registered("mother", "leap"),
            registered("mother", "small", registered_at=NOW - YEAR / 2),
            registered("mother", "grown"),
            registered("uncle", "other", relation=Relation.GUARDIAN),
            registered("uncle", "small", ended_at=NOW - YEAR / 4),
        ],
    ),
]


class Family:
    """A gateway with some people, asked by bearers of real tokens; the clock is moved by hand."""

    def __init__(self, application: Application, clock: SimpleNamespace) -> None:
        self.application = application
        self.clock = clock

    async def token(self, holder: str, audience: Audience = Audience.PARTICIPANT) -> str:
        async with self.application.services.database.write() as work:
            return (await open_session(work, Holder(audience, holder), LIMITS, NOW)).token

    async def ask(self, token: str, document: str) -> dict[str, Any]:
        request = GraphQLRequest(document, None, None, {})
        answer = await self.application.executor.answer(request, token, Sender(Language.EN, "test"))
        body: dict[str, Any] = orjson.loads(answer.body)
        return body

    async def children(self, token: str) -> list[str]:
        body = await self.ask(token, "{ me { dependants { participant { id fullName } } } }")
        assert "errors" not in body, body
        found = [each["participant"] for each in body["data"]["me"]["dependants"]]
        assert all(child["fullName"] == f"Nguyễn Thị {child['id']}" for child in found)
        return [child["id"] for child in found]

    async def write(self, statement: Any) -> None:
        async with self.application.services.database.write() as work:
            await work.execute(statement)


@pytest.fixture
async def family(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Family]:
    clock = SimpleNamespace(now=NOW)
    async with running(plugins, store.url, ROWS) as application:
        object.__setattr__(application.services, "clock", lambda: clock.now)
        yield Family(application, clock)


async def test_a_guardian_opens_the_childs_record(family: Family) -> None:
    token = await family.token("mother")
    for _ in range(2):  # the second time, supposed
        body = await family.ask(token, CHILDREN)
        leap, small = body["data"]["me"]["dependants"]
        assert leap == {
            "relation": "MOTHER",
            "registeredAt": "2025-01-15T10:00:00+07:00",
            "actsUntil": "2026-03-01",
            "participant": {
                "id": "leap",
                "fullName": "Nguyễn Thị leap",
                "phone": None,
                "socialSecurityCode": f"00{sum(b'leap'):08}",
                "dependants": None,
            },
        }
        assert small["participant"]["phone"] == "+84520000001"
        # What belongs to the child's account stays the child's.
        assert {error["path"][-1] for error in body["errors"]} == {"dependants"}
        assert {error["extensions"]["code"] for error in body["errors"]} == {FORBIDDEN.name}


async def test_others_children_are_not_there(family: Family) -> None:
    assert await family.children(await family.token("uncle")) == ["other"]
    assert await family.children(await family.token("small")) == []
    assert await family.children(await family.token("mother")) == ["leap", "small"]


@pytest.mark.parametrize(
    "audience", [Audience.OFFICER, Audience.HOSPITAL], ids=lambda audience: audience.value
)
async def test_only_participants_act_for_anybody(family: Family, audience: Audience) -> None:
    viewer = await family.application.executor.viewer(await family.token("mother", audience))
    assert viewer.dependants == frozenset()


async def test_a_relation_that_ends_counts_at_the_next_request(family: Family) -> None:
    token = await family.token("mother")
    assert await family.children(token) == ["leap", "small"]
    await family.write(update(dependant).where(dependant.c.child_id == "small").values(ended_at=NOW))
    assert await family.children(token) == ["leap"]
    await family.write(insert(dependant).values(registered("mother", "small", id="x", registered_at=NOW)))
    assert await family.children(token) == ["leap", "small"]


async def test_a_child_comes_of_age_at_midnight_in_vietnam(family: Family) -> None:
    token = await family.token("mother")
    for moment, expected in (
        (BIRTHDAY - SECOND, ["leap", "small"]),
        (BIRTHDAY, ["small"]),
        (BIRTHDAY + SECOND, ["small"]),
        (BIRTHDAY - SECOND, ["leap", "small"]),
    ):
        family.clock.now = moment.astimezone(dt.UTC)
        assert await family.children(token) == expected, moment


async def test_a_corrected_birth_date_counts_at_the_next_request(family: Family) -> None:
    token = await family.token("mother")
    assert await family.children(token) == ["leap", "small"]
    was_older = update(participant).where(participant.c.id == "leap").values(birth_date=dt.date(2008, 1, 15))
    await family.write(was_older)
    assert await family.children(token) == ["small"]


async def test_nobody_is_told_of_a_child_whose_guardian_just_lost_it(family: Family) -> None:
    """Readers and the end of the relation at once: an answer holds the child's record whole or not at all."""
    token = await family.token("mother")
    ending = update(dependant).where(dependant.c.child_id == "small").values(ended_at=NOW)
    for _ in range(5):
        await family.write(update(dependant).where(dependant.c.guardian_id == "mother").values(ended_at=None))
        readers = [family.children(token) for _ in range(6)]
        *seen, _ = await asyncio.gather(*readers, family.write(ending))
        assert all(found in (["leap", "small"], ["leap"]) for found in seen)
        assert await family.children(token) == ["leap"]


@pytest.mark.parametrize(
    "row",
    [
        registered("mother", "mother"),
        registered("mother", "small", id="twice"),
        registered("mother", "nobody"),
    ],
    ids=["oneself", "twice", "nobody"],
)
async def test_the_table_refuses_what_makes_no_sense(family: Family, row: Mapping[str, object]) -> None:
    with pytest.raises(IntegrityError):
        await family.write(insert(dependant).values(row))


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        ("2008-02-29", "2026-03-01"),
        ("2006-02-28", "2024-02-28"),
        ("2008-12-31", "2026-12-31"),
        ("2010-01-01", "2028-01-01"),
    ],
)
def test_coming_of_age(born: str, of_age: str) -> None:
    assert coming_of_age(dt.date.fromisoformat(born)).isoformat() == of_age


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, {}),
        ("20080229:a", {"a": BIRTHDAY}),
        ("20080229:a:b|19991231:c", {"a:b": BIRTHDAY, "c": dt.datetime(2017, 12, 30, 17, tzinfo=dt.UTC)}),
        ("9990101:old", {"old": dt.datetime(1016, 12, 31, 16, 53, 30, tzinfo=dt.UTC)}),
    ],
)
def test_whom_a_row_names(text: str | None, found: Mapping[str, dt.datetime]) -> None:
    assert acting_for(text) == found
