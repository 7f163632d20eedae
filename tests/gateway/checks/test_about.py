"""Rows that might be about participants, and nobody says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.access import SELF
from gateway.authoring import DataKind, column, extends, kinds_of, to_one, value_type
from gateway.entities import Participant, Query
from gateway.errors import Text
from tests.gateway.checks.probe import Root, item, person, probe, refusals

NAMES = DataKind("probe:name", Text("Tên", "Names"))
SAY = "probe: Thing: say whom a row is about: about=table.c.participant_id, or about=None"


def things(declare: Callable[[type], type], called: str = "Thing", **fields: Any) -> type:
    """A type of rows with some fields."""
    return declare(
        type(
            called,
            (),
            {
                "__doc__": "A thing.",
                "__annotations__": {field: kind for field, (kind, _) in fields.items()},
                **{field: source for field, (_, source) in fields.items()},
            },
        )
    )


@pytest.mark.parametrize(
    ("declare", "told"),
    [
        (lambda: value_type(person), [SAY]),
        (lambda: value_type(person, about=None), []),
        (lambda: value_type(person, about=person.c.participant_id), []),
        (lambda: value_type(person, about=person.c.participant_id, data=NAMES), []),
        (lambda: value_type(person, about=None, data=NAMES), ["probe: Thing: data= goes with about="]),
        (
            lambda: value_type(person, about=item.c.code),
            ["probe: Thing: about=probe_item.code is not a column of probe_person"],
        ),
        (
            lambda: value_type(person, about=person.c.number),
            ["probe: Thing: about=probe_person.number holds no key of a participant, which is text"],
        ),
        (
            lambda: value_type(
                person, about=person.c.participant_id, data=DataKind("other:name", Text("Tên", "Names"))
            ),
            ["probe: Thing: the kind of data 'other:name' must be named probe:..."],
        ),
    ],
)
def test_rows_with_a_participants_key(declare: Callable[[], Any], told: list[str]) -> None:
    made = things(declare(), name=(str, column(person.c.name, "N.")))
    assert refusals(probe=probe(Root, made)) == told


def test_rows_that_lead_to_a_participant() -> None:
    made = things(value_type(item), owner=(Participant, to_one(item.c.owner, "Whose.")))
    assert refusals(probe=probe(Root, made)) == [SAY]


def test_kinds_are_about_whom_their_interface_is() -> None:
    base = things(
        kinds_of(item, by=item.c.kind, about=None), "General", code=(str, column(item.c.code, "C."))
    )
    kind = value_type(kind="a", about=None)(
        type("Special", (base,), {"__doc__": "A kind.", "__annotations__": {}})
    )
    assert refusals(probe=probe(Root, kind)) == [
        "probe: Special: about= and data= belong on its interface, whose kinds are alike"
    ]


def test_kinds_of_data_have_one_meaning() -> None:
    other = DataKind("probe:name", Text("Tên gọi", "What one is called"))
    one = things(
        value_type(person, about=person.c.participant_id, data=NAMES), name=(str, column(person.c.name, "N."))
    )
    more = extends(Participant, row=person.c.participant_id, data=other)(
        type(
            "More",
            (),
            {
                "__annotations__": {"nick": str | None},
                "nick": column(person.c.nick, "N.", rule=SELF),
            },
        )
    )
    assert refusals(probe=probe(Root, one, more)) == [
        "probe: More: there is another kind of data 'probe:name'"
    ]


def test_a_kind_of_data_is_for_participants() -> None:
    made = extends(Query, data=NAMES)(
        type("Roots", (), {"__annotations__": {"x": Participant | None}, "x": Root.__dict__.get("nothing")})
    )
    assert "probe: Roots: data= is for fields of Participant" in refusals(probe=probe(Root, made))
