"""``vssid accounts``: issue and revoke tokens by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import click

from gateway.access import Audience
from gateway.app import Application
from gateway.audit import audit_command
from gateway.commands.installation import Installation
from plugins.accounts.issuing import HolderRefused, holder_of, limits_for
from plugins.accounts.models import Ending
from plugins.accounts.sessions import Holder, Limits, OpenedSession, end_session, open_session
from plugins.accounts.settings import AccountsSettings

_AUDIENCES = {audience.value: audience for audience in (Audience.HOSPITAL, Audience.OFFICER)}


@click.command()
@click.option("--audience", type=click.Choice(sorted(_AUDIENCES)), required=True, help="Who will use it.")
@click.option("--subject", required=True, help="The hospital's facility code, or the officer's key.")
@click.option("--scope", "scopes", multiple=True, help="What it may do, as hi_card:read; once for each.")
@click.option("--claim", "claims", multiple=True, metavar="NAME=VALUE", help="A fact that access depends on.")
@click.option("--days", type=click.IntRange(1, 366), help="How long it lasts, used or not.")
@click.pass_obj
def issue_token(
    installation: Installation,
    audience: str,
    subject: str,
    scopes: Sequence[str],
    claims: Sequence[str],
    days: int | None,
) -> None:
    """Issue a token.

    It is printed this once: what is stored cannot be turned back into it.
    """
    application = installation.compose()
    declared = application.contributions.scopes
    try:
        holder = holder_of(_AUDIENCES[audience], subject, frozenset(scopes), tuple(claims), declared)
    except HolderRefused as refusal:
        raise click.UsageError(str(refusal)) from None
    limits = limits_for(holder.audience, days, application.settings.section(AccountsSettings))
    opened = asyncio.run(_open(application, holder, limits))
    click.echo(f"Session {opened.id}, until {opened.expires_at:%Y-%m-%d %H:%M} UTC", err=True)
    click.echo(opened.token)


@click.command()
@click.argument("session")
@click.pass_obj
def revoke_token(installation: Installation, session: str) -> None:
    """End a token's session.

    SESSION is named when the token is issued. The token counts no more from the next request on.
    """
    if not asyncio.run(_end(installation.compose(), session)):
        raise click.ClickException("No such session, or it has ended already.")
    click.echo("The session has ended.", err=True)


COMMANDS = (issue_token, revoke_token)


async def _open(application: Application, holder: Holder, limits: Limits) -> OpenedSession:
    services = application.services
    try:
        async with services.database.write() as work:
            now = services.clock()
            opened = await open_session(work, holder, limits, now)
            told = f"session {opened.id} of {holder.audience.value} {holder.subject}"
            await audit_command(work, now, action="accounts:issue_token", reason=told)
            return opened
    finally:
        await services.database.close()


async def _end(application: Application, session: str) -> bool:
    services = application.services
    try:
        async with services.database.write() as work:
            now = services.clock()
            ended = await end_session(work, session, now, Ending.REVOKED)
            if ended:
                await audit_command(work, now, action="accounts:revoke_token", reason=f"session {session}")
            return ended
    finally:
        await services.database.close()
