"""Who makes an answer: a plan, or the reference where the plan steps aside; and what a store in trouble leaves of it."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from gateway.access import Audience, Viewer
from gateway.database import DatabaseBusy
from gateway.errors import Language
from gateway.execution import Answer, Caller, GraphQLRequest, Sender
from gateway.execution.fallbacks import TOLERATED
from gateway.testing.running import answered, running
from tests.gateway.execution.desk import CHANGE, QUERY, Desk
from tests.gateway.execution.passes import PassesPlugin, issue
from tests.stores import Store

OFFICER = Viewer(Audience.OFFICER, "somebody", claims={"agency": "00103"})
ODD = "query ($odd: Boolean!) { whoami(odd: $odd) }"


@pytest.fixture
async def token(desk: Desk) -> str:
    """A pass that is supposed by now."""
    await issue(desk.database, "p1")
    await desk.answer("p1")
    return "p1"


def codes(answer: Answer) -> list[str]:
    """The codes of an answer's errors."""
    return [error["extensions"]["code"] for error in orjson.loads(answer.body).get("errors", ())]


async def test_a_known_viewer_needs_no_token(desk: Desk) -> None:
    caller = Caller(OFFICER, Language.EN, "test")
    answer = await desk.executor.execute(GraphQLRequest(QUERY, None, None, {}), caller)
    assert answer == Answer(200, b'{"data":{"whoami":"somebody of 00103"}}', planned=True)
    assert desk.rounds.trips == [1]


@pytest.mark.parametrize("mood", ["aside at once", "aside early", "aside late"])
async def test_the_reference_answers_where_a_plan_steps_aside(desk: Desk, mood: str) -> None:
    planned = await answered(desk.executor, OFFICER, QUERY)
    desk.planner.mood = mood
    by_reference = await answered(desk.executor, OFFICER, QUERY)
    assert (planned.planned, by_reference.planned) == (True, False)
    assert planned.body == by_reference.body


async def test_without_a_planner_the_reference_answers(desk: Desk) -> None:
    answer = await answered(desk.application.reference, OFFICER, QUERY)
    assert answer == Answer(200, b'{"data":{"whoami":"somebody of 00103"}}')


@pytest.mark.parametrize(("setting", "planned"), [({}, True), ({"VSSID_PLANS": "off"}, False)], ids=str)
async def test_plans_can_be_switched_off(
    store: Store, plugin: PassesPlugin, setting: dict[str, str], planned: bool
) -> None:
    async with running({"passes": plugin}, store.url, settings=setting) as application:
        usual = await answered(application.executor, OFFICER, "{ serverTime }")
        by_reference = await answered(application.reference, OFFICER, "{ serverTime }")
    assert (usual.planned, by_reference.planned) == (planned, False)
    assert usual.body == by_reference.body


@pytest.mark.parametrize(
    ("query", "variables", "status", "code"),
    [
        ("{ whoami", {}, 400, "DOCUMENT_SYNTAX"),
        ("{ nothing }", {}, 400, "DOCUMENT_INVALID"),
        (ODD, {}, 400, "BAD_USER_INPUT"),
        (ODD, {"odd": "a secret"}, 400, "BAD_USER_INPUT"),
        (ODD, {"odd": True}, 200, "BAD_USER_INPUT"),
    ],
)
async def test_mistakes_are_told_to_whoever_is_known(
    desk: Desk, token: str, query: str, variables: dict[str, object], status: int, code: str
) -> None:
    for _ in range(2):
        answer = await desk.answer(token, query, **variables)
        assert (answer.status, codes(answer), answer.outcome) == (status, [code], code)
        assert b"a secret" not in answer.body
        assert not answer.planned


@pytest.mark.parametrize(("query", "status"), [(CHANGE, 405), (QUERY, 200)])
async def test_what_only_reads_changes_nothing(desk: Desk, token: str, query: str, status: int) -> None:
    sender = Sender(Language.EN, "test", read_only=True)
    answer = await desk.executor.answer(GraphQLRequest(query, None, None, {}), token, sender)
    assert answer.status == status
    assert desk.plugin.doing.times == 0


@pytest.mark.parametrize("mood", ["well", "aside at once", "aside early", "aside late", "busy"])
async def test_a_change_is_made_once(desk: Desk, token: str, mood: str) -> None:
    desk.planner.mood = mood
    answer = await desk.answer(token, CHANGE)
    assert answer.body == b'{"data":{"do":{"times":1}}}'
    assert answer.planned is (mood == "well")
    assert desk.plugin.doing.times == 1


@pytest.mark.parametrize("who", ["p1", None])
async def test_a_store_in_trouble_is_no_answer(desk: Desk, token: str, who: str | None) -> None:
    desk.planner.mood = "busy"
    with pytest.raises(DatabaseBusy):
        await desk.answer(who)
    desk.planner.mood = "well"
    assert (await desk.answer(who)).planned


@pytest.mark.parametrize("mood", ["busy", "stuck"])
async def test_a_plan_that_does_not_end_leaves_nothing_running(desk: Desk, token: str, mood: str) -> None:
    """What its code was reading ends with the request, whether the store or the client gives up."""
    tasks = asyncio.all_tasks()
    desk.planner.mood = mood
    desk.planner.reads = True
    request = asyncio.create_task(desk.answer(token))
    await desk.planner.reading.wait()
    if mood == "stuck":
        request.cancel()
    with pytest.raises((asyncio.CancelledError, DatabaseBusy)):
        await request
    assert asyncio.all_tasks() == tasks


async def test_needless_fallbacks_are_told_to_operators(
    desk: Desk, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.planner.mood = "aside late"
    for _ in range(TOLERATED + 1):
        await desk.answer(token, ODD, odd=True)
    assert caplog.messages == []
    for _ in range(TOLERATED + 1):
        await desk.answer(token)
    (told,) = caplog.messages
    assert told.endswith("needlessly: told to (11)")
    assert "p1" not in told
