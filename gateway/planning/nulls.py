"""Null in answers: where it may stand it is written, elsewhere the plan steps aside."""

from __future__ import annotations

from graphql import GraphQLField, GraphQLLeafType, is_leaf_type, is_list_type, is_non_null_type

from gateway.model import Member
from gateway.planning.stepping import StepAside


def optional(member: Member, field: GraphQLField, presence: str, made: str) -> str:
    """Source of a value that is missing where the source ``presence`` is None."""
    missing = f"aside({member.coordinate!r})" if is_non_null_type(field.type) else "None"
    return f"({missing} if {presence} is None else {made})"


def leaf_of(member: Member, field: GraphQLField) -> tuple[GraphQLLeafType, bool]:
    """The leaf type of a field of cells, and whether it may be null."""
    type_ = field.type.of_type if is_non_null_type(field.type) else field.type
    if is_list_type(type_) or not is_leaf_type(type_):
        raise StepAside(f"{member.coordinate}: a cell that is no leaf")
    return type_, not is_non_null_type(field.type)
