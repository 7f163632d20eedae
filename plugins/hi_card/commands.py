"""``vssid card``: check what a phone shows, without a database and a network; and the keys that sign it."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.app import Application
from gateway.commands.installation import Installation
from plugins.hi_card.signing_keys import OVERLAP, KeyRefused, retire, rotate, states
from plugins.hi_card.verification import Checked, KeysRefused, Outcome, read_keys, verify

T = TypeVar("T")

_WORDS = {
    Outcome.VALID: "VALID: signed by VssID, and shown just now.",
    Outcome.EXPIRED: "EXPIRED: signed by VssID, but too long ago; ask for a new code.",
    Outcome.NOT_YET_VALID: "NOT YET VALID: signed in the future; is the clock right?",
    Outcome.UNKNOWN_KEY: "UNKNOWN KEY: fetch the public keys anew; if it stays unknown, the code is forged.",
    Outcome.CHANGED: "CHANGED: this is not what VssID signed.",
    Outcome.FOR_SOMETHING_ELSE: "FOR SOMETHING ELSE: a token, but not of a card that is shown.",
}
_NOT_IN_FORCE = 8
"""Exit status of a true code of a card that does not count today."""


@click.group()
def card() -> None:
    """Check signed cards; keep the keys that sign them."""


@card.command("verify")
@click.argument("token", required=False)
@click.option(
    "--keys",
    "keys_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The public keys, as from /.well-known/vssid-card-keys.json.",
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]),
    help="Check as of this moment (2026-01-31T03:00:00Z), not of now.",
)
@click.pass_obj
def verify_token(
    installation: Installation, token: str | None, keys_file: Path, at: dt.datetime | None
) -> None:
    """Check TOKEN, or what is on standard input, with public keys alone.

    Exits with 0 if it is valid, 3 expired, 4 not yet valid, 5 unknown key, 6 changed, 7 for something else, 8 valid but the
    card does not count.
    """
    try:
        keys = read_keys(keys_file.read_bytes())
    except KeysRefused as refused:
        raise click.UsageError(f"--keys: {refused}") from None
    now = installation.clock() if at is None else at.replace(tzinfo=dt.UTC)
    given = sys.stdin.read(10_000) if token in (None, "-") else str(token)
    checked = verify(given.strip(), keys, now)
    click.echo(_WORDS[checked.outcome])
    _print_facts(checked, now)
    if checked.outcome is Outcome.VALID and checked.facts is not None and not checked.facts.in_force(now):
        sys.exit(_NOT_IN_FORCE)
    sys.exit(checked.outcome.value)


def _print_facts(checked: Checked, now: dt.datetime) -> None:
    facts = checked.facts
    if facts is None:
        return
    if not facts.in_force(now):
        click.echo(f"THE CARD DOES NOT COUNT TODAY (state {facts.state}).")
    click.echo(f"Number      {facts.number}")
    click.echo(f"Name        {facts.holder_name}")
    click.echo(f"Birth       {facts.holder_birth}")
    click.echo(f"Level       {facts.benefit_level}")
    click.echo(f"Facility    {facts.facility_code}")
    click.echo(f"Valid       {facts.valid_from} to {facts.valid_to or 'no end'}")
    click.echo(f"Five years  {facts.five_year_date or '-'}")
    click.echo(f"Signed      {checked.issued_at:%Y-%m-%d %H:%M:%S} UTC")


@card.group()
def keys() -> None:
    """The pairs that sign what phones show."""


@keys.command("rotate")
@click.option("--at-once", is_flag=True, help="Sign with it now, not in a day: where the old key is lost.")
@click.pass_obj
def rotate_keys(installation: Installation, at_once: bool) -> None:
    """Make a new pair. It is published now and signs in a day; the first one signs at once."""
    application = installation.compose()
    core, clock = application.settings.core, application.services.clock
    if core.secret_key is None:
        raise click.UsageError("Set VSSID_SECRET_KEY: keys are kept encrypted with it.")
    pair = _written(
        application,
        lambda work: rotate(work, application.services.secret, clock(), at_once=at_once),
    )
    click.echo(f"Made key {pair.id}.")
    click.echo(
        f"Retire the one before it when all its codes have expired: {OVERLAP.days} day after the change."
    )


@keys.command("list")
@click.pass_obj
def list_keys(installation: Installation) -> None:
    """Every key there ever was, and what it does."""
    application = installation.compose()
    clock = application.services.clock
    for one in _written(application, lambda work: states(work, clock())):
        click.echo(f"{one.id}  {one.state:<8}  signs from {one.signs_from:%Y-%m-%d %H:%M} UTC")


@keys.command("retire")
@click.argument("key")
@click.pass_obj
def retire_key(installation: Installation, key: str) -> None:
    """Publish a key no more: what it signed counts nowhere, once its verifiers fetch the keys again."""
    application = installation.compose()
    clock = application.services.clock
    try:
        _written(application, lambda work: retire(work, key, clock()))
    except KeyRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"Retired key {key}.")


def _written(application: Application, change: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async def run() -> T:
        database = application.services.database
        try:
            async with database.write() as work:
                return await change(work)
        finally:
            await database.close()

    return asyncio.run(run())
