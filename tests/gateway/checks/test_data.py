"""Sources that promise what the tables cannot hold."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func

from gateway.access import ANYONE
from gateway.authoring import (
    ID,
    Money,
    column,
    computed,
    derived,
    extends,
    identifier,
    lookup,
    to_many,
    to_one,
    value_type,
)
from gateway.entities import Participant, Query
from tests.gateway.checks.probe import Colour, Root, elsewhere, item, pair, person, probe, refusals


@value_type(item)
class Item:
    """An item."""

    code: str = column(item.c.code, "Its code.")


def of_an_item(annotation: Any, source: Any) -> type:
    """A type of items with one field."""
    return value_type(item, about=None)(
        type("Thing", (), {"__doc__": "A thing.", "__annotations__": {"x": annotation}, "x": source})
    )


def of_the_root(annotation: Any, source: Any) -> type:
    """An extension of the root with one field."""
    return extends(Query)(type("Roots", (), {"__annotations__": {"x": annotation}, "x": source}))


def tail(text: str) -> str:
    """The end."""
    return text[1:]


@pytest.mark.parametrize(
    ("annotation", "source", "told"),
    [
        (str, lambda: column(item.c.note, "N."), "probe_item.note may be NULL but the field is not nullable"),
        (int, lambda: column(item.c.code, "N."), "the column holds str, the field promises int"),
        (str | None, lambda: column(item.c.on_day, "N."), "the column holds date, the field promises str"),
        (str, lambda: column(item.c.colour, "N."), "the column holds Colour, the field promises str"),
        (ID, lambda: column(item.c.id, "N."), "the column holds int, the field promises ID"),
        (
            int,
            lambda: column(item.c.worth, "N."),
            "Int has 32 bits; use Money, or a scalar of its own, for a BigInteger",
        ),
        (Money, lambda: column(item.c.code, "N."), "the column holds str, the field promises Money"),
        (
            int,
            lambda: computed(func.length(item.c.code), "N."),
            "the column holds object, the field promises int",
        ),
        (
            str,
            lambda: column(person.c.name, "N."),
            "probe_person is not the table of this type (probe_item); use to_one or to_many",
        ),
        (
            str,
            lambda: computed(item.c.code + person.c.name, "N."),
            "probe_person is not the table of this type (probe_item); use to_one or to_many",
        ),
        (
            str,
            lambda: derived(tail, person.c.name),
            "probe_person is not the table of this type (probe_item); use to_one or to_many",
        ),
        (Item, lambda: to_one(item.c.parent_id, "N."), "the row may be missing; make the field nullable"),
        (
            Item | None,
            lambda: to_one(item.c.code, "N."),
            "probe_item.code holds str, the key that it is compared with is int",
        ),
        (
            Participant | None,
            lambda: to_one(item.c.parent_id, "N."),
            "probe_item.parent_id holds int, the key that it is compared with is str",
        ),
        (
            Participant,
            lambda: to_one(item.c.note, "N."),
            "probe_item.note may be NULL but the field is not nullable",
        ),
        (
            Participant | None,
            lambda: to_one(there=item.c.code, description="N."),
            "an entity is reached by our column with its key: to_one(column)",
        ),
        (
            dt.date | None,
            lambda: to_one(item.c.note, "N."),
            "its type must be a shared entity or a @value_type",
        ),
        (
            Item | None,
            lambda: to_one(there=item.c.parent_id, description="N."),
            "probe_item.parent_id is not unique, so this is not to_one; use to_many",
        ),
        (
            list[Item],
            lambda: to_many(item.c.owner, "N.", order=[item.c.code]),
            "probe_item.owner holds str, the key that it is compared with is int",
        ),
    ],
)
def test_a_field_of_a_row(annotation: Any, source: Callable[[], Any], told: str) -> None:
    """One line names the fault."""
    assert refusals(probe=probe(Root, of_an_item(annotation, source()))) == [f"probe: Thing.x: {told}"]


@pytest.mark.parametrize("key", [item.c.active, item.c.colour], ids=["bool", "enum"])
def test_a_key_that_statements_cannot_compare(key: Any) -> None:
    """It would fail with the first request otherwise."""
    made = of_the_root(Item | None, lookup(key, "N.", argument="key", rule=ANYONE))
    (line,) = refusals(probe=probe(Root, made))
    assert line.startswith(f"probe: Query.x: {key} cannot be a key: one_of compares text, integers")


def test_a_table_with_a_key_of_two_columns() -> None:
    """Rows have one key."""

    @value_type(pair)
    class Pair:
        """A pair."""

        owner: str = column(pair.c.owner, "Whose.")

    assert refusals(probe=probe(Root, Pair)) == ["probe: Pair: probe_pair needs a primary key of one column"]


def test_tables_of_others() -> None:
    """A plugin reads no table but its own."""

    @value_type(elsewhere)
    class Thing:
        """A thing."""

        name: str = column(elsewhere.c.name, "Name.")

    told = "other_thing is not a table of this plugin; extend an entity instead"
    assert refusals(probe=probe(Root, Thing)) == [f"probe: Thing.name: {told}"]


def test_colour_is_an_enum() -> None:
    """Which keeps the cases above honest."""
    assert item.c.colour.type.python_type is Colour


def test_money_and_identifiers_are_what_their_columns_hold() -> None:
    """đồng as Money, text as an opaque ID."""
    assert refusals(probe=probe(Root, of_an_item(Money, column(item.c.worth, "Worth.")))) == []
    assert refusals(probe=probe(Root, of_an_item(ID, identifier(item.c.code, "Key.")))) == []
