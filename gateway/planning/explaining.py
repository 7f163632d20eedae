"""Plans in words, for those who write documents and plugins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.access import Audience
from gateway.documents import Prepared
from gateway.planning.plan import Plan, Round
from gateway.planning.planner import Planner
from gateway.planning.shapes import Questions, ShapeKey
from gateway.planning.stepping import StepAside


def explained(
    planner: Planner, prepared: Prepared, audience: Audience, *, source: bool = False
) -> Iterator[str]:
    """The plans of a document's operations, for requests that give every variable and for those that give none."""
    for name, operation in prepared.operations.items():
        plans = planner.operation(prepared, operation, audience)
        yield f"operation {name or '(unnamed)'} of {audience.value}"
        for key in plans.questions.extremes(audience):
            yield f"  {_asked(plans.questions, key)}"
            try:
                plan = plans.plan(key)
            except StepAside as aside:
                yield f"    runs on the reference: {aside.reason}"
                continue
            yield from (f"    {line}" for line in described(plan))
            if source:
                yield from (f"    | {line}" for line in plan.source.splitlines())


def described(plan: Plan) -> Iterator[str]:
    """One plan: rules, changes, and rounds with their statements and code."""
    yield f"round trips: {plan.trips}"
    yield from (f"rule of {rule}" for rule in plan.rules)
    yield from (f"change: {change.coordinate}" for change in plan.changes)
    for number, one in enumerate(plan.rounds, start=1):
        yield from _round(number, one)


def _round(number: int, one: Round) -> Iterator[str]:
    for statement in one.statements:
        many = ", for the keys of its parents" if statement.keys is not None else ""
        yield f"round {number}{many}: {' '.join(statement.read.text.split())}"
    yield from (f"round {number}, code: {call.coordinate}" for call in one.calls)


def _asked(questions: Questions, key: ShapeKey) -> str:
    truths, given, active = key
    parts = [
        *_named("true", questions.truths, truths, "${}"),
        *_named("given", questions.given, given, "${}"),
        *_named("narrowed", [row_set.name for row_set in questions.scoped], active, "rows of {}"),
    ]
    return f"where {'; '.join(parts)}" if parts else "always"


def _named(word: str, names: Iterable[str], answers: Iterable[bool | None], form: str) -> Iterator[str]:
    pairs = list(zip(names, answers, strict=True))
    yes = [form.format(name) for name, answer in pairs if answer]
    no = [form.format(name) for name, answer in pairs if not answer]
    if yes:
        yield f"{word}: {', '.join(yes)}"
    if no:
        yield f"not {word}: {', '.join(no)}"
