"""Settings: environment variables ``VSSID_*`` into a frozen, typed tree with one section per plugin.

A section is a class whose fields are keys: ``AccountsSettings.idle_minutes`` of plugin ``accounts`` is
``VSSID_ACCOUNTS_IDLE_MINUTES``. Every bad, missing or unknown key is reported at once, by key, without its value.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Final, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

PREFIX: Final = "VSSID_"
RESERVED_FOR_TESTS: Final = "VSSID_TEST_"
SHORTEST_KEY: Final = 32


class Section(BaseModel):
    """Base of a settings section; give every field a default that works in development."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def _separated(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


Names = Annotated[tuple[str, ...], BeforeValidator(_separated)]
"""A comma-separated list."""

S = TypeVar("S", bound=Section)


class Environment(enum.Enum):
    """Development admits free documents, introspection and the explorer page; production does not."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


def published_schema() -> Path:
    """The folder of the published contract: beside the package in a checkout, inside it when installed as a wheel."""
    checkout = Path(__file__).parents[1] / "schema"
    return checkout if checkout.is_dir() else Path(__file__).parent / "schema"


class CoreSettings(Section):
    """The core's own settings, ``VSSID_<KEY>``. Durations are seconds, sizes bytes."""

    environment: Environment = Environment.DEVELOPMENT
    plugins: Names = ()
    """Installed plugins to load; empty means all of them."""
    database_url: str = Field(default="sqlite:///var/vssid.sqlite3", pattern=r"^(sqlite:///|postgresql://)")
    database_pool: int = Field(default=8, ge=1, le=200)
    database_wait: float = Field(default=1.0, gt=0, le=30)
    statement_timeout: float = Field(default=3.0, gt=0, le=60)
    secret_key: SecretStr | None = None
    """Signs page cursors; at least 32 characters, the same on every node. Development makes one per process."""
    audit_key: SecretStr | None = None
    """Signs heads of the audit trail; at least 32 characters. Without it the secret key does."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    trusted_proxies: Names = ()
    """Networks as ``10.0.0.0/8`` whose ``X-Forwarded-For`` is believed; from anybody else the header is ignored."""
    schema_path: Path = Field(default_factory=published_schema)
    explorer_path: Path = Path(__file__).parents[1] / "web" / "dist"
    body_limit: int = Field(default=256 * 1024, ge=1024)
    receive_timeout: float = Field(default=10.0, gt=0)
    idle_timeout: float = Field(default=5.0, gt=0)
    request_timeout: float = Field(default=10.0, gt=0)
    drain_timeout: float = Field(default=30.0, gt=0)
    concurrency: int = Field(default=200, ge=1)
    """Requests worked on at once; more are answered 503 at once rather than queued."""
    cached_tokens: int = Field(default=25_000, ge=1)
    """Tokens of free documents remembered per audience; a thousand take about 0.7 MiB."""
    plans: bool = True
    """Answer by compiled plans; off, the reference answers everything, which is slower and the same."""
    hashing_workers: int = Field(default=2, ge=1, le=64)
    """Passwords hashed at once, a thread each; no more than there are processors."""
    hashing_waiting: int = Field(default=32, ge=0, le=10_000)
    """Passwords that may wait for a thread; more are refused at once, so a flood of sign-ins stops nobody else."""
    hashing_memory: int = Field(default=19 * 1024, ge=8)
    """Memory of one argon2id hash, in KiB."""
    hashing_passes: int = Field(default=2, ge=1)
    worker: bool = True
    """Deliver messages and run background jobs in this process too; off where ``vssid worker`` does."""
    outbox_sms: str = ""
    """The plugin that delivers SMS; needed where several could."""
    outbox_email: str = ""
    """The plugin that delivers e-mail."""
    outbox_poll: float = Field(default=1.0, gt=0, le=60)
    """How often to look for messages that other processes have posted."""
    outbox_at_once: int = Field(default=8, ge=1, le=200)
    """Messages that a process delivers at once, by each channel."""
    outbox_timeout: float = Field(default=10.0, gt=0, le=300)
    """How long one delivery may take."""
    outbox_attempts: int = Field(default=16, ge=1, le=50)
    """Attempts after which a message is given up; 16 take about three hours."""
    outbox_keep_days: int = Field(default=30, ge=1)
    """Days after which a message that was sent or given up is deleted, and its key forgotten."""
    limit_tokens: int = Field(default=1000, ge=1)
    limit_depth: int = Field(default=8, ge=1)
    limit_aliases: int = Field(default=15, ge=0)
    limit_fields: int = Field(default=200, ge=1)
    limit_root_fields: int = Field(default=5, ge=1)
    limit_mutations: int = Field(default=1, ge=1)
    limit_page_size: int = Field(default=100, ge=1)
    limit_directives: int = Field(default=20, ge=0)
    limit_errors: int = Field(default=10, ge=1)
    limit_cost: int = Field(default=5000, ge=1)

    @property
    def production(self) -> bool:
        """Whether this is a production deployment."""
        return self.environment is Environment.PRODUCTION

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted proxies' networks."""
        return tuple(ip_network(network) for network in self.trusted_proxies)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError("names networks like 10.0.0.0/8 or 2001:db8::/32, by commas") from None
        return networks

    @field_validator("database_url")
    @classmethod
    def _readable(cls, url: str) -> str:
        try:
            _ = urlsplit(url).port
        except ValueError:  # its text would repeat a part of the password
            raise ValueError("is not a URL; escape / ? # @ : in the password with %") from None
        return url

    @field_validator("secret_key", "audit_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if (
            key is None
            and others.field_name == "secret_key"
            and others.data.get("environment") is Environment.PRODUCTION
        ):
            raise ValueError("is required in production")
        if key is not None and len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have at least {SHORTEST_KEY} characters")
        return key


