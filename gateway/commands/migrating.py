"""``vssid migrate`` and ``vssid revise``: the database's tables, and the files that make them."""

from __future__ import annotations

import asyncio

import click

from gateway.commands.installation import Installation
from gateway.migrations import Pending, pending


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be applied.")
@click.pass_obj
def migrate(installation: Installation, *, dry_run: bool) -> None:
    """Bring the database's tables up to date, plugin by plugin."""
    from gateway.migrations.upgrading import upgrade  # noqa: PLC0415  Alembic, which other commands do without

    application = installation.compose()
    url = application.settings.core.database_url
    work = pending(url, application.branches) if dry_run else upgrade(url, application.branches)
    done = asyncio.run(work)
    print_revisions("Would apply" if dry_run else "Applied", done)
    if not done:
        click.echo("The database is up to date.")


@click.command()
@click.argument("plugin")
@click.argument("message")
@click.pass_obj
def revise(installation: Installation, plugin: str, message: str) -> None:
    """Write PLUGIN's next revision file: what its tables have and its revisions do not make.

    The core's own sets of tables are revised by their names, as plugins are.

    MESSAGE is what the revision does, as "add place of issue". Read the file before you apply it.
    """
    from gateway.migrations.revising import revise as write_revision  # noqa: PLC0415  Alembic, as above

    branches = {branch.plugin: branch for branch in installation.compose().branches}
    if plugin not in branches:
        names = ", ".join(sorted(branches))
        raise click.BadParameter(f"nothing of this name has tables; there are: {names}")
    click.echo(asyncio.run(write_revision(branches[plugin], message)))


def print_revisions(verb: str, revisions: list[Pending]) -> None:
    """Print a line for each revision."""
    for revision in revisions:
        click.echo(f"{verb} {revision.revision}: {revision.title}")
