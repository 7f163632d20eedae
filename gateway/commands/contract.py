"""``vssid publish`` and ``vssid plugins``: what this gateway offers, and who contributes it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points

import click

from gateway import hookspecs
from gateway.commands.installation import Installation
from gateway.publishing import drift
from gateway.publishing import publish as write
from gateway.registry import GROUP, Registry


@click.command()
@click.option(
    "--check", is_flag=True, help="Write nothing; fail where the files are not what would be written."
)
@click.pass_obj
def publish(installation: Installation, *, check: bool) -> None:
    """Write the published contract: schemas, access rules and trusted documents of each audience."""
    application = installation.compose()
    folder = application.settings.core.schema_path
    if not check:
        for path in write(application, folder):
            click.echo(path)
        return
    differences = drift(application, folder)
    for difference in differences:
        click.echo(difference)
    if differences:
        raise click.ClickException(
            "the published contract is not up to date; run vssid publish and review it"
        )
    click.echo("The published contract is up to date.")


@click.command()
@click.pass_obj
def plugins(installation: Installation) -> None:
    """List the plugins: name, where from, and the hooks that they implement."""
    registry = installation.registry()
    origins = {point.name: point.dist for point in entry_points(group=GROUP)}
    for name in registry.plugins:
        origin = origins.get(name)
        version = f"{origin.name} {origin.version}" if origin is not None else "not installed"
        click.echo(f"{name} ({version}): {', '.join(hooks_of(registry, name))}")
    for problem in registry.problems:
        click.echo(str(problem), err=True)
    if registry.problems:
        raise click.exceptions.Exit(1)


def hooks_of(registry: Registry, plugin: str) -> Iterator[str]:
    """The hooks that a plugin implements, in the order of the contract."""
    for hook in vars(hookspecs):
        if registry.manager.parse_hookspec_opts(hookspecs, hook) is not None:
            implementations = getattr(registry.manager.hook, hook).get_hookimpls()
            if plugin in {implementation.plugin_name for implementation in implementations}:
                yield hook
