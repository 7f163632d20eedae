"""What plugins add to entities and roots, where the tables cannot hold what it promises."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, func

from gateway.access import ANYONE, SELF
from gateway.authoring import (
    Connection,
    Rows,
    Value,
    column,
    connection,
    derived,
    extends,
    lookup,
    to_many,
    to_one,
    value_type,
)
from gateway.entities import Facility, Participant, Query
from tests.gateway.checks.probe import Root, item, person, probe, refusals


@value_type(item)
class Item:
    """An item."""

    code: str = column(item.c.code, "Its code.")


def narrowed(agency: Value[str]) -> ColumnElement[bool]:
    """Some."""
    return person.c.team == agency


@value_type(person, rows=Rows("own team", narrowed), about=None)
class Person:
    """A person."""

    name: str = column(person.c.name, "Name.")


def of_a_participant(annotation: Any, source: Any, row: Any = None) -> type:
    """An extension of participants with one field."""
    return extends(Participant, row=row)(
        type("More", (), {"__annotations__": {"x": annotation}, "x": source})
    )


def of_the_root(annotation: Any, source: Any) -> type:
    """An extension of the root with one field."""
    return extends(Query)(type("Roots", (), {"__annotations__": {"x": annotation}, "x": source}))


def tail(text: str) -> str:
    """The end."""
    return text[1:]


OWN = person.c.participant_id


@pytest.mark.parametrize(
    ("annotation", "source", "row", "told"),
    [
        (
            str,
            lambda: column(person.c.name, "N.", rule=ANYONE),
            OWN,
            "our row about Participant may be missing; make the field nullable",
        ),
        (
            str | None,
            lambda: column(person.c.name, "N.", rule=SELF),
            None,
            "has columns but no row: give @extends(..., row=...) the column that holds the entity's key",
        ),
        (
            str | None,
            lambda: derived(tail, person.c.name, rule=SELF),
            None,
            "has columns but no row: give @extends(..., row=...) the column that holds the entity's key",
        ),
        (
            str | None,
            lambda: column(person.c.name, "N.", rule=SELF),
            person.c.team,
            "probe_person.team is not unique, so this is not row=; it must be",
        ),
        (
            str | None,
            lambda: column(item.c.code, "N.", rule=SELF),
            item.c.live_code,
            "probe_item.live_code is not unique, so this is not row=; it must be",
        ),
        (
            str | None,
            lambda: column(person.c.name, "N.", rule=SELF),
            person.c.number,
            "probe_person.number holds int, the key that it is compared with is str",
        ),
        (
            int | None,
            lambda: column(person.c.fortune, "N.", rule=SELF),
            OWN,
            "Int has 32 bits; use Money, or a scalar of its own, for a BigInteger",
        ),
        (
            Item | None,
            lambda: to_one(there=item.c.owner, description="N.", rule=SELF),
            None,
            "probe_item.owner is not unique, so this is not to_one; use to_many",
        ),
        (
            Item | None,
            lambda: to_one(there=person.c.participant_id, description="N.", rule=SELF),
            None,
            "probe_person.participant_id is not a column of probe_item",
        ),
        (
            Item,
            lambda: to_one(there=item.c.code, description="N.", rule=ANYONE),
            None,
            "the row may be missing; make the field nullable",
        ),
        (
            list[Person],
            lambda: to_many(person.c.participant_id, "N.", order=[person.c.name], rule=ANYONE),
            None,
            "Person rows are narrowed (own team); make the field nullable",
        ),
        (
            list[Item] | None,
            lambda: to_many(item.c.parent_id, "N.", order=[item.c.code], rule=SELF),
            None,
            "probe_item.parent_id holds int, the key that it is compared with is str",
        ),
        (
            list[Item] | None,
            lambda: to_many(person.c.participant_id, "N.", order=[item.c.code], rule=SELF),
            None,
            "probe_person.participant_id is not a column of probe_item",
        ),
        (
            Connection[Item] | None,
            lambda: connection(description="N.", order=[item.c.code], rule=SELF),
            None,
            "name the column that holds our key",
        ),
        (
            Connection[Item] | None,
            lambda: connection(item.c.owner, "N.", order=[item.c.note], rule=SELF),
            None,
            "cannot page by probe_item.note: it may be NULL",
        ),
        (
            Connection[Item] | None,
            lambda: connection(item.c.owner, "N.", order=[item.c.price], rule=SELF),
            None,
            "cannot page by probe_item.price: order by text, whole numbers, days or instants",
        ),
        (
            Connection[Item] | None,
            lambda: connection(item.c.owner, "N.", order=[item.c.german.desc()], rule=SELF),
            None,
            "cannot page by probe_item.german: a collation of its own may tie different texts",
        ),
        (
            Connection[Item] | None,
            lambda: connection(item.c.owner, "N.", order=[func.lower(item.c.code)], rule=SELF),
            None,
            "lists are ordered by plain columns",
        ),
        (
            Connection[Item] | None,
            lambda: connection(item.c.owner, "N.", order=[item.c.code, person.c.name], rule=SELF),
            None,
            "probe_person.name is not a column of probe_item",
        ),
        (
            Connection[Facility] | None,
            lambda: connection(item.c.owner, "N.", order=[item.c.code], rule=SELF),
            None,
            "its type must be a @value_type of this table, or an entity that this plugin extends with row= in this table",
        ),
    ],
)
def test_a_field_of_an_entity(annotation: Any, source: Callable[[], Any], row: Any, told: str) -> None:
    """One line names the fault."""
    made = of_a_participant(annotation, source(), row)
    assert refusals(probe=probe(Root, made)) == [f"probe: Participant.x: {told}"]


@pytest.mark.parametrize(
    ("annotation", "source", "told"),
    [
        (
            Item | None,
            lambda: lookup(item.c.owner, "N.", argument="owner", rule=ANYONE),
            "probe_item.owner is not unique, so this is not lookup; it must be",
        ),
        (
            Item,
            lambda: lookup(item.c.code, "N.", argument="code", rule=ANYONE),
            "make it nullable; there may be no such row",
        ),
        (
            Participant | None,
            lambda: lookup(item.c.code, "N.", argument="code", rule=ANYONE),
            "its type must be a @value_type of this table, or an entity that this plugin extends with row= in this table",
        ),
        (
            Connection[Item] | None,
            lambda: connection(item.c.owner, "N.", order=[item.c.code], rule=ANYONE),
            "a root list has no parent; leave the column out",
        ),
        (
            Connection[Person],
            lambda: connection(description="N.", order=[person.c.name], rule=ANYONE),
            "Person rows are narrowed (own team); make the field nullable",
        ),
    ],
)
def test_a_field_of_the_root(annotation: Any, source: Callable[[], Any], told: str) -> None:
    """One line names the fault."""
    assert refusals(probe=probe(Root, of_the_root(annotation, source()))) == [f"probe: Query.x: {told}"]
