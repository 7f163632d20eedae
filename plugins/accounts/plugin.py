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
from gateway.imports import Importer
from gateway.jobs import Job
from plugins.accounts import commands, models, rules, schema
from plugins.accounts.authenticating import SessionAuthenticator
from plugins.accounts.authenticator_app import schema as authenticator_app
from plugins.accounts.challenges import ChallengeRefusal
from plugins.accounts.contact import schema as contact
from plugins.accounts.demo import AccountsDemo
from plugins.accounts.dependants import schema as dependants
from plugins.accounts.dependants.importing import DEPENDANTS
from plugins.accounts.directory import Directory
from plugins.accounts.personal import schema as personal
from plugins.accounts.recovery import resets
from plugins.accounts.recovery import schema as recovery
from plugins.accounts.recovery.refusals import ResetRefusal
from plugins.accounts.refusals import SESSION_REPLACED, AccountChangeRefusal, PasswordRefusal, SignInRefusal
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing import schema as signing
from plugins.accounts.signing.reminding import JOBS


@hookimpl
def settings_section() -> type[AccountsSettings]:
    return AccountsSettings


@hookimpl
def graphql_types() -> Sequence[type]:
    return (
        schema.Identity,
        schema.Participants,
        signing.Signing,
        recovery.Forgetting,
        resets.Resets,
        resets.Resetting,
        contact.ContactChanges,
        authenticator_app.AppOfParticipant,
        authenticator_app.AppChanges,
        personal.Contact,
        personal.IdentityPaper,
        personal.Residence,
        dependants.Guardian,
    )


@hookimpl
def access_scopes() -> Sequence[Scope]:
    return (
        rules.READ_IDENTITY,
        rules.FIND_PARTICIPANTS,
        rules.READ_PERSONAL,
        rules.REQUEST_RESET,
        rules.CONFIRM_RESET,
    )


@hookimpl
def error_codes() -> Sequence[Code]:
    return (
        SESSION_REPLACED,
        *(
            refusal.value
            for kind in (SignInRefusal, PasswordRefusal, AccountChangeRefusal, ChallengeRefusal, ResetRefusal)
            for refusal in kind
        ),
    )


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
def background_jobs() -> Sequence[Job]:
    return JOBS


@hookimpl
def importers() -> Sequence[Importer]:
    return (DEPENDANTS,)


@hookimpl
def command_line(group: click.Group) -> None:
    for command in commands.COMMANDS:
        group.add_command(command)
