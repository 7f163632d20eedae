"""Compiled coercion of variables gives what graphql-core gives, or steps aside where that has an error."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any, Final

import pytest
import strawberry
from graphql import GraphQLSchema, OperationDefinitionNode, parse
from graphql.execution import get_variable_values
from hypothesis import example, given
from hypothesis import strategies as st
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from gateway.authoring import ID, Money, attribute, enumeration, input_type
from gateway.authoring.scalars import SCALARS
from gateway.planning.stepping import StepAside
from gateway.planning.variables import Variables


@enumeration(RED="Red.", BLUE="Blue.")
class Colour(enum.Enum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


@input_type
class Stop:
    """A stop on the way."""

    place: str = attribute("Where.")
    days: int | None = attribute("How long.", default=3)
    colours: list[Colour] | None = attribute("In what.", default=None)
    before: Stop | None = attribute("The stop before.", default=None)


@strawberry.type
class Query:
    """Arguments bring the types."""

    @strawberry.field
    def all(
        self,
        *,
        number: float,
        stop: Stop,
        colour: Colour,
        day: dt.date,
        moment: dt.datetime,
        money: Money,
        anything: JSON,
        key: ID,
        yes: bool,
        count: int,
    ) -> str:
        """Nothing."""
        return ""


GRAPH: Final[GraphQLSchema] = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))._schema
DEFAULTS: Final = {
    "String": ('"a"', "null"),
    "ID": ('"a"', "12"),
    "Int": ("7", "-2147483648", "3000000000"),
    "Float": ("1", "1.5"),
    "Boolean": ("true",),
    "Colour": ("BLUE", "GREEN"),
    "Date": ('"2024-02-29"', '"2023-02-29"'),
    "DateTime": ('"2024-02-29T12:00:00Z"',),
    "Money": ("9007199254740991", "9007199254740992"),
    "JSON": ("{a: [1]}",),
    "Stop": ('{place: "Huế"}', "{}"),
    "[Int!]": ("[1, 2]", "4"),
    "[Colour]": ("[RED, null]",),
}
TEXTS: Final = st.text("aế\0😀 ", max_size=3)
COUNTS: Final = st.integers(-(2**31) - 1, 2**31) | st.sampled_from([2**31 - 1, 2**31, -(2**31), -(2**31) - 1])
COLOURS: Final = st.sampled_from(["RED", "BLUE", "red", "GREEN"])
STOPS: Final = st.recursive(
    st.fixed_dictionaries({"place": TEXTS}, optional={"days": COUNTS | st.none()}),
    lambda inner: st.fixed_dictionaries(
        {"place": TEXTS}, optional={"before": inner, "colours": COLOURS | st.lists(COLOURS | st.none())}
    ),
    max_leaves=3,
)
LIKELY: Final[dict[str, st.SearchStrategy[object]]] = {
    "String": TEXTS,
    "ID": TEXTS | COUNTS,
    "Int": COUNTS | st.sampled_from([3.0, -0.0, 3.5, 3e9]),
    "Float": COUNTS | st.floats() | st.sampled_from([2**53, 2**53 + 1, 10**400]),
    "Boolean": st.booleans(),
    "Colour": COLOURS,
    "Date": st.dates().map(str) | st.sampled_from(["2023-02-29", "20240229", "2024-W09-4"]),
    "DateTime": st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat),
    "Money": st.sampled_from([0, -5, 2**53 - 1, 2**53, 1.0]),
    "Stop": STOPS,
    "[Int!]": st.lists(COUNTS, max_size=3) | COUNTS,
    "[Colour]": st.lists(COLOURS | st.none(), max_size=3),
}
ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | COUNTS | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Definitions of some variables, and what a client sends for them: mostly what fits."""
    definitions: list[str] = []
    values: dict[str, Any] = {"unknown": 1}
    for index in range(draw(st.integers(1, 3))):
        type_ = draw(st.sampled_from(sorted(DEFAULTS)))
        default = draw(st.sampled_from(["", *(f" = {value}" for value in DEFAULTS[type_])]))
        definitions.append(f"$v{index}: {type_}{draw(st.sampled_from(['', '!']))}{default}")
        match draw(st.integers(0, 9)):
            case 0:
                values[f"v{index}"] = draw(ANYTHING)
            case 1 | 2:
                pass
            case _:
                values[f"v{index}"] = draw(LIKELY.get(type_, ANYTHING))
    return ", ".join(definitions), values


def operation(definitions: str) -> OperationDefinitionNode:
    """A query with these variables."""
    definition = parse(f"query ({definitions}) {{ __typename }}").definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition


@given(requests())
@example(("$v0: Int", {"v0": True}))
@example(("$v0: Int!", {"v0": None}))
@example(("$v0: Int", {"v0": 2**31}))
@example(("$v0: Int", {"v0": -(2**31) - 1}))
@example(("$v0: Int! = 4", {"v0": None}))
@example(("$v0: Int! = 4", {}))
@example(("$v0: Int!", {}))
@example(("$v0: Float", {"v0": True}))
@example(("$v0: ID", {"v0": 12}))
@example(("$v0: [Int!]", {"v0": 4}))
@example(("$v0: Colour", {"v0": "red"}))
@example(("$v0: Colour", {"v0": ["RED"]}))
@example(("$v0: Boolean", {"v0": 1}))
@example(("$v0: Query", {"v0": 1}))
def test_as_graphql_core(request_: tuple[str, dict[str, Any]]) -> None:
    """The same values of the same types, or none."""
    definitions, values = request_
    defined = operation(definitions)
    expected = get_variable_values(GRAPH, defined.variable_definitions or (), values)
    variables = Variables(GRAPH, defined)
    for _ in range(2):
        if isinstance(expected, list):
            with pytest.raises(StepAside, match=r"^variables$"):
                variables.coerce(values)
        else:
            assert spelled(variables.coerce(values)) == spelled(expected.coerced)


@pytest.mark.parametrize(
    "type_and_default", ["JSON = {a: [1]}", "[Int!] = [1, 2]", 'Stop = {place: "Huế", colours: [RED]}']
)
def test_requests_share_no_default_that_code_could_alter(type_and_default: str) -> None:
    """What one request does to a default is not seen by the next."""
    variables = Variables(GRAPH, operation(f"$v: {type_and_default}"))
    before = spelled(variables.coerce({}))
    found = variables.coerce({})["v"]
    found.clear()
    assert spelled(variables.coerce({})) == before


@pytest.mark.parametrize("depth", [50, 100_000])
def test_nesting(depth: int) -> None:
    """Values nested too deeply are left to the reference, which refuses them."""
    value: dict[str, Any] = {"place": "Huế"}
    for _ in range(depth):
        value = {"place": "Huế", "before": value}
    defined = operation("$v: Stop")
    refused = isinstance(get_variable_values(GRAPH, defined.variable_definitions or (), {"v": value}), list)
    try:
        Variables(GRAPH, defined).coerce({"v": value})
    except StepAside:
        assert refused
    else:
        assert not refused


def test_values_stay_out_of_the_reason() -> None:
    """What was sent may be secret; neither the reason nor the cause tells it."""
    with pytest.raises(StepAside) as aside:
        Variables(GRAPH, operation("$v: Colour!")).coerce({"v": "00-secret"})
    assert "secret" not in str(aside.value)
    assert aside.value.__cause__ is None
    assert aside.value.__suppress_context__


def spelled(values: dict[str, Any]) -> dict[str, str]:
    """Values as texts, which tell True from 1."""
    return {name: repr(value) for name, value in values.items()}
