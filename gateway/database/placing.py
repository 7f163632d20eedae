"""SELECTs as text with places for parameters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.types import TypeEngine


def placed(
    statement: Select[Any], dialect: Dialect
) -> tuple[str, tuple[str, ...], tuple[TypeEngine[Any], ...]]:
    """The text of a statement, and of each place in it the parameter's name and type; lists of constants are spread out."""
    compiled = statement.compile(dialect=dialect)
    to_come = {bind.key: None for bind in compiled.binds.values() if bind.required}
    whole = compiled.construct_expanded_state(to_come)
    origins = {part: name for name, parts in whole.parameter_expansion.items() for part in parts}
    names = tuple(whole.positiontup or ())
    return whole.statement, names, tuple(compiled.binds[origins.get(name, name)].type for name in names)


def constants(statement: Select[Any], dialect: Dialect) -> dict[str, Any]:
    """The values that the statement itself gives its parameters, by the names of :func:`placed`."""
    compiled = statement.compile(dialect=dialect)
    to_come = {bind.key: None for bind in compiled.binds.values() if bind.required}
    return dict(compiled.construct_expanded_state(to_come).parameters)
