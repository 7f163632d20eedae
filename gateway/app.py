"""The one place that composes: environment and installed plugins in, a running gateway out."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.routing import Route

from gateway import registry as plugins_of
from gateway import settings as settings_of
from gateway.access import Audience
from gateway.assembly import Assembly, assemble, checked_model
from gateway.audit.heads import SIGNING
from gateway.audit.trail import Trail
from gateway.context import Services
from gateway.contributions import Contributions, adapters_of, answers, contributions_of, jobs_of, routes_of
from gateway.credentials import PasswordHashing
from gateway.database import Database
from gateway.documents import DocumentRefused, Documents, trusted_files
from gateway.documents.limits import Limits
from gateway.downloads import Downloads
from gateway.execution import Executor, Recognition
from gateway.jobs import Job
from gateway.migrations import MigrationBranch
from gateway.model import Model
from gateway.outbox import Channel, DeliveryAdapter
from gateway.planning.planner import Planner
from gateway.registry import Problem, Registry, StartupRefused
from gateway.settings import CoreSettings, Settings
from gateway.telemetry import Telemetry
from gateway.throttles import Throttles

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Application:
    """Everything composed. Nothing is connected before :meth:`running`.

    ``executor`` answers by plans where the settings say so, ``reference`` never; the answers are the same.
    """

    settings: Settings
    registry: Registry
    contributions: Contributions
    assembly: Assembly
    documents: Mapping[Audience, Documents]
    services: Services
    executor: Executor
    reference: Executor
    planner: Planner
    resources: dict[type, object]
    adapters: Mapping[Channel, DeliveryAdapter]
    jobs: Mapping[str, Job]
    routes: Sequence[Route]

    @property
    def branches(self) -> tuple[MigrationBranch, ...]:
        """The migrations of the core's own tables and of the plugins'."""
        return tuple(
            MigrationBranch(name, tables.migrations, tables.metadata)
            for name, tables in self.contributions.tables.items()
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Application]:
        """Open the pool of passwords and the plugins' resources; close them, the database and telemetry in the end."""
        async with AsyncExitStack() as stack:
            stack.callback(self.services.telemetry.shutdown)
            stack.push_async_callback(self.services.database.close)
            stack.push_async_callback(self.services.typesetting.close)
            hashing = await stack.enter_async_context(PasswordHashing(self.settings.core))
            self.resources[PasswordHashing] = hashing
            for _, ask in self.registry.implementations("resources", settings=self.settings):
                for resource in ask():
                    opened = await stack.enter_async_context(resource)
                    self.resources[type(opened)] = opened
            if self.settings.core.plans:
                self._warm()
            yield self

    def _warm(self) -> None:
        """Plan the trusted documents, and say which of them will run on the reference."""
        for audience, documents in self.documents.items():
            for prepared in documents.all_trusted():
                reasons = sorted(set(self.planner.warmed(prepared, audience)))
                if reasons:
                    where = f"documents/{audience.value}/{prepared.name}.graphql"
                    _LOG.warning("%s is not fully planned: %s", where, "; ".join(reasons))


def utc_now() -> dt.datetime:
    """The clock: an aware instant in UTC."""
    return dt.datetime.now(dt.UTC)


def compose(
    environ: Mapping[str, str],
    *,
    plugins: Mapping[str, object] | None = None,
    clock: Callable[[], dt.datetime] = utc_now,
    telemetry: Telemetry | None = None,
) -> Application:
    """Compose the gateway from ``VSSID_*`` and ``OTEL_*`` variables and the installed plugins (or the given ones).

    Raises :class:`gateway.settings.SettingsRefused` or :class:`gateway.registry.StartupRefused`, each naming everything.
    """
    problems: list[Problem] = []
    if plugins is None:
        plugins, problems = plugins_of.installed(settings_of.wanted_plugins(environ))
    registry = plugins_of.register(plugins, problems)
    found: list[Problem] = []
    settings = settings_of.load(environ, dict(answers(registry, "settings_section", found)))
    contributions = contributions_of(registry)
    asked = answers(registry, "authenticators", found, scopes=contributions.scopes)
    authenticators = [one for _, given in asked for one in given]
    adapters = adapters_of(registry, settings, found)
    jobs = {"audit:head": SIGNING, **jobs_of(registry, found)}
    model = checked_model(registry, contributions, found)
    database = open_database(settings.core)
    watched = telemetry if telemetry is not None else Telemetry.from_environment(environ)
    watched.observe(database)
    assembly = assemble(model, contributions.scopes, database.dialect, settings.core.limit_page_size)
    documents = _documents(assembly, settings.core)
    resources: dict[type, object] = {}
    services = _services(settings, database, watched, resources, clock, contributions, model)
    planner = Planner(
        assembly.schemas,
        model,
        database.rounds,
        database.dialect,
        secret=services.secret,
        page_size=settings.core.limit_page_size,
    )
    alone = Recognition(services, authenticators)
    executor = reference = Executor(services, assembly.schemas, documents, alone)
    if settings.core.plans:
        supposing = Recognition(services, authenticators, database.rounds)
        executor = Executor(services, assembly.schemas, documents, supposing, planner)
    return Application(
        settings,
        registry,
        contributions,
        assembly,
        documents,
        services,
        executor,
        reference,
        planner,
        resources,
        adapters,
        jobs,
        routes_of(registry, services),
    )


def open_database(core: CoreSettings) -> Database:
    """The store of the settings."""
    return Database.open(
        core.database_url,
        pool_size=core.database_pool,
        statement_timeout=timedelta(seconds=core.statement_timeout),
        pool_wait=timedelta(seconds=core.database_wait),
    )


def limits_of(core: CoreSettings) -> Limits:
    """The document limits of the settings."""
    return Limits(
        tokens=core.limit_tokens,
        depth=core.limit_depth,
        aliases=core.limit_aliases,
        fields=core.limit_fields,
        root_fields=core.limit_root_fields,
        mutations=core.limit_mutations,
        directives=core.limit_directives,
        page_size=core.limit_page_size,
        cost=core.limit_cost,
        errors=core.limit_errors,
    )


def _services(
    settings: Settings,
    database: Database,
    telemetry: Telemetry,
    resources: Mapping[type, object],
    clock: Callable[[], dt.datetime],
    contributions: Contributions,
    model: Model,
) -> Services:
    secret = _secret(settings.core)
    downloads = Downloads(secret, contributions.downloads)
    return Services(
        settings,
        database,
        telemetry,
        secret,
        resources,
        clock,
        Throttles(database, secret, telemetry.throttled),
        Trail(database, telemetry, model.data_kinds),
        downloads=downloads,
        directory=contributions.directory,
    )


def _documents(assembly: Assembly, core: CoreSettings) -> dict[Audience, Documents]:
    made: dict[Audience, Documents] = {}
    problems: list[Problem] = []
    for audience, schema in assembly.schemas.items():
        documents = made[audience] = Documents(
            schema.graph, limits_of(core), introspection=not core.production, capacity=core.cached_tokens
        )
        for name, text in trusted_files(core.schema_path, audience):
            try:
                documents.trust(name, text)
            except DocumentRefused as refusal:
                where = f"documents/{audience.value}/{name}.graphql"
                problems += [Problem("trusted", where, str(error)) for error in refusal.errors]
    if problems:
        raise StartupRefused(problems)
    return made


def _secret(core: CoreSettings) -> bytes:
    return secrets.token_bytes(32) if core.secret_key is None else core.secret_key.get_secret_value().encode()
