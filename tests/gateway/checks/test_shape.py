"""Fields and types of a wrong form: undescribed, out of place, wrapped wrongly, out of reach; and kinds."""

from collections.abc import Callable
from types import GenericAlias
from typing import Annotated, Any

import pytest
from sqlalchemy import ColumnElement

from gateway.access import ANYONE, SELF, SIGNED_IN, Audience, only
from gateway.authoring import (
    Connection,
    Rows,
    Value,
    attribute,
    column,
    connection,
    entity_by,
    extends,
    kinds_of,
    lookup,
    output_type,
    resolved,
    to_many,
    to_one,
    union,
    value_type,
    viewer_entity,
)
from gateway.context import RequestContext
from gateway.entities import Facility, Mutation, Participant, Query
from tests.gateway.checks.probe import Root, item, person, probe, refusals


@value_type(item)
class Item:
    """An item."""

    code: str = column(item.c.code, "Its code.")


async def change(context: RequestContext) -> str | None:
    """A change."""
    return context.request_id


async def undescribed(context: RequestContext) -> str | None:
    return context.request_id


def one(target: type, annotation: Any, source: Any) -> type:
    """An extension with one field."""
    return extends(target)(type("More", (), {"__annotations__": {"x": annotation}, "x": source}))


@pytest.mark.parametrize(
    ("target", "annotation", "source", "told"),
    [
        (
            Query,
            str | None,
            lambda: resolved(undescribed, rule=ANYONE),
            "Query.x: describe it (second argument of its source, or the docstring)",
        ),
        (
            Participant,
            Participant | None,
            lambda: entity_by("id", "Somebody.", rule=SELF),
            "Participant.x: lookup, viewer_entity and entity_by belong on Query",
        ),
        (
            Participant,
            Participant | None,
            lambda: viewer_entity("Somebody.", rule=SELF),
            "Participant.x: lookup, viewer_entity and entity_by belong on Query",
        ),
        (
            Mutation,
            Connection[Item] | None,
            lambda: connection(description="All.", order=[item.c.code], rule=ANYONE),
            "Mutation.x: a mutation is real code: use resolved(...)",
        ),
        (
            Participant,
            list[Item] | None,
            lambda: connection(item.c.owner, "All.", order=[item.c.code], rule=SELF),
            "Participant.x: a connection's type is Connection[...]",
        ),
        (
            Participant,
            Item | None,
            lambda: to_many(item.c.owner, "All.", order=[item.c.code], rule=SELF),
            "Participant.x: a to_many's type is list[...]",
        ),
        (
            Participant,
            list[Item] | None,
            lambda: to_one(there=item.c.code, description="One.", rule=SELF),
            "Participant.x: this source gives one value, not a list",
        ),
        (
            Query,
            Item | None,
            lambda: viewer_entity("Who asks.", rule=SIGNED_IN),
            "Query.x: its type must be a shared entity",
        ),
        (
            Item,
            str | None,
            lambda: resolved(change, rule=ANYONE),
            "Item.x: only shared entities, Query and Mutation can be extended",
        ),
        (
            Facility,
            Connection[Item] | None,
            lambda: connection(item.c.owner, "Theirs.", order=[item.c.code], rule=ANYONE),
            "Facility.x: nothing returns Facility, so no client could reach this field",
        ),
    ],
)
def test_one_line_for_each(target: type, annotation: Any, source: Callable[[], Any], told: str) -> None:
    """The fault is named with plugin, type and field."""
    assert f"probe: {told}" in refusals(probe=probe(Root, one(target, annotation, source())))


def test_an_undescribed_type() -> None:
    """Every type has a text in the published schema."""

    @value_type(item)
    class Thing:
        code: str = column(item.c.code, "Its code.")

    assert refusals(probe=probe(Root, Thing)) == ["probe: Thing: describe it with a docstring"]


