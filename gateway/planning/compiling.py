"""From one shape of an operation to its plan."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, OperationType
from sqlalchemy import Dialect

from gateway.access import ANYONE, VIA_PARENT
from gateway.database.placing import constants
from gateway.database.rounds import Read
from gateway.planning.build import Build, Catalog, Shape
from gateway.planning.calls import Call
from gateway.planning.cells import converted
from gateway.planning.frames import Frame
from gateway.planning.objects import Objects
from gateway.planning.places import RootPlace, Step
from gateway.planning.plan import KEYS, Plan, Round, Statement
from gateway.planning.script import Function
from gateway.planning.selections import Selections
from gateway.planning.stepping import StepAside
from gateway.reference.arguments import context_parameter


def compiled(
    catalog: Catalog,
    dialect: Dialect,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    shape: Shape,
) -> Plan:
    """The plan; raise StepAside where an operation holds what plans do not do."""
    selections = Selections(catalog.graph, fragments, shape.truths)
    build = Build(catalog, selections, shape)
    root = _root(catalog, operation)
    wanted = selections.of(root, [operation.selection_set])
    answer = Objects(build).written(root, wanted, RootPlace())
    changing = operation.operation is OperationType.MUTATION
    shared = catalog.shared
    places = [_places(build, dialect, frame) for frame in build.frames]
    statements = dict(zip(build.frames, (_statement(build, *placed) for placed in places), strict=True))
    source = build.script.assembling(answer)
    calls = {step: _call(build, step) for step in build.steps}
    changes = [step for step in build.steps if changing and step.member.on_root]
    return Plan(
        values=shared.function(build.script.binding(build.binding, build.values)),
        changes=tuple(calls[step] for step in changes),
        rounds=tuple(
            shared.one(
                Round,
                tuple(statements[frame] for frame in build.frames if frame.round == number),
                tuple(calls[step] for step in build.steps if step.round == number and step not in changes),
            )
            for number in sorted(_rounds(build))
        ),
        slots=build.slots,
        assemble=shared.function(source),
        source=source.text,
        rules=tuple(build.rules),
        observed=tuple(data for data, _ in build.observed),
        observe=_observing(build),
    )


def _rounds(build: Build) -> set[int]:
    return {frame.round for frame in build.frames} | {step.round for step in build.steps}


def _root(catalog: Catalog, operation: OperationDefinitionNode) -> GraphQLObjectType:
    root = catalog.graph.get_root_type(operation.operation)
    if root is None or operation.operation is OperationType.SUBSCRIPTION:
        raise StepAside(operation.operation.value)
    return root


def _places(build: Build, dialect: Dialect, frame: Frame) -> tuple[Frame, Read, tuple[int, ...]]:
    """A statement with the places of its parameters among the values; its own constants become values."""
    select = frame.select()
    read = build.catalog.rounds.compile(select)
    own = {name for name in read.names if name not in frame.binds and name != "keys"}
    known = constants(select, dialect) if own else {}

    def place(name: str) -> int:
        if name in own:
            return build.value(build.script.constant(known[name]))
        return KEYS if name == "keys" else frame.binds[name]

    return frame, read, tuple(place(name) for name in read.names)


def _statement(build: Build, frame: Frame, read: Read, places: tuple[int, ...]) -> Statement:
    key, shared = frame.key, build.catalog.shared
    return shared.one(
        Statement,
        slot=frame.slot,
        read=read,
        places=places,
        keys=None if frame.keys is None else _collecting(build, frame.keys),
        needs=frame.needs,
        arranged=frame.arranged,
        convert=None
        if key is None
        else shared.one(converted, build.catalog.rounds, key.type, nullable=False),
    )


def _call(build: Build, step: Step) -> Call:
    rule = step.member.rule
    checked = step.parents is not None and rule is not VIA_PARENT and rule is not ANYONE
    return Call(
        slot=step.slot,
        coordinate=step.member.coordinate,
        source=step.source,
        response_key=step.response_key,
        arguments=step.arguments,
        context_name=context_parameter(step.source.function),
        parents=None if step.parents is None else _collecting(build, step.parents),
        entity=step.member.owner,
        rule=rule if checked and step.reader is None else None,
        reader=step.reader,
        cells=tuple(step.cells),
    )


def _observing(build: Build) -> Function | None:
    """Gives the keys of participants for each kind of data that the answer tells of."""
    if not build.observed:
        return None
    return _collecting(build, f"({', '.join(keys for _, keys in build.observed)},)")


def _collecting(build: Build, expression: str) -> Function:
    return build.catalog.shared.function(build.script.collecting(expression))
