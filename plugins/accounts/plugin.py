"""What accounts contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from gateway.access import Scope
from gateway.demo import DemoData
from gateway.directory import ParticipantDirectory
from gateway.errors import Code
from gateway.hookspecs import RowAuthenticator, Tables, hookimpl
from plugins.accounts import commands, models, rules, schema
from plugins.accounts.authenticating import SessionAuthenticator
from plugins.accounts.demo import AccountsDemo
from plugins.accounts.directory import Directory
from plugins.accounts.personal import schema as personal
from plugins.accounts.refusals import SignInRefusal
from plugins.accounts.settings import AccountsSettings


@hookimpl
def settings_section() -> type[AccountsSettings]:
    return AccountsSettings


@hookimpl
def graphql_types() -> Sequence[type]:
    return (
        schema.Identity,
        schema.Participants,
        schema.Signing,
        personal.Contact,
        personal.IdentityPaper,
        personal.Residence,
    )


@hookimpl
def access_scopes() -> Sequence[Scope]:
    return rules.READ_IDENTITY, rules.FIND_PARTICIPANTS, rules.READ_PERSONAL


@hookimpl
def error_codes() -> Sequence[Code]:
    return tuple(refusal.value for refusal in SignInRefusal)


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return AccountsDemo()


@hookimpl
def participant_directory() -> ParticipantDirectory:
    return Directory()


@hookimpl
def authenticators() -> Sequence[RowAuthenticator]:
    return (SessionAuthenticator(),)


@hookimpl
def command_line(group: click.Group) -> None:
    for command in commands.COMMANDS:
        group.add_command(command)