def test_an_entity_that_only_a_union_leads_to() -> None:
    """It is within reach."""

    @output_type
    class Nothing:
        """Nothing."""

        reason: str = attribute("Why.")

    async def find(
        context: RequestContext,
    ) -> Annotated[Facility | Nothing, union("Found", description="Or not.")]:
        """Find it."""
        raise NotImplementedError

    @extends(Query)
    class Roots:
        find_it: Annotated[Facility | Nothing, union("Found", description="Or not.")] | None = resolved(
            find, rule=ANYONE
        )

    more = one(
        Facility, Connection[Item] | None, connection(item.c.owner, "Its.", order=[item.c.code], rule=ANYONE)
    )
    assert refusals(probe=probe(Root, Roots, more)) == []


def test_an_audience_that_can_only_change_has_the_cores_clock_to_ask() -> None:
    """A schema needs a query, so the core brings one for everybody."""

    @extends(Mutation)
    class Changed:
        something: str | None = resolved(change, rule=only(Audience.HOSPITAL))

    assert refusals(probe=probe(Root, Changed)) == []


def test_what_is_no_type_at_all() -> None:
    """A class without a decorator."""

    class Plain:
        pass

    assert refusals(probe=probe(Root, Plain)) == ["probe: Plain: is not a declared GraphQL type"]


def of_kind(kind: object = None, base: type | None = None, **options: Any) -> type:
    """A type of some items."""
    made = type("Special", (base or object,), {"__doc__": "Special items.", "__annotations__": {}})
    return value_type(options.pop("table", None), kind=kind, **options)(made)


def general(rows: Rows | None = None) -> type:
    """An interface over all items."""

    @kinds_of(item, by=item.c.kind, rows=rows)
    class General:
        """Items of every kind."""

        code: str = column(item.c.code, "Its code.")

    return General


def some(agency: Value[str]) -> ColumnElement[bool]:
    """Some."""
    return item.c.owner == agency


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"kind": None}, "say which rows of General these are: @value_type(kind=...)"),
        ({"kind": 7}, "7 is no value of probe_item.kind"),
        ({"kind": "b", "table": person}, "its rows are those of General; leave its table out"),
        (
            {"kind": "b", "rows": Rows("some", some)},
            "rows= belongs on General, whose kinds are narrowed alike",
        ),
    ],
)
def test_a_wrong_kind(options: dict[str, Any], told: str) -> None:
    """A kind that no row would be, or that would be narrowed in vain."""
    base = general()
    right = value_type(kind="a")(type("Right", (base,), {"__doc__": "Right items.", "__annotations__": {}}))
    lines = refusals(probe=probe(Root, right, of_kind(base=base, **options)))
    assert f"probe: Special: {told}" in lines
    assert all(line.startswith("probe: Special") for line in lines)


def test_one_kind_twice() -> None:
    """Two types would claim one row."""
    base = general()
    again = value_type(kind="a")(type("Again", (base,), {"__doc__": "The same.", "__annotations__": {}}))
    assert refusals(probe=probe(Root, again, of_kind("a", base))) == [
        "probe: Special: Again has the kind 'a' already"
    ]


def test_an_interface_without_kinds() -> None:
    """No row could be told."""
    assert refusals(probe=probe(Root, general())) == [
        "probe: General: no kind implements it; add @value_type(kind=...) types to graphql_types"
    ]


def test_a_kind_of_no_interface() -> None:
    """A kind needs a column that tells it."""
    plain = of_kind("a", table=item)
    assert refusals(probe=probe(Root, plain)) == [
        "probe: Special: has a kind, but inherits from no interface made with kinds_of"
    ]
    derived = of_kind("a", base=Item)
    assert "probe: Special: inherits from Item, which was not made with kinds_of" in refusals(
        probe=probe(Root, derived)
    )


def test_a_list_of_one_kind() -> None:
    """The rows behind it are of every kind."""
    special = of_kind("a", general())
    many = to_many(item.c.owner, "All.", order=[item.c.code], rule=SELF)
    more = one(Participant, GenericAlias(list, (special,)) | None, many)
    found = one(Query, special | None, lookup(item.c.code, "One.", argument="code", rule=ANYONE))
    assert refusals(probe=probe(Root, more, found)) == [
        "probe: Participant.x: the rows are of every kind; its type must be General",
        "probe: Query.x: the rows are of every kind; its type must be General",
    ]
