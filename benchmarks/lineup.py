"""Who takes part: how each is started, and what it is sent for an operation and a set of variables."""

from __future__ import annotations

import enum
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.operations import OPERATIONS, SCHEMA, Operation, Variables
from gateway.edge import GRAPHQL_PATH

ROOT: Final = Path(__file__).resolve().parents[1]
PEERS: Final = Path(__file__).parent / "peers"
POOL: Final = "8"
"""Database connections that a contender may have: what the gateway has by default."""

UVICORN: Final = (sys.executable, "-m", "uvicorn", "--loop", "uvloop", "--http", "httptools")
QUIET: Final = ("--no-access-log", "--log-level", "warning", "--host", "127.0.0.1", "--port")
KEY: Final = "only a benchmark's cursors are signed with it"

TYPED: Final[Mapping[str, Mapping[str, str]]] = {
    "A": {"number": "{number}"},
    "B": {},
    "C": {"province": "{province}", "search": "{search}"},
}
"""Variables for whoever knows sessions, and folds what was typed."""
ARGUMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "A": {"number": "{number}"},
    "B": {"participant": "{participant}"},
    "C": {"province": "{province}", "pattern": "{pattern}"},
}
"""Variables for everybody else."""
REWORDED: Final = (
    ("query HomeScreen {", "query HomeScreen($participant: ID!) {"),
    ("me {", "me: participant(id: $participant) {"),
    ("$search", "$pattern"),
    ("search:", "pattern:"),
)


class Role(enum.Enum):
    """What a contender stands for in the comparison."""

    OURS = "the gateway"
    VARIANT = "the gateway otherwise"
    PEER = "a GraphQL server of Node"
    TUTORIAL = "a GraphQL server of Python"
    SQL = "no GraphQL"
    FLOOR = "no work"


@dataclass(frozen=True)
class Contender:
    """A server. ``requests`` has a template of the JSON body for each operation; with ``sessions`` it gets bearer tokens."""

    name: str
    title: str
    role: Role
    command: Sequence[str]
    requests: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    sessions: bool = False
    packages: Sequence[str] = ()

    def request(self, operation: str, variables: Variables) -> bytes:
        """The bytes of an HTTP request."""
        body = self.body(operation, variables)
        token = f"Authorization: Bearer {variables['token']}\r\n" if self.sessions else ""
        head = (
            f"POST {GRAPHQL_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\n{token}Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode("ascii") + body

    def body(self, operation: str, variables: Variables) -> bytes:
        """The JSON that asks an operation."""
        filled = _filled(self.requests[operation], variables)
        return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Surroundings:
    """What a run has made for its contenders: the database, the same rows in SQLite, and the answers written down."""

    database_url: str
    sqlite: Path | None = None
    answers: Path | None = None


def _filled(template: Any, variables: Variables) -> Any:
    if isinstance(template, dict):
        return {name: _filled(value, variables) for name, value in template.items()}
    if isinstance(template, str) and template.startswith("{") and template[1:-1] in variables:
        return variables[template[1:-1]]
    return template


def gateway(
    surroundings: Surroundings,
    name: str = "gateway",
    title: str = "VssID gateway",
    role: Role = Role.OURS,
    schema: Path = SCHEMA,
    requests: Mapping[str, Any] | None = None,
    **settings: str,
) -> Contender:
    """The gateway as it is deployed: production mode, trusted documents, sessions, rules, one request in a hundred traced."""
    environment = {
        "VSSID_ENVIRONMENT": "production",
        "VSSID_DATABASE_URL": surroundings.database_url,
        "VSSID_DATABASE_POOL": POOL,
        "VSSID_SECRET_KEY": KEY,
        "VSSID_PLUGINS": "accounts,hi_card,lookups,records",
        "VSSID_SCHEMA_PATH": str(schema),
        "OTEL_TRACES_EXPORTER": "console",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.01",
    }
    return Contender(
        name,
        title,
        role,
        (str(Path(sys.executable).with_name("vssid")), "serve"),
        requests or {operation.key: _trusted(operation) for operation in OPERATIONS},
        {**environment, **settings},
        sessions=True,
    )


def _trusted(operation: Operation) -> Mapping[str, Any]:
    return {"documentId": operation.hash, "variables": TYPED[operation.key]}


def _document(operation: Operation) -> Mapping[str, Any]:
    """The trusted document as one that is told who asks, and folds no names."""
    text = operation.text
    for ours, theirs in REWORDED:
        text = text.replace(ours, theirs)
    return {"query": text, "variables": ARGUMENTS[operation.key]}


def lineup(surroundings: Surroundings) -> list[Contender]:
    """Everybody, the gateway first; peers whose packages are not installed are left out."""
    found = [
        gateway(surroundings),
        gateway(surroundings, "reference", "Gateway without plans", Role.VARIANT, VSSID_PLANS="off"),
    ]
    if surroundings.sqlite is not None:
        url = f"sqlite:///{surroundings.sqlite}"
        found.append(
            gateway(surroundings, "sqlite", "Gateway on SQLite", Role.VARIANT, VSSID_DATABASE_URL=url)
        )
    return [*found, *_of_node(), *_of_python(surroundings)]


def _of_node() -> Iterator[Contender]:
    if shutil.which("node") is None or not (PEERS / "node_modules").is_dir():
        return
    for described in sorted(PEERS.glob("*/contender.json")):
        given: dict[str, Any] = json.loads(described.read_text(encoding="utf-8"))
        yield Contender(
            described.parent.name,
            given["title"],
            Role.PEER,
            given["command"],
            given["requests"],
            folder=described.parent,
            packages=given.get("packages", ()),
        )


def _of_python(surroundings: Surroundings) -> Iterator[Contender]:
    documents = {operation.key: _document(operation) for operation in OPERATIONS}
    plain = {
        operation.key: {"operation": operation.key, **ARGUMENTS[operation.key]} for operation in OPERATIONS
    }
    yield _application("strawberry", "Strawberry, SQLAlchemy ORM", Role.TUTORIAL, "strawberry_orm", documents)
    yield _application("ariadne", "Ariadne, SQLAlchemy ORM", Role.TUTORIAL, "ariadne_orm", documents)
    yield _application("sql", "Hand-written SQL, asyncpg, bare ASGI", Role.SQL, "handwritten", plain)
    if surroundings.answers is not None:
        answers = {"ANSWERS": str(surroundings.answers)}
        yield _application("static", "Static bytes on uvicorn", Role.FLOOR, "static", plain, answers)


def _application(
    name: str,
    title: str,
    role: Role,
    module: str,
    requests: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
) -> Contender:
    command = (*UVICORN, *QUIET, "{port}", f"benchmarks.contenders.{module}:app")
    return Contender(name, title, role, command, requests, environment or {})
