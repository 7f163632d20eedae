"""A token's viewer is supposed, and judged by the row that is read beside the answer: what it says counts at once."""

from __future__ import annotations

import asyncio
import gc
from collections import OrderedDict

import pytest

from gateway.access import Audience
from gateway.app import Application
from gateway.errors import UNAUTHENTICATED, ClientError
from gateway.execution.memory import Remembered
from gateway.testing import NOW
from tests.gateway.execution.desk import CHANGE, QUERY, Clock, Desk
from tests.gateway.execution.passes import (
    DAY,
    MINUTE,
    LetterAuthenticator,
    PassesPlugin,
    change,
    issue,
    used_at,
)

HERS = {"whoami": "p1 of 00101"}
DEAD = UNAUTHENTICATED.name
SECOND = MINUTE / 60


@pytest.fixture
async def token(desk: Desk) -> str:
    """A pass that was used a moment ago."""
    await issue(desk.database, "p1")
    return "p1"


@pytest.fixture
async def known(desk: Desk, token: str) -> str:
    """The same, supposed by now."""
    assert await desk.told(token) == HERS
    return token


async def test_a_known_token_takes_one_round_trip(desk: Desk, token: str) -> None:
    assert await desk.trips(token) == [1, 1]
    assert await desk.trips(token) == [2]
    assert await desk.told(token) == HERS


async def test_who_sends_no_token_reads_no_pass(desk: Desk) -> None:
    assert await desk.trips(None) == [1]
    assert await desk.told(None) == {"whoami": "None of None"}


async def test_a_row_that_stays_is_not_judged_again(desk: Desk, known: str) -> None:
    judged = desk.plugin.authenticator.read
    await desk.answer(known)
    assert desk.plugin.authenticator.read == judged


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"agency": "00102"}, {"whoami": "p1 of 00102"}),
        ({"holder": "p9"}, {"whoami": "p9 of 00101"}),
        ({"ended_at": NOW}, DEAD),
        ({"until": NOW}, DEAD),
        ({"until": NOW + SECOND}, HERS),
        ({"number": "other"}, DEAD),
    ],
    ids=str,
)
async def test_what_changes_in_the_row_counts_at_once(
    desk: Desk, known: str, values: dict[str, object], expected: object
) -> None:
    await change(desk.database, known, **values)
    assert await desk.told(known) == expected
    assert await desk.told(known) == expected


async def test_a_changed_row_is_supposed_from_then_on(desk: Desk, known: str) -> None:
    await change(desk.database, known, agency="00102")
    assert await desk.trips(known) == [2, 1, 1]
    assert await desk.trips(known) == [2]


async def test_a_change_that_means_the_same_costs_nothing(desk: Desk, known: str) -> None:
    await change(desk.database, known, used_at=NOW + SECOND)
    judged = desk.plugin.authenticator.read
    assert await desk.trips(known) == [2]
    assert await desk.trips(known) == [2]
    assert desk.plugin.authenticator.read == judged + 1


async def test_the_clock_ends_what_is_supposed(desk: Desk, known: str, clock: Clock) -> None:
    clock.now = NOW + DAY - SECOND
    assert await desk.told(known) == HERS
    clock.now = NOW + DAY
    assert await desk.told(known) == DEAD


@pytest.mark.parametrize("end", [{"ended_at": NOW}, {"until": NOW}], ids=str)
async def test_nothing_is_remembered_of_a_dead_token(desk: Desk, known: str, end: dict[str, object]) -> None:
    await change(desk.database, known, **end)
    assert await desk.told(known) == DEAD
    desk.rounds.trips.clear()
    assert await desk.told(known) == DEAD
    assert desk.rounds.trips == [1]


async def test_a_token_that_died_before_a_change_is_forgotten(desk: Desk, known: str) -> None:
    await change(desk.database, known, ended_at=NOW)
    assert await desk.told(known, CHANGE) == DEAD
    await change(desk.database, known, ended_at=None)
    assert await desk.trips(known) == [1, 1]


@pytest.mark.parametrize(
    "query", [QUERY, CHANGE, "{ whoami", "{ nothing }", None, "query ($odd: Boolean!) { whoami(odd: $odd) }"]
)
@pytest.mark.parametrize("dead", ["p0", "vss", "p1"])
async def test_a_token_that_does_not_count_is_all_that_is_told(
    desk: Desk, known: str, dead: str, query: str | None
) -> None:
    await change(desk.database, known, ended_at=NOW)
    with pytest.raises(ClientError) as refused:
        await desk.answer(dead, query)
    assert refused.value.code is UNAUTHENTICATED
    assert desk.plugin.doing.times == 0


@pytest.mark.parametrize("mood", ["unchecked", "deaf"])
async def test_a_plan_that_answers_unjudged_is_not_believed(desk: Desk, known: str, mood: str) -> None:
    await change(desk.database, known, ended_at=NOW)
    desk.planner.mood = mood
    assert await desk.told(known) == DEAD


