"""Compiled arguments are those that the reference's resolvers get; where it refuses them, the plan steps aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLNamedType,
    OperationDefinitionNode,
    execute,
    get_named_type,
    is_object_type,
    parse,
    validate,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.access import Audience
from gateway.app import compose
from gateway.assembly import AudienceSchema
from gateway.authoring import ID
from gateway.entities import Participant
from gateway.planning.arguments import ByVariable, Constant, compiled_arguments, presence
from gateway.planning.sharing import Shared
from gateway.planning.stepping import StepAside
from gateway.planning.variables import Variables
from tests.gateway.clinic import plugin as clinic
from tests.gateway.planning.probe import ProbePlugin, ProbeStop


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Audience, AudienceSchema]:
    """The clinic's schemas and the probe's field; nothing is connected."""
    nothing = tmp_path_factory.mktemp("nothing")
    environ = {
        "VSSID_DATABASE_URL": f"sqlite:///{nothing}/never-opened.db",
        "VSSID_SECRET_KEY": "a secret of tests, the same each time",
        "VSSID_SCHEMA_PATH": str(nothing),
    }
    return compose(environ, plugins={"clinic": clinic, "probe": ProbePlugin()}).assembly.schemas


Selected = tuple[GraphQLField, FieldNode]


def selected(schema: AudienceSchema, document: DocumentNode) -> Selected:
    """The field that a document selects, and its node: the innermost one with arguments."""
    type_: GraphQLNamedType | None = schema.graph.query_type
    found = None
    parent: OperationDefinitionNode | FieldNode = operation_of(document)
    while is_object_type(type_) and parent.selection_set is not None:
        node = parent.selection_set.selections[0]
        assert isinstance(node, FieldNode)
        field = type_.fields.get(node.name.value)
        if field is None:
            break
        found = (field, node) if field.args else found
        type_, parent = get_named_type(field.type), node
    assert found is not None
    return found


def reference(
    schema: AudienceSchema, document: DocumentNode, variables: dict[str, Any]
) -> dict[str, Any] | None:
    """The keyword arguments that the field's resolver gets; None where it is not called."""
    field, _ = selected(schema, document)
    declared = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    assert schema.graph.query_type is not None
    entity = schema.graph.query_type.fields["participant"].extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    seen: list[dict[str, Any]] = []
    with (
        replaced(entity, lambda source, info, given: Participant(id=ID("00-an"))),
        replaced(declared, lambda source, info, given: seen.append(given)),
    ):
        execute(schema.graph, document, variable_values=variables)
    return seen[0] if seen else None


@contextmanager
def replaced(field: Any, resolve: Any) -> Iterator[None]:
    """A declared field with another resolver."""
    before, field.resolve = field.resolve, resolve
    try:
        yield
    finally:
        field.resolve = before


def planned(schema: AudienceSchema, document: DocumentNode, variables: dict[str, Any]) -> dict[str, Any]:
    """The compiled arguments, made anew after code has spoilt the first ones."""
    read = compiled_arguments(schema, Shared(), *selected(schema, document))
    coerced = Variables(schema.graph, operation_of(document)).coerce(variables)
    for value in read(coerced).values():
        spoil(value)
    return read(coerced)


def spoil(value: Any) -> None:
    """What code might do to an argument."""
    match value:
        case ProbeStop(before=before, moods=moods):
            spoil(before)
            spoil(moods)
            value.place = "spoilt"
        case list():
            for item in value:
                spoil(item)
            value.clear()


def operation_of(document: DocumentNode) -> OperationDefinitionNode:
    """Its one operation."""
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def check(schema: AudienceSchema, document: DocumentNode, variables: dict[str, Any]) -> None:
    """The plan's arguments are the reference's, spelled alike (True is not 1); or it steps aside where that has none."""
    expected = reference(schema, document, variables)
    if expected is None:
        with pytest.raises(StepAside):
            planned(schema, document, variables)
    else:
        found = planned(schema, document, variables)
        assert {name: repr(value) for name, value in found.items()} == {
            name: repr(value) for name, value in expected.items()
        }


@pytest.mark.parametrize(
    "variables", [{}, {"a": None, "n": None, "t": None}, {"a": "x", "n": 7, "t": "2024-02-29"}]
)
@pytest.mark.parametrize(
    "document",
    [
        "{ participant(id: 12) { id } }",
        "query ($a: ID!) { participant(id: $a) { id } }",
        "query ($a: String!) { checkCard(cardNumber: $a) { __typename } }",
        'query ($a: String = "default") { wards(name: $a) { totalCount } }',
        "{ facilities { totalCount } }",
        "query ($n: Int, $a: String) { facilities(first: $n, after: $a) { totalCount } }",
        "query ($n: Int!) { facilities(last: $n, first: null) { totalCount } }",
        '{ participant(id: "1") { visits(since: "2024-02-29", doctor: null, shortestMinutes: 3) { totalCount } } }',
        'query ($t: Date) { participant(id: "1") { visits(since: $t) { totalCount } } }',
        "query ($n: Int = 3) { patients(mood: GOOD, first: $n) { totalCount } }",
        "query ($m: Mood = BAD) { patients(mood: $m) { totalCount } }",
        'query ($n: Int, $a: ID) { advise(facility: $a, complaints: {where: "knee", days: $n}) { __typename } }',
        "query ($a: String!) { advise(complaints: [{where: $a}, {where: $a, moods: GOOD}]) { __typename } }",
    ],
)
def test_fields_of_the_clinic(
    schemas: Mapping[Audience, AudienceSchema], document: str, variables: dict[str, Any]
) -> None:
    """As the resolver gets them."""
    schema = schemas[Audience.OFFICER]
    parsed = parse(document)
    assert not validate(schema.graph, parsed)
    check(schema, parsed, variables)


