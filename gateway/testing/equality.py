"""Do all executors give the same bytes? Generated requests of generated viewers, run on each and compared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from graphql import GraphQLSchema

from gateway.access import ANONYMOUS, Audience, Viewer
from gateway.app import Application
from gateway.documents.limits import Limits
from gateway.errors import INTERNAL, LIMIT_EXCEEDED
from gateway.execution import Answer, Executor
from gateway.model import Model
from gateway.testing.canaries import Canary, canaries_of
from gateway.testing.chance import Chance
from gateway.testing.coverage import Coverage, takes_more
from gateway.testing.documents import Operation, operation
from gateway.testing.harvest import harvested
from gateway.testing.reducing import reduced
from gateway.testing.running import TableRows, answered, running
from gateway.testing.surveying import Survey, survey
from gateway.testing.values import ValuePool
from gateway.testing.watching import Watched

Execute = Callable[[Audience, Viewer, str, Mapping[str, object], str | None], Awaitable[Answer]]
"""(audience, viewer, document, variables, operation name) to an answer."""


@dataclass(frozen=True)
class Request:
    """One run of a document."""

    text: str
    name: str | None
    variables: Mapping[str, object]
    viewer: Viewer


@dataclass(frozen=True)
class Case:
    """An operation for an audience, and who runs it with each of its sets of variables."""

    audience: Audience
    operation: Operation
    viewers: tuple[Viewer, ...]

    def requests(self) -> Iterator[Request]:
        """Each run."""
        for variables, viewer in zip(self.operation.variables, self.viewers, strict=True):
            yield Request(self.operation.text, self.operation.name, variables, viewer)


class Equality:
    """Runs generated requests on every executor, by name, and demands one answer of all.

    Answers are the same where their bytes are, and what was noted in the audit trail: who was read of, and which kind of data.
    Beyond that: every error has a code out of ``codes`` and none is INTERNAL; nothing valid is refused but by a limit; and no
    answer holds a canary that its viewer may not see. Viewers are drawn as often as they are given. With ``model``, the
    coverage tells what the requests asked; with ``watched``, the planner of one of the executors, what became of them by plan.
    ``masked`` admits INTERNAL errors, for data that are spoilt on purpose.
    """

    def __init__(
        self,
        schemas: Mapping[Audience, GraphQLSchema],
        executors: Mapping[str, Execute],
        viewers: Sequence[Viewer],
        pool: ValuePool,
        *,
        codes: Collection[str],
        canaries: Sequence[Canary] = (),
        model: Model | None = None,
        watched: Watched | None = None,
        masked: bool = False,
    ) -> None:
        self._schemas = schemas
        self._model, self._watched, self._masked = model, watched, masked
        self._executors = executors
        self._pool = pool
        self._codes = codes
        self._viewers = [viewer for viewer in viewers if viewer.audience in schemas]
        self._canaries = canaries
        lonely = schemas.keys() - {viewer.audience for viewer in viewers}
        names = ", ".join(audience.value for audience in Audience if audience in lonely)
        assert not lonely, f"give a viewer of each audience that has a schema; there is none of {names}"

    async def check(
        self, cases: int, seed: object, *, least_data: float = 0.3, patience: float = 20, changes: int = 0
    ) -> Coverage:
        """Run ``cases`` documents, each with a few sets of variables and viewers; ``changes`` per cent of them are mutations.

        Mutations need executors that each have a store of their own, alike in the beginning.

        Raises AssertionError where an answer is wrong, with the document made as small as can be done in ``patience`` seconds,
        and where less than a share ``least_data`` of the answers held any value.
        """
        coverage = Coverage()
        for number in range(cases):
            case = self._case(Chance.seeded(f"{seed} {number}"), changes)
            schema, text = self._schemas[case.audience], case.operation.text
            coverage.select(case.audience, schema, text)
            asked = None if self._model is None else survey(self._model, schema, text)
            for request in case.requests():
                await self._check(request, coverage, asked, patience)
        share = coverage.with_data / max(1, coverage.requests)
        assert share >= least_data, (
            f"this proves little: only {share:.0%} of the answers held data; {coverage}"
        )
        return coverage

    def _case(self, chance: Chance, changes: int) -> Case:
        audience = chance.pick(self._viewers).audience
        schema = self._schemas[audience]
        changing = changes > 0 and schema.mutation_type is not None and chance.percent(changes)
        written = operation(chance, schema, self._pool, Limits(), changing=changing)
        peers = [viewer for viewer in self._viewers if viewer.audience is audience]
        return Case(audience, written, tuple(chance.pick(peers) for _ in written.variables))

    async def _check(
        self, request: Request, coverage: Coverage, asked: Survey | None, patience: float
    ) -> None:
        answers = await self._answers(request)
        outcome = None if self._watched is None else self._watched.taken()
        faults = self._faults(request, answers)
        if faults:
            schema = self._schemas[request.viewer.audience]

            async def fails(text: str) -> bool:
                smaller = replace(request, text=text)
                return bool(self._faults(smaller, await self._answers(smaller)))

            smallest = replace(request, text=await reduced(request.text, schema, fails, patience))
            answers = await self._answers(smallest)
            raise AssertionError(_report(smallest, answers, self._faults(smallest, answers) or faults))
        names = {type_.name for type_ in self._schemas[request.viewer.audience].type_map.values()}
        cursor = "after:" in request.text or "before:" in request.text
        answer = orjson.loads(next(iter(answers.values())).body)
        coverage.count(answer, cursor, names)
        coverage.watch(answer, () if asked is None else asked.asked(request.variables), outcome)

    async def _answers(self, request: Request) -> dict[str, Answer]:
        viewer = request.viewer
        return {
            name: await execute(viewer.audience, viewer, request.text, request.variables, request.name)
            for name, execute in self._executors.items()
        }

    def _faults(self, request: Request, answers: Mapping[str, Answer]) -> list[str]:
        (first, answer), *others = answers.items()
        body = answer.body
        faults = [
            f"{name} answers otherwise than {first}" for name, other in others if _differ(other.body, body)
        ]
        faults += [
            f"{name} notes other reads than {first}"
            for name, other in others
            if other.reads != answer.reads and _settled(body) is None
        ]
        read: dict[str, Any] = orjson.loads(body)
        codes = [error.get("extensions", {}).get("code") for error in read.get("errors", ())]
        faults += [f"error without a documented code: {code}" for code in codes if code not in self._codes]
        faults += ["an INTERNAL error"] * (INTERNAL.name in codes and not self._masked)
        if "data" not in read and set(codes) != {LIMIT_EXCEEDED.name}:
            faults.append("a valid operation is refused")
        sent = request.text.encode() + orjson.dumps(request.variables)
        faults += [
            f"{canary.text!r} is not for this viewer"
            for canary in self._canaries
            if canary.written in body and canary.written not in sent and canary.forbidden(request.viewer)
        ]
        return faults


async def check_equality(
    plugins: Mapping[str, object],
    url: str,
    rows: TableRows,
    viewers: Sequence[Viewer],
    *,
    cases: int = 300,
    seed: object = 1,
    least_data: float = 0.3,
    least_planned: float = 0.0,
) -> Coverage:
    """Compose plugins (by name) on an empty database, write ``rows``, and check generated requests of the viewers.

    One viewer at least of each audience that the plugins give a schema; the anonymous one is always among them. Raises
    AssertionError also where plans gave less than a share ``least_planned`` of the answers without errors.
    """
    async with running(plugins, url, rows) as application:
        everyone = [*viewers, *([] if ANONYMOUS in viewers else [ANONYMOUS])]
        watched = Watched(application.planner)
        equality = Equality(
            {audience: schema.graph for audience, schema in application.assembly.schemas.items()},
            {**executors_of(application), "the plan": executed_by(watched.executor(application))},
            everyone,
            await harvested(application, everyone),
            codes={code.name for code in application.contributions.codes},
            canaries=await canaries_of(application),
            model=application.assembly.model,
            watched=watched,
        )
        coverage = await equality.check(cases, seed, least_data=least_data)
    share = coverage.share_planned
    assert share >= least_planned, (
        f"this proves little: plans gave only {share:.0%} of the answers without errors; {coverage}"
    )
    return coverage


def executed_by(executor: Executor) -> Execute:
    """What an executor answers to viewers who are known."""

    async def execute(
        _: Audience, viewer: Viewer, document: str, variables: Mapping[str, object], name: str | None
    ) -> Answer:
        return await answered(executor, viewer, document, variables, name)

    return execute


def executors_of(application: Application) -> dict[str, Execute]:
    """Every way in which an application can answer: the reference, and plans, which leave to it what they cannot.

    With plans switched off it is the reference twice, which shows whether it depends on chance.
    """
    usual = "the plan" if application.settings.core.plans else "the reference, again"
    return {"the reference": executed_by(application.reference), usual: executed_by(application.executor)}


def _differ(one: bytes, other: bytes) -> bool:
    """Whether two answers differ in more than what depends on chance.

    Where an error takes its parent away, other errors inside that parent are told or not, as fields happened to finish.
    """
    return one != other and (_settled(one) or one) != (_settled(other) or other)


def _settled(body: bytes) -> bytes | None:
    """An answer without the errors inside what errors have taken away; None where there are none."""
    answer = orjson.loads(body)
    errors, data = answer.get("errors", ()), answer.get("data")
    kept = [error for error in errors if not takes_more(data, error.get("path", ()))]
    return orjson.dumps({"errors": kept, "data": data}) if len(kept) < len(errors) else None


def _report(request: Request, answers: Mapping[str, Answer], faults: Sequence[str]) -> str:
    used = {name: value for name, value in request.variables.items() if f"${name}" in request.text}
    told = "\n".join(
        f"{name}: {answer.body.decode()}\n  noted: {sorted(map(str, answer.reads))}"
        for name, answer in answers.items()
    )
    return (
        f"{'; '.join(faults)}\nviewer: {request.viewer}\n{request.text}\n"
        f"variables: {orjson.dumps(used).decode()}, operation name: {request.name}\n{told}"
    )
