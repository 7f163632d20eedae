"""Which adapter delivers which channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gateway.outbox.delivering import DeliveryAdapter
from gateway.outbox.messages import Channel
from gateway.settings import CoreSettings

Offered = Sequence[tuple[str, Sequence[DeliveryAdapter]]]
"""Adapters by plugin."""


class ChannelsRefused(Exception):
    """It is not clear who delivers; ``problems`` are pairs of a setting and what to do."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(": ".join(problem) for problem in problems))
        self.problems = tuple(problems)


def adapters_by_channel(offered: Offered, core: CoreSettings) -> dict[Channel, DeliveryAdapter]:
    """The adapter of each channel that has one: the only one offered, or that of the plugin which the settings name.

    Raises :class:`ChannelsRefused`.
    """
    chosen: dict[Channel, DeliveryAdapter] = {}
    problems: list[tuple[str, str]] = []
    for channel, wanted in ((Channel.SMS, core.outbox_sms), (Channel.EMAIL, core.outbox_email)):
        setting = f"VSSID_OUTBOX_{channel.name}"
        found = [(plugin, one) for plugin, given in offered for one in given if one.channel is channel]
        named = [(plugin, one) for plugin, one in found if wanted in ("", plugin)]
        if len(named) == 1:
            chosen[channel] = named[0][1]
        elif named:
            names = ", ".join(plugin for plugin, _ in named)
            problems.append((setting, f"{channel.value} is delivered by several: {names}; name one"))
        elif wanted:
            names = ", ".join(plugin for plugin, _ in found) or "none"
            problems.append(
                (setting, f"the plugin named does not deliver {channel.value}; those that do: {names}")
            )
    if problems:
        raise ChannelsRefused(problems)
    return chosen


def unserved(adapters: Mapping[Channel, DeliveryAdapter]) -> Iterator[Channel]:
    """Channels whose messages nothing delivers."""
    return (channel for channel in Channel if channel not in adapters)
