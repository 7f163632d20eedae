"""``vssid run`` for development, ``vssid serve`` and ``vssid worker`` for production."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

import click
from starlette.routing import BaseRoute

from gateway import edge
from gateway.app import Application
from gateway.background import background
from gateway.commands.demonstrating import (
    PARTICIPANTS,
    SEED,
    first_of_each_audience,
    identities_of,
    paste,
    refuse_in_production,
    write_if_missing,
)
from gateway.commands.installation import Installation, demo_data_of
from gateway.commands.migrating import print_revisions
from gateway.demo import Demo, DemoIdentity
from gateway.migrations import pending
from gateway.registry import Registry
from gateway.settings import CoreSettings
from gateway.telemetry import logs

_LOG: Final = logging.getLogger(__name__)


@click.command()
@click.pass_obj
def serve(installation: Installation) -> None:
    """Serve; refuses to while the database is not up to date."""
    application = _up_to_date(installation)
    with listening(application.settings.core) as listener:
        serve_until_stopped(application, listener, [])


@click.command()
@click.pass_obj
def worker(installation: Installation) -> None:
    """Deliver messages and run background jobs, without serving; any number of workers may run."""
    application = _up_to_date(installation)
    logs.install(sys.stderr, packages_of(application.registry))
    edge.run(_work(application))


async def _work(application: Application) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with application.running(), background(application):
        _LOG.info("working")
        await stopping.wait()
    _LOG.info("stopped")


def _up_to_date(installation: Installation) -> Application:
    application = installation.compose()
    missing = asyncio.run(pending(application.settings.core.database_url, application.branches))
    if missing:
        print_revisions("Missing", missing)
        raise click.ClickException("the database is not up to date; run vssid migrate first")
    return application


@click.command()
@click.pass_obj
def run(installation: Installation) -> None:
    """Migrate, fill with demo data, say what there is to try, and serve: for development."""
    from gateway.migrations.upgrading import upgrade  # noqa: PLC0415  Alembic, which `serve` does without

    application = installation.compose()
    refuse_in_production(application)
    core = application.settings.core
    plugins = demo_data_of(application.registry)
    demo = Demo(PARTICIPANTS, SEED, installation.today, application.services.secret)
    with listening(core) as listener:
        print_revisions("Applied", asyncio.run(upgrade(core.database_url, application.branches)))
        asyncio.run(write_if_missing(application, plugins, demo))
        identities = identities_of(plugins, demo, application.documents)
        base = base_url(core.host, listener)
        pages = [base + route.path for route in application.routes if "{" not in route.path]
        serve_until_stopped(
            application, listener, identities, lambda: print_what_to_try(core, base, identities, pages)
        )


def listening(core: CoreSettings) -> socket.socket:
    """The socket to serve on; taken first, so that nothing is done in vain."""
    try:
        return edge.listen(core.host, core.port)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {core.host} port {core.port} ({error.strerror}); set VSSID_HOST or VSSID_PORT"
        ) from None


def serve_until_stopped(
    application: Application,
    listener: socket.socket,
    identities: Sequence[DemoIdentity],
    started: Callable[[], None] = lambda: None,
) -> None:
    """Serve over HTTP and log to standard error, until a signal ends it and every request has its answer."""
    logs.install(sys.stderr, packages_of(application.registry))
    edge.run(_serve(application, listener, identities, started))


async def _serve(
    application: Application,
    listener: socket.socket,
    identities: Sequence[DemoIdentity],
    started: Callable[[], None],
) -> None:
    core = application.settings.core
    draining = threading.Event()

    def announce() -> None:
        _LOG.info("serving on %s", base_url(core.host, listener))
        started()

    async with application.running(), _beside(application):
        ping = application.services.database.ping
        downloads = edge.DownloadEndpoint(application.executor, application.services)
        more = [*downloads.routes(), *application.routes, *_explorer(application, identities)]
        site = edge.site(application.executor, core, ping, draining, more)
        gc.collect()
        gc.freeze()  # what start-up has made stays: looking through it again and again is for nothing
        await edge.serve(site, core, draining, listener=listener, started=announce)
    _LOG.info("stopped")


def _beside(application: Application) -> AbstractAsyncContextManager[None]:
    """What else this process does."""
    return background(application) if application.settings.core.worker else nullcontext()


def _explorer(application: Application, identities: Sequence[DemoIdentity]) -> list[BaseRoute]:
    """The page, with what the identities try first and then the other trusted documents of their audiences."""
    core = application.settings.core
    if core.production:
        return []
    operations = [
        edge.ExampleOperation(one.audience, one.name, one.query, dict(one.variables), one.token)
        for one in identities
    ]
    shown = {(one.audience, one.name) for one in identities}
    tokens = {one.audience: one.token for one in identities}
    operations += [
        edge.ExampleOperation(audience, one.name or "", one.text, token=tokens.get(audience))
        for audience, documents in application.documents.items()
        for one in documents.all_trusted()
        if (audience, one.name) not in shown
    ]

    async def examples() -> Sequence[edge.ExampleOperation]:
        return operations

    return edge.explorer_routes(core.explorer_path, examples)


def print_what_to_try(
    core: CoreSettings, base: str, identities: Sequence[DemoIdentity], pages: Sequence[str]
) -> None:
    """Print the addresses, those of plugins' ``pages`` too, and somebody to be of each audience."""
    click.echo(f"GraphQL   {base}{edge.GRAPHQL_PATH}")
    if (core.explorer_path / "index.html").is_file():
        click.echo(f"Explorer  {base}/explorer/")
    for page in pages:
        click.echo(f"Page      {page}")
    click.echo(f"Health    {base}/health/ready")
    for identity in first_of_each_audience(identities):
        click.echo(f"\n{identity.audience.value}: {identity.title}. {identity.how}")
        click.echo(f"  {paste(identity, base + edge.GRAPHQL_PATH)}")
    click.echo()


def base_url(host: str, listener: socket.socket) -> str:
    """Where the gateway listens, as a browser on this machine writes it."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  named, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"


def packages_of(registry: Registry) -> set[str]:
    """The packages that the plugins' code is in."""
    names = [getattr(plugin, "__name__", type(plugin).__module__) for plugin in registry.plugins.values()]
    return {name.partition(".")[0] for name in names}
