"""Documents and their plans, without an executor."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.context import RequestContext
from gateway.documents import Prepared
from gateway.documents.limits import Limits
from gateway.documents.preparing import prepare
from gateway.errors import Language
from gateway.planning.plan import Ready
from gateway.planning.stepping import StepAside
from gateway.testing import NOW


def context(clinic: Application, viewer: Viewer) -> RequestContext:
    """A request."""
    return RequestContext(clinic.services, viewer, NOW, Language.EN, "test")


def prepared(clinic: Application, audience: Audience, text: str) -> Prepared:
    """A document that nothing else holds."""
    return prepare(clinic.assembly.schemas[audience].graph, text, Limits(), introspection=True)


def ready(
    clinic: Application,
    viewer: Viewer,
    document: Prepared | str,
    variables: Mapping[str, object] | None = None,
) -> Ready:
    """A request's plan."""
    if isinstance(document, str):
        document = prepared(clinic, viewer.audience, document)
    (operation,) = document.operations.values()
    return clinic.planner.ready(document, operation, variables or {}, viewer)


def reason(
    clinic: Application,
    viewer: Viewer,
    document: Prepared | str,
    variables: Mapping[str, object] | None = None,
) -> str:
    """Why there is none."""
    with pytest.raises(StepAside) as aside:
        ready(clinic, viewer, document, variables)
    return aside.value.reason
