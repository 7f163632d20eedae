"""Every reason not to start that can be read off the declarations, found together and named by plugin, type and field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import MetaData

from gateway.access import Scope
from gateway.checks import about, access, code, data, kinds, shape
from gateway.model import Model
from gateway.registry import Problem

__all__ = ["problems_of"]


def problems_of(
    model: Model, scopes: Mapping[str, Scope], metadata: Mapping[str, MetaData]
) -> Iterator[Problem]:
    """All problems of a model, given the declared scopes and each plugin's tables."""
    yield from model.problems
    yield from access.problems(model, scopes)
    yield from shape.problems(model)
    yield from kinds.problems(model)
    yield from about.problems(model)
    yield from data.problems(model, metadata)
    yield from code.problems(model)
