"""``vssid audit``: is the trail whole, and its signed heads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import select

from gateway.app import Application
from gateway.audit.entries import spelt
from gateway.audit.heads import Head, HeadKey, sign_head
from gateway.audit.models import head as heads_table
from gateway.audit.verifying import Verdict, verify
from gateway.commands.installation import Installation


@click.group("audit")
def audit() -> None:
    """The audit trail: who read what about whom."""


@audit.command("verify")
@click.option(
    "--heads",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file or log with exported heads, whatever else is in it.",
)
@click.option("--key", "keys", multiple=True, help="A former public key that heads may be signed with.")
@click.pass_obj
def verify_trail(installation: Installation, files: Sequence[Path], keys: Sequence[str]) -> None:
    """Look at every entry; name the first that is not what was written. Exits 1 then."""
    application = installation.compose()
    exported = [found for file in files for found in Head.among(file.read_text("utf-8", "replace"))]
    own = HeadKey.of(application.settings.core)
    trusted = {*keys, *([] if own is None else [own.public])}
    started = time.perf_counter()
    verdict = asyncio.run(_verified(application, exported, trusted))
    if verdict.fault is not None:
        raise click.ClickException(f"the audit trail is broken: {verdict.fault}")
    seconds = time.perf_counter() - started
    click.echo(
        f"The audit trail is whole: {verdict.entries} entries, {verdict.heads} heads ({seconds:.1f} s)."
    )


async def _verified(application: Application, exported: Sequence[Head], trusted: set[str]) -> Verdict:
    async with application.running():
        return await verify(application.services.database, exported, trusted)


@audit.command("head")
@click.pass_obj
def head(installation: Installation) -> None:
    """Sign what stands at the trail's end and print it; nothing where no entry came since the last head."""
    application = installation.compose()
    if HeadKey.of(application.settings.core) is None:
        raise click.ClickException(
            "set VSSID_AUDIT_KEY or VSSID_SECRET_KEY; nothing else outlives this process"
        )
    made = asyncio.run(_signed(application))
    if made is not None:
        click.echo(made.line)


async def _signed(application: Application) -> Head | None:
    async with application.running():
        return await sign_head(application.services)


@audit.command("heads")
@click.pass_obj
def heads(installation: Installation) -> None:
    """Print every head that the store keeps, for whoever keeps them elsewhere."""
    for found in asyncio.run(_kept(installation.compose())):
        click.echo(found.line)


async def _kept(application: Application) -> list[Head]:
    async with application.running(), application.services.database.read() as connection:
        rows = await connection.execute(select(heads_table).order_by(heads_table.c.number))
        return [Head(row.number, row.hash, spelt(row.at), row.key, row.signature) for row in rows]
