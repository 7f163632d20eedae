"""What officers contributes to the gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from gateway.access import Scope
from gateway.demo import DemoData
from gateway.errors import Code
from gateway.hookspecs import RowAuthenticator, Tables, hookimpl
from plugins.officers import administration, commands, entrance, models, own_account, rules, schema
from plugins.officers.demo import OfficersDemo
from plugins.officers.refusals import REFUSALS
from plugins.officers.sessions import OfficerAuthenticator
from plugins.officers.settings import OfficersSettings


@hookimpl
def settings_section() -> type[OfficersSettings]:
    return OfficersSettings


@hookimpl
def graphql_types() -> Sequence[type]:
    return (
        schema.AgencyRecord,
        schema.OfficerRecord,
        schema.Staff,
        entrance.Entrance,
        administration.Administration,
        own_account.OwnAccount,
    )


@hookimpl
def access_scopes() -> Sequence[Scope]:
    return (rules.ADMINISTER,)


@hookimpl
def error_codes() -> Sequence[Code]:
    return tuple(refusal.value for refusal in REFUSALS)


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return OfficersDemo()


@hookimpl
def authenticators(scopes: Mapping[str, Scope]) -> Sequence[RowAuthenticator]:
    return (OfficerAuthenticator(scopes),)


@hookimpl
def command_line(group: click.Group) -> None:
    for command in commands.COMMANDS:
        group.add_command(command)
