"""What access_log contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.hookspecs import hookimpl
from plugins.access_log import schema


@hookimpl
def graphql_types() -> Sequence[type]:
    return (schema.AccessLog,)
