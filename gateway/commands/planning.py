"""``vssid plan``: how a document would be answered."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.access import Audience
from gateway.commands.installation import Installation
from gateway.documents import DocumentRefused
from gateway.planning.explaining import explained


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    help="Whose schema; without it, the folder that the file is in tells.",
)
@click.option("--source", is_flag=True, help="Also print the function that puts the answer together.")
@click.pass_obj
def plan(installation: Installation, file: Path, audience: str | None, *, source: bool) -> None:
    """Print the plan of a document: rules, round trips, statements, and what runs on the reference and why."""
    named = audience or file.absolute().parent.name
    if named not in {known.value for known in Audience}:
        raise click.UsageError("say whose document it is: --audience participant, for one")
    asked = Audience(named)
    application = installation.compose()
    try:
        prepared = application.documents[asked].free(file.read_text(encoding="utf-8").strip())
    except DocumentRefused as refusal:
        raise click.ClickException("\n".join(str(error) for error in refusal.errors)) from None
    for line in explained(application.planner, prepared, asked, source=source):
        click.echo(line)
