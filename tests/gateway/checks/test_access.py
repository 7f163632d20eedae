"""Rules that do not start: none, undeclared, in the wrong place, or unable to be refused."""

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement

from gateway.access import ANYONE, SELF, VIA_PARENT, Audience, Scope, only, scope
from gateway.authoring import (
    Connection,
    Rows,
    Value,
    attribute,
    column,
    connection,
    extends,
    output_type,
    resolved,
    to_many,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Participant, Query
from tests.gateway.checks.probe import Root, item, person, probe, refusals

READ = Scope("probe:read", frozenset({Audience.OFFICER}), "Read.")


@value_type(item)
class Item:
    """An item."""

    code: str = column(item.c.code, "Its code.")


async def greet(participant: Participant, context: RequestContext) -> str | None:
    """A greeting."""
    return participant.id


def rule_less() -> tuple[type, str]:
    @extends(Participant)
    class More:
        greeting: str | None = resolved(greet)

    return More, "Participant.greeting: no access rule; give it rule=..."


def attribute_of_an_entity() -> tuple[type, str]:
    @extends(Participant)
    class More:
        extra: str | None = attribute("Without a source.")

    return More, "Participant.extra: no access rule; give it rule=..."


def attribute_of_a_row() -> tuple[type, str]:
    @value_type(item)
    class Thing:
        """A thing."""

        extra: str | None = attribute("Without a source.")

    return Thing, "Thing.extra: no access rule; give it rule=..."


def relies_on_its_parent() -> tuple[type, str]:
    @extends(Participant)
    class More:
        greeting: str | None = resolved(greet, rule=VIA_PARENT)

    return More, (
        "Participant.greeting: a field added to an entity or a root needs a rule of its own; "
        "federation reaches entities without their parents"
    )


def combined_with_its_parents() -> tuple[type, str]:
    @extends(Participant)
    class More:
        greeting: str | None = resolved(greet, rule=SELF | VIA_PARENT)

    return More, "Participant.greeting: VIA_PARENT admits everybody; do not combine it with other rules"


def undeclared_scope() -> tuple[type, str]:
    @extends(Participant)
    class More:
        greeting: str | None = resolved(greet, rule=SELF | scope("probe:write"))

    return More, "Participant.greeting: no plugin declares the scope probe:write; add it to access_scopes"


def key_of_a_root() -> tuple[type, str]:
    @extends(Query)
    class More:
        items: Connection[Item] | None = connection(description="All.", order=[item.c.code], rule=SELF)

    return More, "Query.items: rule self needs the key of an entity; there is none here"


def key_of_a_row() -> tuple[type, str]:
    @value_type(item)
    class Thing:
        """A thing."""

        code: str | None = column(item.c.code, "Its code.", rule=SELF | scope("probe:read"))

    return Thing, "Thing.code: rule self or probe:read needs the key of an entity; there is none here"


def cannot_be_refused() -> tuple[type, str]:
    @extends(Participant)
    class More:
        items: list[Item] = to_many(item.c.owner, "Theirs.", order=[item.c.code], rule=SELF)

    return (
        More,
        "Participant.items: make the guarded field nullable; a refusal would null everything around it",
    )


def cannot_be_refused_on_a_row() -> tuple[type, str]:
    @value_type(item)
    class Thing:
        """A thing."""

        code: str = column(item.c.code, "Its code.", rule=scope("probe:read"))

    return Thing, "Thing.code: make the guarded field nullable; a refusal would null everything around it"


def own(agency: Value[str]) -> ColumnElement[bool]:
    """One's own."""
    return item.c.note == agency


def unknown_scope_lifts_rows() -> tuple[type, str]:
    @value_type(item, rows=Rows("own agency", own, unless=scope("probe:all")))
    class Thing:
        """A thing."""

        code: str = column(item.c.code, "Its code.")

    return Thing, "Thing: no plugin declares the scope probe:all; add it to access_scopes"


def own_name(agency: Value[str]) -> ColumnElement[bool]:
    """One's own."""
    return person.c.team == agency


def key_lifts_rows() -> tuple[type, str]:
    @extends(Participant, row=person.c.participant_id, rows=Rows("own team", own_name, unless=SELF))
    class More:
        name: str | None = column(person.c.name, "Name.", rule=SELF)

    return More, "More: rows own team: unless= must be a rule on the viewer alone"


def rows_of_no_row() -> tuple[type, str]:
    @extends(Participant, rows=Rows("own team", own_name))
    class More:
        greeting: str | None = resolved(greet, rule=SELF)

    return More, "Participant.greeting: rows= narrows our row about the entity; name row= too"


@pytest.mark.parametrize(
    "planted",
    [
        rule_less,
        attribute_of_an_entity,
        attribute_of_a_row,
        relies_on_its_parent,
        combined_with_its_parents,
        undeclared_scope,
        key_of_a_root,
        key_of_a_row,
        cannot_be_refused,
        cannot_be_refused_on_a_row,
        unknown_scope_lifts_rows,
        key_lifts_rows,
        rows_of_no_row,
    ],
)
def test_one_line_for_each(planted: Callable[[], tuple[type, str]]) -> None:
    """The fault is named with plugin, type and field, and nothing else is."""
    fragment, told = planted()
    assert refusals(probe=probe(Root, fragment, scopes=[READ])) == [f"probe: {told}"]


def test_a_type_of_which_an_audience_sees_nothing() -> None:
    """Its schema would have an object without fields."""

    @output_type
    class Secret:
        """For officers."""

        text: str | None = resolved(greet, description="Hidden.", rule=only(Audience.OFFICER))

    async def secret(context: RequestContext) -> Secret:
        """Nothing for most."""
        raise NotImplementedError

    @extends(Query)
    class More:
        secret_of_all: Secret | None = resolved(secret, rule=only(Audience.PUBLIC, Audience.OFFICER))

    assert refusals(probe=probe(Root, More)) == [
        "probe: Secret: the audience public reaches it but may never see a field of it; guard what leads to it"
    ]


def test_a_sound_plugin_starts() -> None:
    """The plugin that the faults are planted in has none itself."""

    @extends(Participant, row=person.c.participant_id, rows=Rows("own team", own_name))
    class More:
        name: str | None = column(person.c.name, "Name.", rule=SELF | scope("probe:read"))
        items: list[Item] | None = to_many(item.c.owner, "Theirs.", order=[item.c.code], rule=SELF)
        open: list[Item] = to_many(item.c.owner, "Theirs, for all.", order=[item.c.code], rule=ANYONE)

    assert refusals(probe=probe(Root, More, scopes=[READ])) == []
