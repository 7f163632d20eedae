"""What a plugin writes with: ``name: type = source(...)`` inside a type. See ``docs/plugins.md`` for a first plugin."""

from strawberry import ID, argument, union

from gateway.authoring.connections import Connection, Edge, PageInfo
from gateway.authoring.data_kinds import DataKind
from gateway.authoring.scalars import VIETNAM, Money
from gateway.authoring.sources import (
    Filter,
    Rows,
    Value,
    column,
    computed,
    connection,
    derived,
    entity_by,
    identifier,
    lookup,
    resolved,
    to_many,
    to_one,
    viewer_entity,
)
from gateway.authoring.types import (
    Failure,
    attribute,
    enumeration,
    extends,
    input_type,
    kinds_of,
    output_type,
    value_type,
)

__all__ = [
    "ID",
    "VIETNAM",
    "Connection",
    "DataKind",
    "Edge",
    "Failure",
    "Filter",
    "Money",
    "PageInfo",
    "Rows",
    "Value",
    "argument",
    "attribute",
    "column",
    "computed",
    "connection",
    "derived",
    "entity_by",
    "enumeration",
    "extends",
    "identifier",
    "input_type",
    "kinds_of",
    "lookup",
    "output_type",
    "resolved",
    "to_many",
    "to_one",
    "union",
    "value_type",
    "viewer_entity",
]
