"""``vssid officers``: the first administrator, and what is done where nobody can sign in."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import click
from pyotp.totp import TOTP
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import OfficerRole
from gateway.agencies import CENTRE, above, is_agency_code
from gateway.app import Application
from gateway.audit import audit_command
from gateway.commands.installation import Installation
from gateway.credentials import salted_hash
from plugins.officers import administering
from plugins.officers.administering import Administrator, Temporary, temporary_password
from plugins.officers.demo import DEMO_SECRET
from plugins.officers.models import agency, officer
from plugins.officers.profiles import ChangeRefused, Profile
from plugins.officers.settings import OfficersSettings

T = TypeVar("T")

OPERATOR: Final = Administrator(CENTRE)
_ROLES: Final = {role.value.replace("_", "-"): role for role in OfficerRole}


@click.command()
@click.argument("user_name")
@click.option("--name", "full_name", required=True, help="Full name, family name first.")
@click.option("--email", required=True, help="Where later temporary passwords are sent.")
@click.option("--agency", "agency_code", default=CENTRE, show_default=True, help="Code of the agency.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(sorted(_ROLES)),
    default=("administrator",),
    show_default=True,
    help="Once for each role.",
)
@click.pass_obj
def add(
    installation: Installation,
    user_name: str,
    full_name: str,
    email: str,
    agency_code: str,
    roles: Sequence[str],
) -> None:
    """Add an officer: an administrator of the centre, if nothing else is said.

    A temporary password is printed this once; the first sign-in with it sets a new one and an authenticator app up.
    """
    application = installation.compose()
    password, temporary = _temporary(application)
    profile = Profile(user_name, full_name, email, agency_code, [_ROLES[role] for role in roles])
    now = application.services.clock()

    async def insert(work: AsyncConnection) -> None:
        key = await administering.add(work, OPERATOR, profile, temporary, now)
        await audit_command(work, now, action="officers:add", reason=key)

    _change(application, insert)
    _print_password(application, password, temporary)


@click.command()
@click.argument("user_name")
@click.pass_obj
def reset(installation: Installation, user_name: str) -> None:
    """Give an officer a temporary password, to enrol anew with.

    For when no other administrator can. Sessions end; a disabled officer works again.
    """
    application = installation.compose()
    password, temporary = _temporary(application)
    now = application.services.clock()

    async def renew(work: AsyncConnection) -> None:
        key = await _key(work, user_name)
        await administering.reset(work, OPERATOR, key, temporary, now)
        await audit_command(work, now, action="officers:reset", reason=key)

    _change(application, renew)
    _print_password(application, password, temporary)


@click.command()
@click.argument("user_name")
@click.pass_obj
def disable(installation: Installation, user_name: str) -> None:
    """Let an officer sign in no more, and end their sessions."""
    application = installation.compose()
    now = application.services.clock()

    async def end(work: AsyncConnection) -> None:
        key = await _key(work, user_name)
        await administering.disable(work, OPERATOR, key, now)
        await audit_command(work, now, action="officers:disable", reason=key)

    _change(application, end)
    click.echo("The officer is disabled.", err=True)


@click.command("list")
@click.pass_obj
def list_(installation: Installation) -> None:
    """List the officers: user name, agency, roles, and what is special about them."""

    async def rows(work: AsyncConnection) -> Sequence[Any]:
        return (await work.execute(select(officer).order_by(officer.c.user_name))).all()

    for one in _change(installation.compose(), rows):
        state = "disabled" if one.disabled_at else "temporary password" if one.temporary_until else ""
        click.echo(f"{one.user_name}\t{one.agency_code}\t{one.roles.lower()}\t{state}".rstrip())


@click.command("add-agency")
@click.argument("code")
@click.argument("name")
@click.pass_obj
def add_agency(installation: Installation, code: str, name: str) -> None:
    """Add an agency: a province's (CODE of three digits), or a district's (five) below one that is there."""
    if not is_agency_code(code) or code == CENTRE:
        raise click.UsageError("CODE has three digits (a province) or five (a district)")

    application = installation.compose()
    now = application.services.clock()

    async def insert(work: AsyncConnection) -> None:
        known = set((await work.scalars(select(agency.c.code))).all())
        if code in known:
            raise click.ClickException("the agency is there already")
        if above(code) not in known:
            raise click.ClickException(f"there is no agency {above(code)} above it; add that first")
        await work.execute(agency.insert().values(code=code, name=name, above=above(code)))
        await audit_command(work, now, action="officers:add_agency", reason=code)

    _change(application, insert)


@click.command("demo-code")
@click.pass_obj
def demo_code(installation: Installation) -> None:
    """Print the code that the demo officers' authenticator app shows now; in development alone."""
    application = installation.compose()
    if application.settings.core.production:
        raise click.ClickException("there are no demo officers in production")
    click.echo(TOTP(DEMO_SECRET).at(application.services.clock()))


COMMANDS = (add, reset, disable, list_, add_agency, demo_code)


def _temporary(application: Application) -> tuple[str, Temporary]:
    password = temporary_password()
    days = application.settings.section(OfficersSettings).temporary_password_days
    hashed = salted_hash(password, secrets.token_bytes(16), application.settings.core)
    return password, Temporary(hashed, application.services.clock() + dt.timedelta(days=days))


def _print_password(application: Application, password: str, temporary: Temporary) -> None:
    click.echo(f"Temporary password, until {temporary.until:%Y-%m-%d %H:%M} UTC:", err=True)
    click.echo(password)
    if application.settings.core.secret_key is None:
        click.echo("Without VSSID_SECRET_KEY an enrolment does not outlive the process.", err=True)


async def _key(work: AsyncConnection, user_name: str) -> str:
    found: str | None = await work.scalar(
        select(officer.c.id).where(officer.c.user_name == user_name.lower())
    )
    if found is None:
        raise click.ClickException("there is no officer of this user name")
    return found


def _change(application: Application, change: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async def run() -> T:
        database = application.services.database
        try:
            async with database.write() as work:
                return await change(work)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except ChangeRefused as refusal:
        field = f" ({refusal.field})" if refusal.field else ""
        raise click.ClickException(f"{refusal.why.value.text.en}{field}") from None
