"""Plans of operations: compiled when a shape is first met, kept as long as their document."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final
from weakref import WeakValueDictionary

from graphql import FragmentDefinitionNode, OperationDefinitionNode, print_ast
from sqlalchemy import Dialect

from gateway.access import Audience, Viewer
from gateway.assembly import AudienceSchema
from gateway.database.rounds import Rounds
from gateway.documents import Prepared
from gateway.model import Model, RowSet
from gateway.planning.build import Bound, Catalog
from gateway.planning.compiling import compiled
from gateway.planning.plan import Plan, Ready
from gateway.planning.shapes import ShapeKey, fragments_of, questions_of
from gateway.planning.stepping import StepAside, aside_of
from gateway.planning.variables import Variables
from gateway.reference.reads import Narrowing

MOST_SHAPES: Final = 64
"""Plans of one operation; requests of further shapes run on the reference."""

NOT_NARROWED: Final[Mapping[RowSet, Narrowing | None]] = MappingProxyType({})

_LOG: Final = logging.getLogger(__name__)


class OperationPlans:
    """The plans of one operation, whatever its name, by shape; for a shape without one, the reason."""

    __slots__ = (
        "__weakref__",
        "_catalog",
        "_dialect",
        "_fragments",
        "_named",
        "_operation",
        "plans",
        "questions",
        "variables",
    )

    def __init__(
        self, catalog: Catalog, dialect: Dialect, prepared: Prepared, operation: OperationDefinitionNode
    ) -> None:
        self._catalog = catalog
        self._dialect = dialect
        self._operation = operation
        self._fragments = fragments_of(prepared.document)
        self._named = prepared.name or prepared.hash[:12]
        self.variables = Variables(catalog.graph, operation)
        self.questions = questions_of(catalog, operation, self._fragments)
        self.plans: dict[ShapeKey, Plan | str] = {}

    def ready(self, variables: Mapping[str, object], viewer: Viewer) -> Ready:
        """The plan of a request, its values bound; raise StepAside."""
        coerced, questions = self.variables.coerce(variables), self.questions
        narrowings = questions.narrowings(viewer) if questions.scoped else NOT_NARROWED
        key = questions.key(coerced, narrowings)
        plan = self.plans.get(key)
        if not isinstance(plan, Plan):
            plan = self.plan(key)
        try:
            values = plan.values(viewer, coerced, narrowings)
        except StepAside:
            raise
        except Exception as fault:
            raise aside_of(fault) from fault
        return Ready(plan, Bound(viewer, values), self._catalog.rounds)

    def plan(self, key: ShapeKey) -> Plan:
        """The plan of a shape; raise StepAside with the reason where there is none."""
        found = self.plans.get(key)
        if found is None:
            if len(self.plans) >= MOST_SHAPES:
                raise StepAside("too many shapes")
            found = self.plans[key] = self._compiled(key)
        if isinstance(found, str):
            raise StepAside(found)
        return found

    def _compiled(self, key: ShapeKey) -> Plan | str:
        shape = self.questions.shape(key)
        try:
            return compiled(self._catalog, self._dialect, self._operation, self._fragments, shape)
        except StepAside as reason:
            return reason.reason
        except Exception:  # noqa: BLE001  the reference answers; a test sees that no document comes here
            _LOG.exception("the compiler failed on %s", self._named)
            return "compiler"


class Planner:
    """The plans of every audience's documents. Documents that ask the same share them; they go with the last of these."""

    def __init__(
        self,
        schemas: Mapping[Audience, AudienceSchema],
        model: Model,
        rounds: Rounds,
        dialect: Dialect,
        *,
        secret: bytes,
        page_size: int,
    ) -> None:
        self._dialect = dialect
        self._catalogs = {
            audience: Catalog(schema, model, rounds, secret, page_size)
            for audience, schema in schemas.items()
        }
        self._asked: WeakValueDictionary[tuple[Audience, str], OperationPlans] = WeakValueDictionary()

    def ready(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
        viewer: Viewer,
    ) -> Ready:
        """A request's plan with its values; raise StepAside where the reference has to answer."""
        return self.operation(prepared, operation, viewer.audience).ready(variables, viewer)

    def operation(
        self, prepared: Prepared, operation: OperationDefinitionNode, audience: Audience
    ) -> OperationPlans:
        """The plans of an operation of a document, which belongs to one audience."""
        plans: dict[int, OperationPlans] | None = prepared.noted.get(self)
        if plans is None:
            plans = prepared.noted[self] = {}
        found = plans.get(id(operation))
        if found is None:
            found = plans[id(operation)] = self._shared(prepared, operation, audience)
        return found

    def _shared(
        self, prepared: Prepared, operation: OperationDefinitionNode, audience: Audience
    ) -> OperationPlans:
        asked = audience, asked_by(operation, fragments_of(prepared.document))
        found = self._asked.get(asked)
        if found is None:
            found = OperationPlans(self._catalogs[audience], self._dialect, prepared, operation)
            self._asked[asked] = found
        return found

    def warmed(self, prepared: Prepared, audience: Audience) -> Iterator[str]:
        """Compile a document's plans for requests that give every variable and for those that give none.

        Gives the reasons why a shape has no plan.
        """
        for operation in prepared.operations.values():
            plans = self.operation(prepared, operation, audience)
            for key in plans.questions.extremes(audience):
                try:
                    plans.plan(key)
                except StepAside as aside:
                    yield aside.reason


def asked_by(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> str:
    """What an operation asks, in one spelling and without its name."""
    return "\n".join(print_ast(node) for node in (replace(operation, name=None), *fragments.values()))