LITERALS: Final = {
    "text": ('"a"', "$text"),
    "sizeOfIt": ("4", "$count"),
    "mood": ("GOOD", "null", "$mood"),
    "moods": ("GOOD", "[GOOD, BAD]", "[$mood, BAD]", "$moods"),
    "day": ('"2024-02-29"', "null", "$day"),
    "dong": ("9007199254740991", "null", "$dong"),
    "stop": (
        '{place: "Vinh"}',
        "null",
        "$stop",
        '{place: "Vinh", moods: [$mood], theDays: $count, before: $stop}',
        "{place: $text, before: {place: $text, theDays: null}}",
    ),
    "stops": ("[]", "null", "$stops", '[[{place: "Vinh"}, {place: $text}]]', '{place: "Vinh"}'),
}
VARIABLES: Final[dict[str, tuple[str, str, Sequence[object]]]] = {
    "text": ("String", '"b"', ["c", ""]),
    "count": ("Int", "6", [7, -1, 3.0]),
    "mood": ("Mood", "GOOD", ["BAD"]),
    "moods": ("[Mood!]", "[GOOD]", [["BAD", "GOOD"], "GOOD", []]),
    "day": ("Date", '"2024-02-28"', ["2024-03-01"]),
    "dong": ("Money", "5", [6]),
    "stop": (
        "ProbeStop",
        '{place: "Huế"}',
        [{"place": "Huế", "moods": ["GOOD"], "before": {"place": "Vinh"}}],
    ),
    "stops": ("[[ProbeStop!]!]", "[]", [[[{"place": "Huế", "theDays": 1}]], {"place": "Huế"}]),
}


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A selection of the probe's field, and variables for it."""
    literals = {
        name: draw(st.sampled_from(options if name == "text" else (None, *options)))
        for name, options in LITERALS.items()
    }
    arguments = ", ".join(f"{name}: {literal}" for name, literal in literals.items() if literal is not None)
    definitions, values = [], {}
    for name in sorted(set(re.findall(r"\$(\w+)", arguments))):
        type_, default, given_ = VARIABLES[name]
        kind = draw(st.sampled_from([f"{type_}!", f"{type_} = {default}", f"{type_}! = {default}", type_]))
        definitions.append(f"${name}: {kind}")
        value = draw(st.sampled_from([None, *given_, *given_, ...]))
        if value is not ...:
            values[name] = value
    head = f"query ({', '.join(definitions)}) " if definitions else ""
    return f"{head}{{ everything({arguments}) }}", values


@given(requests())
@settings(max_examples=300)
def test_every_kind_of_argument(
    schemas: Mapping[Audience, AudienceSchema], request_: tuple[str, dict[str, Any]]
) -> None:
    """As the resolver gets them: constants, variables, literals with variables inside, defaults of all of them."""
    source, variables = request_
    schema = schemas[Audience.PUBLIC]
    document = parse(source)
    assume(not validate(schema.graph, document))
    check(schema, document, variables)


def test_requests_have_nothing_of_each_other(schemas: Mapping[Audience, AudienceSchema]) -> None:
    """A variable that one request gave is absent from the next."""
    schema = schemas[Audience.PUBLIC]
    document = parse("query ($a: String) { facilities(after: $a) { totalCount } }")
    read = compiled_arguments(schema, Shared(), *selected(schema, document))
    assert read({"a": "x"}) == {"first": 20, "after": "x"}
    assert read({}) == {"first": 20}


def test_a_name_that_strawberry_takes(schemas: Mapping[Audience, AudienceSchema]) -> None:
    """The reference cannot call such a field, so no plan may."""
    check(schemas[Audience.PUBLIC], parse("{ taken(info: 1) }"), {})


@pytest.mark.parametrize(
    ("argument_", "expected"),
    [
        ("", Constant(False)),
        ("after: null", Constant(False)),
        ('after: "x"', Constant(True)),
        ("after: $a", ByVariable("a")),
    ],
)
def test_presence(schemas: Mapping[Audience, AudienceSchema], argument_: str, expected: object) -> None:
    """An argument without default."""
    document = parse(f"query ($a: String) {{ facilities({argument_ or 'last: 1'}) {{ totalCount }} }}")
    assert presence(*selected(schemas[Audience.PUBLIC], document), "after") == expected


@pytest.mark.parametrize(
    ("arguments", "python_name", "expected"),
    [
        ('text: ""', "size_of_it", Constant(True)),
        ('text: ""', "money", Constant(False)),
        ('text: "", dong: 1', "money", Constant(True)),
        ('text: "", mood: null', "mood", Constant(False)),
        ('text: "", stop: {place: $t}', "stop", Constant(True)),
        ("text: $t", "text", ByVariable("t")),
    ],
)
def test_presence_with_defaults(
    schemas: Mapping[Audience, AudienceSchema], arguments: str, python_name: str, expected: object
) -> None:
    """A default other than null is a value; arguments are named as Python names them."""
    document = parse(f"query ($t: String!) {{ everything({arguments}) }}")
    assert presence(*selected(schemas[Audience.PUBLIC], document), python_name) == expected


def test_presence_that_depends_on_more(schemas: Mapping[Audience, AudienceSchema]) -> None:
    """Without the variable there is a default, with null there is none: not for plans."""
    document = parse('query ($m: Mood) { everything(text: "", mood: $m) }')
    with pytest.raises(StepAside):
        presence(*selected(schemas[Audience.PUBLIC], document), "mood")
