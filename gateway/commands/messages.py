"""``vssid outbox``: what waits to be delivered, and what was given up."""

from __future__ import annotations

import asyncio

import click

from gateway.app import Application
from gateway.commands.installation import Installation
from gateway.outbox import Channel, queue


@click.group()
def outbox() -> None:
    """Messages to people."""


@outbox.command()
@click.pass_obj
def show(installation: Installation) -> None:
    """Count messages that wait or were given up, by channel and purpose."""
    application = installation.compose()
    for count in asyncio.run(_counted(application)):
        oldest = count.oldest.isoformat(timespec="seconds")
        what = f"{count.channel.value} {count.purpose} {count.state.value}"
        click.echo(f"{what}: {count.messages}, the oldest of {oldest}")


@outbox.command()
@click.option("--channel", type=click.Choice(Channel), help="Of one channel alone.")
@click.pass_obj
def release(installation: Installation, channel: Channel | None) -> None:
    """Try again what was given up, if it is neither secret nor expired."""
    application = installation.compose()
    click.echo(f"{asyncio.run(_released(application, channel))} messages wait again.")


async def _counted(application: Application) -> list[queue.Count]:
    database = application.services.database
    try:
        async with database.read() as connection:
            return list(await queue.census(connection))
    finally:
        await database.close()


async def _released(application: Application, channel: Channel | None) -> int:
    database = application.services.database
    try:
        async with database.write() as work:
            return await queue.release(work, channel, application.services.clock())
    finally:
        await database.close()
