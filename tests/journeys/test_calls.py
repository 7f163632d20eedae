"""How many functions a planned answer calls: a measure of its cost that no other work of the machine disturbs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import FrameType
from typing import Final

import pytest

from gateway.access import Audience
from gateway.demo.people import DemoParticipant
from gateway.errors import Language
from gateway.execution import GraphQLRequest, Sender
from tests.journeys.conftest import Gateway

Tokens = Mapping[Audience, str | None]

ROOM: Final = 1.1
"""Versions of Python and of libraries differ a little."""

CALLS: dict[tuple[Audience, str], int] = {
    (Audience.PUBLIC, "SearchFacilities"): 138,
    (Audience.PARTICIPANT, "MyCard"): 173,
    (Audience.PARTICIPANT, "MyCards"): 190,
    (Audience.HOSPITAL, "CheckCard"): 477,  # half of them write the audit trail: a task and a thread
}


class Calls:
    """Counts calls of Python functions and of functions in C while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Calls:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, _frame: FrameType, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            self.count += 1


@pytest.mark.untraced
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("audience", "name"), CALLS, ids=lambda part: str(getattr(part, "value", part)))
async def test_a_planned_answer_takes_few_calls(
    gateway: Gateway, tokens: Tokens, people: list[DemoParticipant], audience: Audience, name: str
) -> None:
    application = gateway.application
    (document,) = [one for one in application.documents[audience].all_trusted() if one.name == name]
    code = people[0].social_security_code
    request = GraphQLRequest(None, document.hash, None, {"number": code, "search": "da khoa", "first": 5})
    sender = Sender(Language.EN, "test")
    calls = Calls()
    for _ in range(3):  # the first ones plan, and read the session by itself
        calls.count = 0
        with calls:
            answer = await application.executor.answer(request, tokens[audience], sender)
        assert answer.planned
    assert calls.count <= CALLS[audience, name] * ROOM, calls.count