async def test_an_unjudged_answer_is_made_again(desk: Desk, known: str) -> None:
    desk.planner.mood = "unchecked"
    assert await desk.trips(known) == [2, 1, 1]
    assert await desk.told(known) == HERS


@pytest.mark.parametrize("mood", ["aside at once", "aside early", "aside late"])
async def test_the_reference_answers_whom_the_row_names(desk: Desk, known: str, mood: str) -> None:
    desk.planner.mood = mood
    answer = await desk.answer(known)
    assert (answer.body, answer.planned) == (b'{"data":{"whoami":"p1 of 00101"}}', False)
    await change(desk.database, known, agency="00102")
    assert await desk.told(known) == {"whoami": "p1 of 00102"}
    await change(desk.database, known, ended_at=NOW)
    assert await desk.told(known) == DEAD


async def test_a_row_that_was_judged_is_not_read_again_for_the_reference(desk: Desk, known: str) -> None:
    desk.planner.mood = "aside late"
    assert await desk.trips(known) == [2]


async def test_a_change_asks_first_who_it_is(desk: Desk, known: str) -> None:
    assert await desk.trips(known, CHANGE) == [1, 1]
    assert desk.plugin.doing.times == 1


async def test_use_is_noted_once_a_minute(desk: Desk, known: str, clock: Clock) -> None:
    for seconds, expected in ((59, 0), (60, 60), (119, 60), (120, 120)):
        clock.now = NOW + seconds * SECOND
        assert await desk.trips(known) == [2]
        assert await used_at(desk.database, known) == NOW + expected * SECOND


async def test_use_is_noted_with_the_first_request_too(desk: Desk, token: str, clock: Clock) -> None:
    clock.now = NOW + MINUTE
    assert await desk.told(token) == HERS
    assert await used_at(desk.database, token) == clock.now


async def test_the_least_recently_used_token_is_given_up(
    application: Application, plugin: PassesPlugin, clock: Clock
) -> None:
    desk = Desk(application, plugin, clock, capacity=2)
    for token in ("p1", "p2", "p3"):
        await issue(desk.database, token)
    for token in ("p1", "p2", "p1", "p3"):
        await desk.answer(token)
    assert await desk.trips("p1") == [2]
    assert await desk.trips("p3") == [2]
    assert await desk.trips("p2") == [1, 1]


async def test_requests_at_once_get_their_own(desk: Desk) -> None:
    tokens = [f"p{number}" for number in range(8)]
    for token in tokens:
        await issue(desk.database, token)

    async def read(token: str) -> list[object]:
        return [await desk.told(token) for _ in range(4)]

    answers = await asyncio.gather(*(read(token) for token in tokens))
    assert answers == [[{"whoami": f"{token} of 00101"}] * 4 for token in tokens]


async def test_requests_at_once_of_a_token_that_changes(desk: Desk, known: str) -> None:
    """Both suppose what is no longer so."""
    await change(desk.database, known, agency="00102")
    assert await asyncio.gather(*(desk.told(known) for _ in range(2))) == [{"whoami": "p1 of 00102"}] * 2
    await change(desk.database, known, ended_at=NOW)
    assert await asyncio.gather(*(desk.told(known) for _ in range(2))) == [DEAD, DEAD]


async def test_no_token_is_kept(desk: Desk) -> None:
    await issue(desk.database, "p7654321", id="pass", holder="somebody")
    await desk.answer("p7654321")
    kept = [
        found
        for found in gc.get_objects()
        if isinstance(found, OrderedDict) and any(isinstance(one, Remembered) for one in found.values())
    ]
    assert kept
    assert [memory for memory in kept if "7654321" in repr(memory)] == []


async def test_authenticators_of_any_kind_are_asked_in_turn(desk: Desk, known: str) -> None:
    assert await desk.told("letter") == {"whoami": "00001 of None"}
    assert await desk.trips("letter") == [1]
    assert {viewer.audience for viewer in desk.planner.viewers} == {Audience.OFFICER, Audience.HOSPITAL}


async def test_who_might_be_known_to_another_first_is_not_supposed(
    application: Application, plugin: PassesPlugin, clock: Clock
) -> None:
    """The other has to be asked each time: it might know the token by now."""
    desk = Desk(application, plugin, clock, authenticators=(LetterAuthenticator(), plugin.authenticator))
    await issue(desk.database, "p1")
    assert await desk.trips("p1") == [1, 1]
    assert await desk.trips("p1") == [1, 1]
    assert await desk.told("p1") == HERS


async def test_a_token_that_has_become_anothers_is_not_supposed(
    application: Application, plugin: PassesPlugin, clock: Clock
) -> None:
    desk = Desk(application, plugin, clock, authenticators=(plugin.authenticator, LetterAuthenticator("p1")))
    await issue(desk.database, "p1")
    assert await desk.told("p1") == HERS
    await change(desk.database, "p1", ended_at=NOW)
    assert await desk.told("p1") == {"whoami": "00001 of None"}
    assert await desk.trips("p1") == [1, 1]
