"""A small plugin that the ``vssid`` command is tried on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import click
from sqlalchemy import Column, MetaData, String, Table, select

from gateway.access import ANYONE, Audience, Viewer
from gateway.authoring import argument, extends, resolved
from gateway.commands.installation import Installation
from gateway.context import RequestContext, Services
from gateway.demo import Demo, DemoData, DemoIdentity, DemoRows
from gateway.demo.people import DemoParticipant
from gateway.entities import Query
from gateway.hookspecs import Authenticator, Tables, hookimpl
from gateway.settings import Section

NOW = dt.datetime(2020, 11, 16, 20, 0, tzinfo=dt.UTC)
"""The 17th in Vietnam."""

metadata = MetaData()
visitors = Table("clinic_visitor", metadata, Column("key", String, primary_key=True), Column("name", String))


async def clinic_greeting(
    context: RequestContext, to: Annotated[str, argument(description="Who comes in.")] = "you"
) -> str | None:
    """What is written over the door."""
    return f"Xin chào {to}"


async def clinic_visit(
    context: RequestContext, name: Annotated[str, argument(description="Whose visit.")]
) -> str | None:
    """A field with a fault: it fails over everybody who was here, and says whom."""
    async with context.services.database.read() as connection:
        key = await connection.scalar(select(visitors.c.key).where(visitors.c.name == name))
    if key is not None:
        raise ValueError(f"{name} has the key {key}")
    return None


@extends(Query)
class Greetings:
    """What can be asked of a clinic."""

    clinic_greeting: str | None = resolved(clinic_greeting, rule=ANYONE)
    clinic_visit: str | None = resolved(clinic_visit, rule=ANYONE)


class ClinicSettings(Section):
    """The clinic's settings."""

    beds: int = 10


class ClinicDemo(DemoData):
    """Everybody visits."""

    def reference(self, demo: Demo) -> Iterator[DemoRows]:
        return iter(())

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        yield DemoRows(visitors, [{"key": person.key, "name": person.full_name} for person in people])

    def identities(self, demo: Demo) -> Sequence[DemoIdentity]:
        return [
            DemoIdentity(
                Audience.OFFICER,
                "An officer's day",
                "Send the token.",
                "Greeting",
                "query Greeting { clinicGreeting }",
                token="vss_officer",
            ),
            DemoIdentity(
                Audience.PUBLIC,
                "Anybody",
                "There is nothing to do.",
                "Greeting",
                'query Greeting($name: String! = "two  spaces") { clinicGreeting(to: $name) }',
                variables={"name": "O'Brien Nguyễn"},
            ),
            DemoIdentity(Audience.PUBLIC, "Anybody else", "As before.", "G", "query G { clinicGreeting }"),
        ]


class OfficersToken:
    """There is one officer."""

    async def authenticate(self, token: str, services: Services) -> Viewer | None:
        return Viewer(Audience.OFFICER, "officer-1") if token == "vss_officer" else None


class Clinic:
    """A plugin with a bit of everything."""

    def __init__(self, migrations: Path) -> None:
        self.migrations = migrations

    @hookimpl
    def settings_section(self) -> type[ClinicSettings]:
        return ClinicSettings

    @hookimpl
    def graphql_types(self) -> Sequence[type]:
        return (Greetings,)

    @hookimpl
    def database_tables(self) -> Tables:
        return Tables(metadata, self.migrations)

    @hookimpl
    def demo_data(self) -> DemoData:
        return ClinicDemo()

    @hookimpl
    def authenticators(self) -> Sequence[Authenticator]:
        return (OfficersToken(),)

    @hookimpl
    def command_line(self, group: click.Group) -> None:
        @group.command()
        @click.pass_obj
        def beds(installation: Installation) -> None:
            """Say how many beds there are."""
            click.echo(installation.compose().settings.section(ClinicSettings).beds)
