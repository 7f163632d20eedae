"""``vssid doctor``: what is wrong with this deployment, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import click
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.app import Application, open_database
from gateway.commands.installation import Installation
from gateway.database import Database, DatabaseBusy, DatabaseUnavailable, sqlite_path
from gateway.migrations import MigrationsRefused, pending
from gateway.outbox import Channel
from gateway.publishing import drift
from gateway.registry import StartupRefused
from gateway.settings import CoreSettings, SettingsRefused
from gateway.telemetry import logs

DIFFERENT_CHARACTERS: Final = 12
"""Fewer in a key of 32 or more characters, and it was typed rather than drawn."""


DRAW: Final = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


@dataclass(frozen=True)
class Finding:
    """What one check found; where it is not well, ``detail`` says what to do."""

    check: str
    is_well: bool
    detail: str


@click.command()
@click.pass_obj
def doctor(installation: Installation) -> None:
    """Check this deployment; the exit status is 1 if anything is wrong."""
    sick = asyncio.run(_report(installation))
    if sick:
        click.echo(f"{sick} problem{'s' if sick > 1 else ''} found.", err=True)
        raise click.exceptions.Exit(1)


async def _report(installation: Installation) -> int:
    sick = 0
    async for finding in examine(installation):
        click.echo(f"{'ok' if finding.is_well else 'PROBLEM':<8} {finding.check}: {finding.detail}")
        sick += not finding.is_well
    return sick


async def examine(installation: Installation) -> AsyncIterator[Finding]:
    """All findings, in the order in which to mend them; checks that rest on what is broken are left out."""
    found = _composed(installation)
    if not isinstance(found, Application):
        for finding in found:
            yield finding
        return
    core = found.settings.core
    try:
        yield Finding("settings", True, core.environment.value)
        yield Finding("plugins", True, ", ".join(found.registry.plugins) or "none")
        yield _secret_key(core)
        database = await _database(core)
        yield database
        if database.is_well:
            yield await _migrations(found)
        for finding in (_contract(found), *_trusted_documents(found), *_channels(found), *_explorer(core)):
            yield finding
    finally:
        await found.services.database.close()
        found.services.telemetry.shutdown()


def _composed(installation: Installation) -> Application | list[Finding]:
    try:
        return installation.compose()
    except SettingsRefused as refusal:
        plugins = installation.registry().problems
        return [
            *(Finding("settings", False, problem) for problem in refusal.problems),
            *(Finding("plugins", False, str(problem)) for problem in plugins),
        ]
    except StartupRefused as refusal:
        return [Finding("plugins", False, str(problem)) for problem in refusal.problems]
    except Exception as error:  # noqa: BLE001  of whatever it is, the type and place: a text may quote a secret
        return [
            Finding("start-up", False, " < ".join((exception["type"], *reversed(exception["frames"]))))
            for exception in logs.described(error)
        ]


def _secret_key(core: CoreSettings) -> Finding:
    if core.secret_key is None:
        return Finding("secret key", True, "a new one at each start, which is enough for development")
    if len(set(core.secret_key.get_secret_value())) < DIFFERENT_CHARACTERS:
        return Finding(
            "secret key", False, f"is easy to guess; set VSSID_SECRET_KEY to what this prints: {DRAW}"
        )
    return Finding("secret key", True, "set")


async def _database(core: CoreSettings) -> Finding:
    database = open_database(core)
    try:
        name = await _name(database, core.database_url)
        is_writable = await _can_write(database)
    except (DatabaseUnavailable, DatabaseBusy) as failure:
        reason = _without_password(str(failure), core.database_url)
        return Finding("database", False, f"does not answer ({reason}); is VSSID_DATABASE_URL right?")
    except Exception as error:  # noqa: BLE001  a driver that misreads a URL quotes it, password and all
        kind = type(error).__name__
        return Finding(
            "database", False, f"{kind}; in VSSID_DATABASE_URL, percent-encode what is special in a password"
        )
    finally:
        await database.close()
    if not is_writable:
        return Finding("database", False, f"{name} cannot be written; is this its primary, and its owner?")
    return Finding("database", True, name)


async def _name(database: Database, url: str) -> str:
    """What the database calls itself, since a URL that was misread may show its password as something else."""
    await database.ping()
    if database.dialect.name == "sqlite":
        return f"SQLite, {sqlite_path(url)}"
    async with database.read() as connection:
        return f"PostgreSQL, {await connection.scalar(text('SELECT current_database()'))}"


async def _can_write(database: Database) -> bool:
    try:
        async with database.write() as connection:
            if database.dialect.name == "postgresql":
                return bool(await connection.scalar(text("SHOW transaction_read_only")) == "off")
            version = await connection.scalar(text("PRAGMA user_version"))
            await connection.execute(text(f"PRAGMA user_version = {int(version)}"))
    except DBAPIError:
        return False
    return True


async def _migrations(application: Application) -> Finding:
    try:
        missing = await pending(application.settings.core.database_url, application.branches)
    except MigrationsRefused as refusal:
        return Finding("migrations", False, "; ".join(": ".join(problem) for problem in refusal.problems))
    if missing:
        revisions = ", ".join(revision.revision for revision in missing)
        return Finding("migrations", False, f"{revisions} not applied; run vssid migrate")
    return Finding("migrations", True, "all applied")


def _contract(application: Application) -> Finding:
    folder = application.settings.core.schema_path
    differences = drift(application, folder)
    if differences:
        return Finding("contract", False, f"{'; '.join(differences)}: run vssid publish and review it")
    return Finding("contract", True, f"{folder} is up to date")


def _trusted_documents(application: Application) -> Iterator[Finding]:
    """They are valid, or composing had refused; without any, nobody can ask anything in production."""
    for audience, documents in application.documents.items():
        count = len(list(documents.all_trusted()))
        if count or not application.settings.core.production:
            yield Finding("trusted documents", True, f"{count} for {audience.value}")
        else:
            yield Finding(
                "trusted documents", False, f"none for {audience.value}, which production admits alone"
            )


def _channels(application: Application) -> Iterator[Finding]:
    """What nothing delivers would wait until it expires; in development that may be meant."""
    for channel in Channel:
        is_served = channel in application.adapters
        detail = "is delivered" if is_served else "nothing delivers it; see Messages in docs/deployment.md"
        yield Finding(channel.value, is_served or not application.settings.core.production, detail)


def _explorer(core: CoreSettings) -> Iterator[Finding]:
    if not core.production:
        is_built = (core.explorer_path / "index.html").is_file()
        yield Finding(
            "explorer", is_built, "built" if is_built else "not built; run make explorer (needs Node 20)"
        )


def _without_password(message: str, url: str) -> str:
    parts = urlsplit(url)
    for password in filter(None, (parts.password, *parse_qs(parts.query).get("password", []))):
        message = message.replace(password, "...").replace(unquote(password), "...")
    return message
