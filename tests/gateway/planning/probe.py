"""A plugin with a field that takes arguments of every kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from gateway.access import ANYONE
from gateway.authoring import Money, argument, attribute, extends, input_type, resolved
from gateway.context import RequestContext
from gateway.entities import Query
from gateway.hookspecs import hookimpl
from tests.gateway.clinic.tables import Mood


@input_type
class ProbeStop:
    """A stop on the way."""

    place: str = attribute("Where.")
    the_days: int | None = attribute("How long.", default=3)
    moods: list[Mood] | None = attribute("How it feels.", default=None)
    before: ProbeStop | None = attribute("The stop before.", default=None)


async def everything(
    context: RequestContext,
    *,
    text: Annotated[str, argument(description="A text.")],
    size_of_it: Annotated[int, argument(description="A number.")] = 5,
    mood: Annotated[Mood | None, argument(description="An enum.")] = Mood.BAD,
    moods: Annotated[list[Mood], argument(description="Enums.")] = [Mood.BAD],  # noqa: B006  strawberry copies it
    day: Annotated[dt.date | None, argument(description="A day.")] = None,
    money: Annotated[Money | None, argument(description="Money.", name="dong")] = None,
    stop: Annotated[ProbeStop | None, argument(description="A stop.")] = ProbeStop(place="Huế"),  # noqa: B008  and this
    stops: Annotated[list[list[ProbeStop]] | None, argument(description="Stops.")] = None,
) -> str | None:
    """Arguments of every kind."""
    raise AssertionError(text, size_of_it, mood, moods, day, money, stop, stops)


async def taken(
    context: RequestContext, *, info: Annotated[int, argument(description="Strawberry's own name.")]
) -> str | None:
    """An argument that strawberry cannot hand on."""
    raise AssertionError(info)


@extends(Query)
class Probe:
    """Fields with many arguments, and with an odd one."""

    everything: str | None = resolved(everything, rule=ANYONE)
    taken: str | None = resolved(taken, rule=ANYONE)


class ProbePlugin:
    """Contributes the probe."""

    @hookimpl
    def graphql_types(self) -> Sequence[type]:
        return (Probe,)
