"""``vssid demo``, and what ``vssid run`` shows of it: synthetic people, and identities to try with a query each."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import click
from graphql import strip_ignored_characters
from tqdm import tqdm

from gateway.access import Audience
from gateway.app import Application
from gateway.commands.installation import Installation, demo_data_of
from gateway.database import Database
from gateway.demo import Demo, DemoData, DemoIdentity, is_seeded, refresh, seed
from gateway.demo.people import MOST_PARTICIPANTS
from gateway.documents import Documents
from gateway.migrations import pending

PARTICIPANTS: Final = 2_000
SEED: Final = 1
PATIENCE: Final = timedelta(seconds=60)


@click.command()
@click.option(
    "--participants",
    default=PARTICIPANTS,
    show_default=True,
    type=click.IntRange(1, MOST_PARTICIPANTS),
    help="How many people.",
)
@click.option("--seed", "population", default=SEED, show_default=True, help="Another seed, other people.")
@click.pass_obj
def demo(installation: Installation, participants: int, population: int) -> None:
    """Fill the database with synthetic people; what is there already stays as it is."""
    application = installation.compose()
    refuse_in_production(application)
    if asyncio.run(pending(application.settings.core.database_url, application.branches)):
        raise click.ClickException("the database is not up to date; run vssid migrate first")
    wanted = Demo(participants, population, installation.today, application.services.secret)
    asyncio.run(write(application, demo_data_of(application.registry), wanted))
    click.echo(f"The demo's {participants} people are there.")


def refuse_in_production(application: Application) -> None:
    """Demo people have passwords and tokens that everybody knows."""
    if application.settings.core.production:
        raise click.ClickException("demo data do not belong into production: everybody knows the passwords")


async def write(application: Application, plugins: Mapping[str, DemoData], demo: Demo) -> None:
    """Write the demo and show how far it is; the progress bar is for terminals alone."""
    database = open_patiently(application)
    try:
        with tqdm(total=demo.participants, unit=" people", disable=None) as bar:
            await seed(database, plugins, demo, bar.update)
    finally:
        await database.close()


async def write_if_missing(application: Application, plugins: Mapping[str, DemoData], demo: Demo) -> None:
    """Write the demo unless it is there; then renew only what ages."""
    database = open_patiently(application)
    try:
        complete = await is_seeded(database, plugins, demo)
        if complete:
            await refresh(database, plugins, demo)
    finally:
        await database.close()
    if not complete:
        await write(application, plugins, demo)


def open_patiently(application: Application) -> Database:
    """The store, with time for a whole batch."""
    return Database.open(
        application.settings.core.database_url,
        pool_size=1,
        statement_timeout=PATIENCE,
        pool_wait=PATIENCE,
    )


def identities_of(
    plugins: Mapping[str, DemoData], demo: Demo, documents: Mapping[Audience, Documents]
) -> list[DemoIdentity]:
    """All identities that plugins offer and that have something to try, in the order of audiences, then of plugins."""
    order = list(Audience)
    trusted = {
        (audience, one.name): one.text for audience, kept in documents.items() for one in kept.all_trusted()
    }
    offered = [one for name in sorted(plugins) for one in plugins[name].identities(demo)]
    complete = [
        replace(one, query=one.query or trusted.get((one.audience, one.name), ""))
        for one in offered
        if one.audience in documents
    ]
    return sorted((one for one in complete if one.query), key=lambda one: order.index(one.audience))


def first_of_each_audience(identities: Iterable[DemoIdentity]) -> list[DemoIdentity]:
    """One identity per audience."""
    first: dict[Audience, DemoIdentity] = {}
    for one in identities:
        first.setdefault(one.audience, one)
    return list(first.values())


def paste(identity: DemoIdentity, endpoint: str) -> str:
    """A shell command that sends the identity's query."""
    body: dict[str, object] = {"query": strip_ignored_characters(identity.query)}
    if identity.variables:
        body["variables"] = dict(identity.variables)
    headers = ["Content-Type: application/json"]
    if identity.token is not None:
        headers.append(f"Authorization: Bearer {identity.token}")
    arguments = [part for header in headers for part in ("-H", header)]
    return shlex.join(["curl", "-s", endpoint, *arguments, "-d", json.dumps(body, ensure_ascii=False)])
