"""Statements as text with places for parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import Dialect, Select
from sqlalchemy.sql.elements import DQLDMLClauseElement
from sqlalchemy.types import TypeEngine

from gateway.database.rounds import Read


def placed(
    statement: DQLDMLClauseElement, dialect: Dialect
) -> tuple[str, tuple[str, ...], tuple[TypeEngine[Any], ...]]:
    """The text of a statement, and of each place in it the parameter's name and type; lists of constants are spread out."""
    compiled = statement.compile(dialect=dialect)
    to_come = {bind.key: None for bind in compiled.binds.values() if bind.required}
    whole = compiled.construct_expanded_state(to_come)
    origins = {part: name for name, parts in whole.parameter_expansion.items() for part in parts}
    names = tuple(whole.positiontup or ())
    return whole.statement, names, tuple(compiled.binds[origins.get(name, name)].type for name in names)


def constants(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> dict[str, Any]:
    """The values that the statement itself gives its parameters, by the names of :func:`placed`."""
    compiled = statement.compile(dialect=dialect)
    to_come = {bind.key: None for bind in compiled.binds.values() if bind.required}
    return dict(compiled.construct_expanded_state(to_come).parameters)


class Reads:
    """Statements of one store. Those that say the same are one, so that documents share what the store has prepared."""

    def __init__(
        self, dialect: Dialect, encoder: Callable[[TypeEngine[Any]], Callable[[Any], Any] | None]
    ) -> None:
        self._dialect = dialect
        self._encoder = encoder
        self._known: WeakValueDictionary[tuple[object, ...], Read] = WeakValueDictionary()

    def of(self, statement: DQLDMLClauseElement) -> Read:
        """The statement in the store's own words."""
        text, names, types = placed(statement, self._dialect)
        identity = (text, names, tuple(repr(type_) for type_ in types))
        found = self._known.get(identity)
        if found is None:
            found = self._known[identity] = Read(text, names, tuple(self._encoder(type_) for type_ in types))
        return found
