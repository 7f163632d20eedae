"""``vssid`` itself: the core's commands, and below a plugin's name the commands of that plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from gateway.commands.auditing import audit
from gateway.commands.contract import plugins, publish
from gateway.commands.demonstrating import demo
from gateway.commands.doctor import doctor
from gateway.commands.importing import import_file
from gateway.commands.installation import Installation, Refused
from gateway.commands.messages import outbox
from gateway.commands.migrating import migrate, revise
from gateway.commands.planning import plan
from gateway.commands.serving import run, serve, worker
from gateway.contributions import answers
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.migrations import MigrationsRefused
from gateway.registry import Problem, StartupRefused
from gateway.settings import SettingsRefused
from gateway.telemetry.exporters import DISTRIBUTION


class Commands(click.Group):
    """Core commands are found first: no plugin, however broken, takes ``vssid doctor`` away."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names; a plugin's where it has commands."""
        own = super().list_commands(ctx)
        found = {**plugin_groups(ctx)[0], **plugin_commands(ctx)[0]}
        return [*own, *(name for name in found if name not in own)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A core command, a plugin's own or its group; raises StartupRefused where the plugin fails to give it."""
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            return found
        single, clashes = plugin_commands(ctx)
        if any(clash.where == cmd_name for clash in clashes):
            raise StartupRefused(clashes)
        if cmd_name in single:
            return single[cmd_name]
        groups, problems = plugin_groups(ctx)
        own = [problem for problem in problems if problem.plugin == cmd_name]
        if own:
            raise StartupRefused(own)
        return groups.get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the operator has to mend is printed, without a traceback."""
        try:
            return super().invoke(ctx)
        except (SettingsRefused, StartupRefused) as refusal:
            raise Refused(str(refusal)) from None
        except MigrationsRefused as refusal:
            raise Refused(f"The migrations do not fit together:\n{refusal}") from None
        except (DatabaseUnavailable, DatabaseBusy) as failure:
            raise click.ClickException(f"the database: {failure}") from None


def vssid() -> click.Group:
    """The whole command; its object is an :class:`Installation`."""
    commands = (
        run,
        serve,
        worker,
        migrate,
        revise,
        outbox,
        audit,
        demo,
        import_file,
        doctor,
        plan,
        publish,
        plugins,
    )
    group = Commands(
        "vssid",
        {command.name or "": command for command in commands},
        help="One GraphQL graph for VssID's services. VSSID_* environment variables are its settings.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    return click.version_option(package_name=DISTRIBUTION)(group)


def plugin_groups(ctx: click.Context) -> tuple[dict[str, click.Group], list[Problem]]:
    """A group for each plugin that has commands, and what is wrong with the plugins."""
    registry = ctx.ensure_object(Installation).registry()
    problems = list(registry.problems)
    groups: dict[str, click.Group] = {}
    for name in registry.plugins:
        group = click.Group(name, help=f"Commands of the plugin {name}.")
        for plugin, add in registry.implementations("command_line", group=group):
            if plugin == name:
                problems += _added(name, add)
        if group.commands:
            groups[name] = group
    return groups, problems


def plugin_commands(ctx: click.Context) -> tuple[dict[str, click.Command], list[Problem]]:
    """The commands that plugins put directly below ``vssid``, and the names that more than one of them wants."""
    registry = ctx.ensure_object(Installation).registry()
    problems: list[Problem] = []
    given = answers(registry, "root_commands", problems)
    found: dict[str, click.Command] = {}
    for plugin, command in ((plugin, one) for plugin, those in given for one in those):
        name = command.name or ""
        if (name in registry.plugins and name != plugin) or name in found:
            problems.append(Problem(plugin, name, "another plugin has a command of this name"))
        else:
            found[name] = command
    return found, problems


def _added(plugin: str, add: Callable[[], Any]) -> Iterator[Problem]:
    try:
        add()
    except Exception as error:  # noqa: BLE001  the other plugins' commands are to be there all the same
        yield Problem(plugin, "command_line", f"raised {type(error).__name__}: {error}")
