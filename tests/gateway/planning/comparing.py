"""Two gateways with equal data: the reference answers from one, plans from the other, so that changes can be compared too."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.execution import Answer
from gateway.planning.planner import Planner
from gateway.testing import Coverage, Equality, ValuePool, running
from gateway.testing.canaries import Canary, canaries_of
from gateway.testing.equality import Execute, executed_by
from gateway.testing.features import Feature
from gateway.testing.harvest import harvested
from gateway.testing.running import TableRows
from gateway.testing.watching import Watched
from tests.stores import Store

SEED: Final = os.environ.get("VSSID_TEST_SEED", "1")
"""Another one gives other documents: ``VSSID_TEST_SEED=2 make test``."""

ENOUGH: Final = 30
"""Requests of which a share can be told."""

OURS: Final = ("fault ", "compiler", "too many shapes")
"""Reasons to step aside that tell of a mistake in the planner, not of anything in the request."""


UNAWAITED: Final = (
    r"ignore:coroutine '(Executor|Resolvers)\..* was never awaited:RuntimeWarning",
    r"ignore:Exception ignored in. <coroutine object (Executor|Resolvers)\.:pytest.PytestUnraisableExceptionWarning",
)
"""graphql-core leaves the fields beside one that fails un-awaited, where the failure takes their parent away."""


@dataclass(frozen=True)
class Compared:
    """The two gateways, and what requests are made of."""

    reference: Application
    planned: Application
    viewers: Sequence[Viewer]
    pool: ValuePool
    canaries: Sequence[Canary]

    def planner(self) -> Planner:
        """A planner that has no plans yet."""
        application = self.planned
        services = application.services
        return Planner(
            application.assembly.schemas,
            application.assembly.model,
            services.database.rounds,
            services.database.dialect,
            secret=services.secret,
            page_size=services.settings.core.limit_page_size,
        )

    def equality(
        self, *, masked: bool = False, changing: bool = False, known: dict[object, Answer] | None = None
    ) -> Equality:
        """A check of the reference and such a planner; ``known`` remembers the reference's answers for other checks.

        Where data are spoilt (``masked``) or ``changing``, nobody knows what belongs to one person alone.
        """
        watched = Watched(self.planner())
        reference = executed_by(self.reference.reference)
        return Equality(
            {audience: schema.graph for audience, schema in self.reference.assembly.schemas.items()},
            {
                "the reference": reference if known is None else remembered(reference, known),
                "the plan": executed_by(watched.executor(self.planned)),
            },
            self.viewers,
            self.pool,
            codes={code.name for code in self.reference.contributions.codes}
            | ({"INTERNAL"} if masked else set()),
            canaries=() if masked or changing else self.canaries,
            model=self.planned.assembly.model,
            watched=watched,
            masked=masked,
        )


def remembered(execute: Execute, known: dict[object, Answer]) -> Execute:
    """The same answers, each made once."""

    async def answer(
        audience: Audience, viewer: Viewer, document: str, variables: Mapping[str, object], name: str | None
    ) -> Answer:
        key = (audience, str(viewer), document, str(variables), name)
        if key not in known:
            known[key] = await execute(audience, viewer, document, variables, name)
        return known[key]

    return answer


@asynccontextmanager
async def compared(
    plugins: Mapping[str, object], stores: tuple[Store, Store], rows: TableRows, viewers: Sequence[Viewer]
) -> AsyncIterator[Compared]:
    """Two gateways of the plugins on new stores of one kind, with the same rows."""
    one, other = (store.url for store in stores)
    async with running(plugins, one, rows) as reference, running(plugins, other, rows) as planned:
        pool = await harvested(reference, viewers)
        yield Compared(reference, planned, viewers, pool, await canaries_of(reference))


def check_planned(coverage: Coverage, features: Sequence[Feature], least: int, *, share: float = 0.9) -> None:
    """Plans answered so large a share of what had no error, each feature at least so often, and no fault of theirs shows."""
    told = f"{coverage}; all reasons: {coverage.asides.most_common()}"
    ours = [reason for reason in coverage.asides if reason.startswith(OURS)]
    assert not ours, f"the planner failed: {ours}; {told}"
    assert coverage.share_planned >= share, f"plans gave only {coverage.share_planned:.1%}; {told}"
    seldom = {
        feature.value: found for feature in features if (found := coverage.planned_features[feature]) < least
    }
    assert not seldom, f"hardly asked of any plan: {seldom}; {told}"
    stepped = {
        feature.value: f"{coverage.planned_features[feature]} of {asked}"
        for feature in features
        if (asked := coverage.features[feature]) >= ENOUGH
        and coverage.planned_features[feature] < (share - 0.2) * asked
    }
    assert not stepped, f"plans often step aside where there is: {stepped}; {told}"