class SettingsRefused(Exception):
    """The environment does not make a valid configuration; ``problems`` has one line per key, without values."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("Settings are wrong:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """The whole tree: the core's section and one per plugin, found by its class."""

    core: CoreSettings
    sections: Mapping[type[Section], Section]

    def section(self, kind: type[S]) -> S:
        """A plugin's own section."""
        return cast("S", self.sections[kind])


def load(environ: Mapping[str, str], sections: Mapping[str, type[Section]]) -> Settings:
    """Read the core's section and the plugins' (by plugin name); raise :class:`SettingsRefused` naming every bad key."""
    problems: list[str] = []
    known: set[str] = set()
    core = _read(CoreSettings, PREFIX, environ, problems, known)
    read: dict[type[Section], Section | None] = {
        kind: _read(kind, f"{PREFIX}{plugin.upper()}_", environ, problems, known)
        for plugin, kind in sections.items()
    }
    ours = (key for key in environ if key.startswith(PREFIX) and not key.startswith(RESERVED_FOR_TESTS))
    problems += [f"{key}: no such setting" for key in sorted(set(ours) - known)]
    if problems or core is None:
        raise SettingsRefused(tuple(problems))
    return Settings(core, {kind: section for kind, section in read.items() if section is not None})


def _read(
    kind: type[S], prefix: str, environ: Mapping[str, str], problems: list[str], known: set[str]
) -> S | None:
    keys = {name: f"{prefix}{name.upper()}" for name in kind.model_fields}
    known.update(keys.values())
    try:
        return kind.model_validate({name: environ[key] for name, key in keys.items() if key in environ})
    except ValidationError as error:
        for entry in error.errors(include_input=False, include_url=False, include_context=False):
            key = keys[str(entry["loc"][0])]
            problems.append(f"{key}: {entry['msg'].removeprefix('Value error, ')}")
        return None


def wanted_plugins(environ: Mapping[str, str]) -> frozenset[str]:
    """The plugins that ``VSSID_PLUGINS`` names; empty means all that are installed."""
    return frozenset(_separated(environ.get(f"{PREFIX}PLUGINS", "")))
