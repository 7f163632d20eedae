"""Demo cards: plausible, deterministic, and with something of everything."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest

from gateway.demo import Demo
from gateway.demo.people import DemoParticipant, participants
from plugins.hi_card.benefits import LivingArea, object_code
from plugins.hi_card.demo import CardsDemo
from plugins.hi_card.models import CardState
from plugins.hi_card.numbers import card_number

DEMO = Demo(participants=2_000, seed=1, today=dt.date(2026, 11, 23))
Cards = list[Mapping[str, Any]]


def cards_of(people: list[DemoParticipant], demo: Demo = DEMO) -> Cards:
    return [dict(row) for rows in CardsDemo().participants(people, demo) for row in rows.values]


@pytest.fixture(scope="module")
def people() -> list[DemoParticipant]:
    return list(participants(DEMO.participants, DEMO.seed))


@pytest.fixture(scope="module")
def cards(people: list[DemoParticipant]) -> Cards:
    return cards_of(people)


def test_they_do_not_depend_on_the_batch(people: list[DemoParticipant], cards: Cards) -> None:
    assert cards_of(people[:700]) + cards_of(people[700:]) == cards


def test_keys_do_not_depend_on_the_day(people: list[DemoParticipant], cards: Cards) -> None:
    later = Demo(DEMO.participants, DEMO.seed, DEMO.today + dt.timedelta(days=400))
    assert [card["id"] for card in cards_of(people, later)] == [card["id"] for card in cards]


def test_nobody_has_two_newest_cards(cards: Cards) -> None:
    for column in ("id", "current_for", "active_number"):
        values = [card[column] for card in cards if card[column] is not None]
        assert len(values) == len(set(values))


def test_whoever_has_cards_has_a_newest_one(cards: Cards) -> None:
    assert {card["participant_id"] for card in cards} == {card["current_for"] for card in cards} - {None}


@pytest.mark.parametrize("size", [1, 300])
def test_the_first_person_has_an_old_card_and_one_in_force(size: int) -> None:
    for seed in range(20):
        demo = Demo(size, seed, DEMO.today)
        old, new = cards_of(list(participants(1, seed)), demo)
        assert (len(old["number"]), old["state"], old["current_for"]) == (15, CardState.REPLACED, None)
        assert (len(new["number"]), new["state"]) == (10, CardState.ACTIVE)
        assert new["valid_from"] <= demo.today


def test_numbers_are_those_of_the_cards(people: list[DemoParticipant], cards: Cards) -> None:
    codes = {person.key: person.social_security_code for person in people}
    for card in cards:
        number = card_number(card["number"])
        assert number.social_security_code == codes[card["participant_id"]]
        assert number.social_security_code.startswith("00")
        if len(card["number"]) == 15:
            assert card["number"].startswith(f"{card['object_code']}{card['benefit_level']}")


def test_days_are_in_order(people: list[DemoParticipant], cards: Cards) -> None:
    born = {person.key: person.birth_date for person in people}
    for card in cards:
        assert card["valid_to"] is None or card["valid_from"] <= card["valid_to"]
        assert min(born[card["participant_id"]], DEMO.today) <= card["valid_from"]


def test_states_fit_the_day(cards: Cards) -> None:
    for card in cards:
        in_force = card["valid_to"] is None or card["valid_to"] >= DEMO.today
        if card["state"] in (CardState.ACTIVE, CardState.EXPIRED):
            assert (card["state"] is CardState.ACTIVE) is in_force


def test_there_is_something_of_everything(people: list[DemoParticipant], cards: Cards) -> None:
    newest = [card for card in cards if card["current_for"] is not None]
    assert {card["benefit_level"] for card in cards} == {1, 2, 3, 4, 5}
    assert {card["living_area"] for card in cards} == {None, *LivingArea}
    assert {card["state"] for card in cards} == set(CardState)
    assert any(not object_code(card["object_code"]).known for card in cards)
    assert any(card["five_year_date"] is None for card in newest)
    assert any(card["valid_to"] is None for card in newest)
    assert any(len(card["number"]) == 15 for card in newest)
    assert 0.02 < 1 - len(newest) / len(people) < 0.12
    held = Counter(card["participant_id"] for card in cards)
    assert 0.15 < sum(count == 2 for count in held.values()) / len(held) < 0.4


def test_a_card_begins_with_the_holder(people: list[DemoParticipant]) -> None:
    (child,) = islice((person for person in people if person.birth_date.year == 2024), 1)
    demo = Demo(DEMO.participants, DEMO.seed, dt.date(2024, 12, 31))
    assert all(card["valid_from"] >= child.birth_date for card in cards_of([child], demo))
