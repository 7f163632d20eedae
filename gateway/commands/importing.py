"""``vssid import``: rows from files, through the plugins' importers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import IO

import click
from tqdm import tqdm

from gateway.app import Application
from gateway.commands.demonstrating import open_patiently
from gateway.commands.installation import Installation, Refused
from gateway.imports import Importer
from gateway.imports.checking import Checker
from gateway.imports.progress import Done
from gateway.imports.reading import FileRefused
from gateway.imports.reporting import Report
from gateway.imports.running import Import
from gateway.migrations import pending


@click.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write what was not imported; FILE.refused.csv unless named.",
)
@click.option("--again", is_flag=True, help="Import a file from its start though it was imported before.")
@click.pass_context
def import_file(context: click.Context, name: str, file: Path, report: Path | None, again: bool) -> None:
    """Import a file of NAME: CSV with a header (.csv) or JSON Lines (.jsonl), in UTF-8.

    Good rows are written, others named in the report with line, column and reason. Give the same command again after it
    was interrupted, and it goes on where it was; give it again later, and nothing happens. Ends with status 1 where rows
    were refused.
    """
    application = context.ensure_object(Installation).compose()
    importer = application.contributions.importers.get(name)
    if importer is None:
        known = ", ".join(sorted(application.contributions.importers))
        raise Refused(f"No plugin imports {name}; there are {known}.")
    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    if asyncio.run(pending(application.settings.core.database_url, application.branches)):
        raise click.ClickException("the database is not up to date; run vssid migrate first")
    told = report or file.with_name(f"{file.name}.refused.csv")
    with file.open("rb") as opened:
        done = _imported(application, importer, file, opened, told, again=again)
    click.echo(f"{done.records - done.refused} of {done.records} rows are in the database.")
    if done.refused:
        click.echo(f"{done.refused} were refused; {told} says why.")
        context.exit(1)


def _imported(
    application: Application, importer: Importer, file: Path, opened: IO[bytes], told: Path, *, again: bool
) -> Done:
    report = Report(told)
    size = file.stat().st_size
    try:
        with tqdm(total=size, unit="B", unit_scale=True, disable=None) as bar:  # for terminals alone
            return asyncio.run(_import(application, importer, file, opened, report, bar.update, again=again))
    except FileRefused as refused:
        raise Refused(f"{file}: {refused}") from None
    finally:
        report.close()


async def _import(
    application: Application,
    importer: Importer,
    file: Path,
    opened: IO[bytes],
    report: Report,
    progress: Callable[[int], object],
    *,
    again: bool,
) -> Done:
    database = open_patiently(application)
    checker = Checker(importer, application.contributions.directory)
    try:
        task = Import(database, importer, checker, application.services.clock, progress)
        return await task.run(file, opened, report, again=again)
    finally:
        await database.close()
