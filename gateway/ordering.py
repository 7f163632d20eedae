"""Orders of lists: the declared terms, always completed with the primary key, so that every row has one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, UnaryExpression, and_, or_
from sqlalchemy.sql.operators import asc_op, desc_op


@dataclass(frozen=True, eq=False)
class OrderTerm:
    """One column of an order and its direction."""

    expression: ColumnElement[Any]
    descending: bool

    def clause(self, backward: bool) -> ColumnElement[Any]:
        """ORDER BY term, reversed for reading backward."""
        return self.expression.desc() if self.descending is not backward else self.expression.asc()


def order_terms(order: Sequence[ColumnElement[Any]], table: Table) -> tuple[OrderTerm, ...]:
    """The terms of a declared order, then the columns of the table's primary key that are not among them."""
    terms = [term(declared) for declared in order]
    present = {id(found.expression) for found in terms}
    terms += [OrderTerm(key, False) for key in table.primary_key.columns if id(key) not in present]
    return tuple(terms)


def term(declared: ColumnElement[Any]) -> OrderTerm:
    """One declared term."""
    if isinstance(declared, UnaryExpression) and declared.modifier in (asc_op, desc_op):
        return OrderTerm(declared.element, declared.modifier is desc_op)
    return OrderTerm(declared, False)


def beyond(
    terms: Sequence[OrderTerm], values: Sequence[ColumnElement[Any]], backward: bool
) -> ColumnElement[bool]:
    """Rows that come after a position (before it, when backward): t1 > v1, or t1 = v1 and t2 > v2, and so on."""
    alternatives = []
    for index, (term, value) in enumerate(zip(terms, values, strict=True)):
        equal = [earlier.expression == values[at] for at, earlier in enumerate(terms[:index])]
        further = term.expression < value if term.descending is not backward else term.expression > value
        alternatives.append(and_(*equal, further))
    return or_(*alternatives)
