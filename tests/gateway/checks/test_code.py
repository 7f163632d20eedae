"""Functions that the core cannot use: resolvers, derived values, filters and row conditions."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, exists

from gateway.access import ANYONE, SELF
from gateway.authoring import (
    Connection,
    Rows,
    Value,
    column,
    connection,
    derived,
    extends,
    resolved,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Participant, Query
from tests.gateway.checks.probe import Root, item, person, probe, refusals


@value_type(item)
class Item:
    """An item."""

    code: str = column(item.c.code, "Its code.")


def synchronous(participant: Participant, context: RequestContext) -> str | None:
    """No coroutine."""
    return participant.id


async def sourceless(context: RequestContext) -> str | None:
    """Made for a root."""
    return context.request_id


async def sourced(participant: Participant, context: RequestContext) -> str | None:
    """Made for an entity."""
    return participant.id


async def unannotated(participant: Participant, context: RequestContext, loud) -> str | None:  # type: ignore[no-untyped-def]
    """Which type?"""
    return participant.id


async def unknown(participant: Participant, context: RequestContext, loud: "Nowhere") -> str | None:  # type: ignore[name-defined]  # noqa: F821
    """Which type?"""
    return participant.id


async def undescribed(participant: Participant, context: RequestContext, loud: bool = False) -> str | None:
    """What for?"""
    return participant.id


@pytest.mark.parametrize(
    ("target", "function", "told"),
    [
        (Participant, synchronous, "synchronous must be `async def`"),
        (Participant, sourceless, "sourceless must take the source as its first parameter"),
        (Query, sourced, "sourced takes a source, but a root field has none"),
        (Participant, unannotated, "unannotated: annotate every parameter (loud has no annotation)"),
        (Participant, unknown, "unknown: annotate every parameter (name 'Nowhere' is not defined)"),
        (
            Participant,
            undescribed,
            "describe the argument loud with Annotated[..., argument(description=...)]",
        ),
    ],
)
def test_resolvers(target: type, function: Any, told: str) -> None:
    """One line names the fault."""

    @extends(target)
    class More:
        x: str | None = resolved(function, rule=ANYONE)

    assert refusals(probe=probe(Root, More)) == [f"probe: {target.__name__}.x: {told}"]


async def later(code: str) -> str:
    """A coroutine."""
    return code


def two(code: str, other: str) -> str:
    """Of two cells."""
    return code + other


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (later, "a derived function is synchronous and pure; use resolved(...) for real code"),
        (two, "two does not take the 1 cells given: missing a required argument: 'other'"),
    ],
)
def test_derived_values(function: Any, told: str) -> None:
    """One line names the fault."""

    @value_type(item)
    class Thing:
        """A thing."""

        x: str = derived(function, item.c.code)

    assert refusals(probe=probe(Root, Thing)) == [f"probe: Thing.x: {told}"]


def right(code: Value[str]) -> ColumnElement[bool]:
    """Of a person."""
    return item.c.code.in_([code]) & exists().where(person.c.participant_id == item.c.owner)


def truth_tested(code: Value[str]) -> ColumnElement[bool]:
    """By an if."""
    return item.c.code == code if code else item.c.code.is_not(None)


def plain_argument(code: str) -> ColumnElement[bool]:
    """Not bound."""
    return item.c.code == code


def of_two(code: Value[str], owner: Value[str]) -> ColumnElement[bool]:
    """Of two values."""
    return (item.c.code == code) & (item.c.owner == owner)


def silent(code: Value[str]) -> ColumnElement[bool]:
    return item.c.code == code


def no_condition(code: Value[str]) -> bool:
    """True."""
    return True


def of_another_table(name: Value[str]) -> ColumnElement[bool]:
    """Everybody times everything."""
    return (person.c.name == name) & (person.c.participant_id == item.c.owner)


def before(before: Value[str]) -> ColumnElement[bool]:
    """Not after."""
    return item.c.code < before


def misspelt(code: Value["Nowhere"]) -> ColumnElement[bool]:  # type: ignore[name-defined]  # noqa: F821
    """What?"""
    return item.c.code == code


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ([right], None),
        (
            [truth_tested],
            "filter truth_tested: called with placeholders, it raised TypeError: Boolean value of this clause is not defined",
        ),
        ([plain_argument], "filter plain_argument: annotate code as Value[...]"),
        ([of_two], "filter of_two takes exactly one Value"),
        ([silent], "filter silent: its docstring describes the argument"),
        ([no_condition], "filter no_condition: gives no SQL condition"),
        (
            [of_another_table],
            "filter of_another_table: probe_person is not the table of these rows; use exists(...)",
        ),
        ([before], "filter before: there is an argument before already"),
        ([right, right], "filter right: there is an argument code already"),
        ([misspelt], "filter misspelt: name 'Nowhere' is not defined"),
    ],
)
def test_filters(filters: list[Callable[..., ColumnElement[bool]]], told: str | None) -> None:
    """One line names the fault."""

    @extends(Participant)
    class More:
        x: Connection[Item] | None = connection(
            item.c.owner, "Theirs.", order=[item.c.code], filters=filters, rule=SELF
        )

    assert refusals(probe=probe(Root, More)) == ([f"probe: Participant.x: {told}"] if told else [])


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (right, None),
        (of_two, None),
        (
            truth_tested,
            "called with placeholders, it raised TypeError: Boolean value of this clause is not defined",
        ),
        (plain_argument, "annotate code as Value[...]"),
        (no_condition, "gives no SQL condition"),
        (of_another_table, "probe_person is not the table of these rows; use exists(...)"),
    ],
)
def test_row_conditions(condition: Callable[..., ColumnElement[bool]], told: str | None) -> None:
    """On a type of rows and on our row about an entity alike."""

    @value_type(item, rows=Rows("some", condition))
    class Thing:
        """A thing."""

        code: str = column(item.c.code, "Its code.")

    @extends(Participant, row=item.c.code, rows=Rows("some", condition))
    class More:
        owner: str | None = column(item.c.owner, "Whose.", rule=SELF)

    expected = [f"probe: More: rows some: {told}", f"probe: Thing: rows some: {told}"] if told else []
    assert refusals(probe=probe(Root, Thing, More)) == expected
