"""What the plugins contribute besides fields, collected and checked for clashes: scopes, codes, tables, files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from starlette.routing import Route

from gateway.access import Audience, Scope
from gateway.context import Services
from gateway.directory import NobodyKnown, ParticipantDirectory
from gateway.downloads import Download
from gateway.errors import CORE_CODES, Code
from gateway.foundations import FOUNDATIONS, RESERVED
from gateway.hookspecs import Tables
from gateway.imports import Importer
from gateway.jobs import Job
from gateway.outbox import Channel, DeliveryAdapter
from gateway.outbox.channels import ChannelsRefused, adapters_by_channel
from gateway.registry import Problem, Registry, StartupRefused
from gateway.settings import Settings

T = TypeVar("T")

CORE_PATHS: Final = ("/graphql", "/health", "/downloads", "/explorer")
"""Where the core serves, and below."""


@dataclass(frozen=True)
class Contributions:
    """Classes, scopes, codes and tables by plugin, the core's own tables first, and what is wrong with them."""

    classes: tuple[tuple[str, tuple[type, ...]], ...]
    scopes: Mapping[str, Scope]
    codes: tuple[Code, ...]
    tables: Mapping[str, Tables]
    downloads: Mapping[str, Download]
    directory: ParticipantDirectory
    importers: Mapping[str, Importer]
    problems: tuple[Problem, ...]


def contributions_of(registry: Registry) -> Contributions:
    """Ask every plugin once."""
    problems: list[Problem] = []
    classes = tuple((plugin, tuple(found)) for plugin, found in answers(registry, "graphql_types", problems))
    declared = list(_flat(answers(registry, "access_scopes", problems)))
    scopes = _unique(declared, lambda scope: scope.name, "scope", problems)
    problems += _role_problems(declared)
    core = [("core", code) for code in CORE_CODES]
    codes = _unique(
        [*core, *_flat(answers(registry, "error_codes", problems))],
        lambda code: code.name,
        "error code",
        problems,
    )
    tables = {**FOUNDATIONS, **dict(answers(registry, "database_tables", problems))}
    problems += _table_problems(tables)
    problems += [
        Problem(name, "", "is a name of the core's; rename the plugin")
        for name in RESERVED & registry.plugins.keys()
    ]
    downloads = _unique(
        _flat(answers(registry, "downloads", problems)), lambda download: download.name, "download", problems
    )
    importers = _unique(
        _flat(answers(registry, "importers", problems)), lambda importer: importer.name, "importer", problems
    )
    directory = _directory(answers(registry, "participant_directory", problems), problems)
    return Contributions(
        classes, scopes, tuple(codes.values()), tables, downloads, directory, importers, tuple(problems)
    )


def adapters_of(
    registry: Registry, settings: Settings, problems: list[Problem]
) -> dict[Channel, DeliveryAdapter]:
    """What delivers each channel."""
    offered = answers(registry, "delivery_adapters", problems, settings=settings)
    try:
        return adapters_by_channel(offered, settings.core)
    except ChannelsRefused as refusal:
        problems += [Problem("outbox", where, what) for where, what in refusal.problems]
        return {}


def jobs_of(registry: Registry, problems: list[Problem]) -> dict[str, Job]:
    """Every plugin's jobs by ``plugin:name``."""
    found = answers(registry, "background_jobs", problems)
    named = [(plugin, (f"{plugin}:{job.name}", job)) for plugin, given in found for job in given]
    return dict(_unique(named, lambda pair: pair[0], "job", problems).values())


def routes_of(registry: Registry, services: Services) -> list[Route]:
    """Every plugin's routes; raises StartupRefused, since the rest must be in order before a plugin gets services."""
    problems: list[Problem] = []
    found = list(_flat(answers(registry, "http_routes", problems, services=services)))
    routes = _unique(found, lambda route: route.path, "path", problems)
    problems += [
        Problem(plugin, route.path, f"paths at {core} are the core's; choose another")
        for plugin, route in found
        for core in CORE_PATHS
        if f"{route.path}/".startswith(f"{core}/")
    ]
    if problems:
        raise StartupRefused(problems)
    return list(routes.values())


def answers(
    registry: Registry, hook: str, problems: list[Problem], **arguments: object
) -> list[tuple[str, Any]]:
    """(plugin, answer) of a hook; a plugin whose hook raises is a problem named with the others."""
    found: list[tuple[str, Any]] = []
    for plugin, ask in registry.implementations(hook, **arguments):
        try:
            found.append((plugin, ask()))
        except Exception as error:  # noqa: BLE001 - whatever a hook raises is that plugin's problem
            problems.append(Problem(plugin, hook, f"raised {type(error).__name__}: {error}"))
    return found


def _directory(
    found: Sequence[tuple[str, ParticipantDirectory]], problems: list[Problem]
) -> ParticipantDirectory:
    problems += [
        Problem(plugin, "participant_directory", f"{found[0][0]} keeps the participants already")
        for plugin, _ in found[1:]
    ]
    return found[0][1] if found else NobodyKnown()


def _flat(found: Sequence[tuple[str, Sequence[T]]]) -> Iterator[tuple[str, T]]:
    for plugin, given in found:
        for one in given:
            yield plugin, one


def _unique(
    found: Iterator[tuple[str, T]] | Sequence[tuple[str, T]],
    key: Callable[[T], Hashable],
    what: str,
    problems: list[Problem],
) -> dict[Any, T]:
    kept: dict[Any, T] = {}
    owners: dict[Any, str] = {}
    for plugin, one in found:
        name = key(one)
        if name in kept:
            problems.append(Problem(plugin, str(name), f"{owners[name]} declares this {what} too"))
            continue
        kept[name], owners[name] = one, plugin
    return kept


def _role_problems(declared: Sequence[tuple[str, Scope]]) -> Iterator[Problem]:
    for plugin, scope in declared:
        if scope.roles and Audience.OFFICER not in scope.audiences:
            yield Problem(plugin, scope.name, "roles are officers', but the scope is not for them")


def _table_problems(tables: Mapping[str, Tables]) -> Iterator[Problem]:
    for plugin, given in tables.items():
        for name, table in given.metadata.tables.items():
            if not name.startswith(f"{plugin}_"):
                yield Problem(
                    plugin, name, f"table names start with {plugin}_, so that two plugins never meet in one"
                )
            for key in table.foreign_keys:
                if key.column.table.name not in given.metadata.tables:
                    yield Problem(
                        plugin,
                        name,
                        "no foreign key leaves a plugin; hold the entity's key in a plain column",
                    )
        if not given.migrations.is_dir():
            yield Problem(plugin, "database_tables", "the migrations folder does not exist")
