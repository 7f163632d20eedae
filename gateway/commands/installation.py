"""What commands work on: the environment variables and the installed plugins of this machine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

import click

from gateway import registry as plugins_of
from gateway.app import Application, compose, utc_now
from gateway.authoring.scalars import VIETNAM
from gateway.contributions import answers
from gateway.demo import DemoData
from gateway.registry import Problem, Registry, StartupRefused
from gateway.settings import wanted_plugins


@dataclass(frozen=True)
class Installation:
    """The object of every command, a plugin's too (``@click.pass_obj``).

    ``plugins`` stand in for the installed ones where they are given.
    """

    environ: Mapping[str, str]
    plugins: Mapping[str, object] | None = None
    clock: Callable[[], dt.datetime] = utc_now

    def compose(self) -> Application:
        """The gateway; SettingsRefused and StartupRefused are for the ``vssid`` command to print."""
        return compose(self.environ, plugins=self.plugins, clock=self.clock)

    def registry(self) -> Registry:
        """The plugins alone, whatever is wrong with them or with the settings."""
        if self.plugins is not None:
            return plugins_of.register(self.plugins)
        found, problems = plugins_of.installed(wanted_plugins(self.environ))
        return plugins_of.register(found, problems)

    @property
    def today(self) -> dt.date:
        """The day in Vietnam."""
        return self.clock().astimezone(VIETNAM).date()


class Refused(click.ClickException):
    """Ends a command with status 2 and a message that stands for itself."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message without a prefix, since it may have several lines."""
        click.echo(self.message, file=file, err=file is None)


def demo_data_of(registry: Registry) -> dict[str, DemoData]:
    """The plugins' demo data by plugin; raises StartupRefused where a plugin fails to give it."""
    problems: list[Problem] = []
    found: dict[str, DemoData] = dict(answers(registry, "demo_data", problems))
    if problems:
        raise StartupRefused(problems)
    return found
