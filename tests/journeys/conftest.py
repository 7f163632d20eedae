"""A gateway with every built-in plugin and some demo people, spoken to over HTTP, on each kind of store."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import event
from sqlalchemy.engine import Connection

from gateway import edge
from gateway.access import Audience
from gateway.app import Application, compose
from gateway.commands.installation import demo_data_of
from gateway.demo import Demo, seed
from gateway.demo.people import DemoParticipant, participants
from gateway.migrations import MigrationBranch
from gateway.telemetry import Telemetry
from plugins.accounts.demo import DEMO_DEVICE, DEMO_PASSWORD, DEMO_TOKENS
from plugins.officers.demo import DEMO_TOKEN
from tests.rounds import Trips
from tests.stores import Store

PEOPLE = 60
SEED = 1
NOW = dt.datetime(2020, 12, 1, 2, 0, tzinfo=dt.UTC)


class Clock:
    """The gateway's clock, moved by hand."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += dt.timedelta(**duration)


@dataclass
class Statements:
    """The SQL that ran since the last reset, but for what travels in rounds and exchanges."""

    texts: list[str] = field(default_factory=list)

    def watch(self, application: Application) -> None:
        for engine in application.services.database.engines:
            event.listen(engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _c: Connection, _cursor: Any, text: str, *_rest: Any) -> None:
        if not text.startswith(("PRAGMA", "BEGIN", "SET", "COMMIT")):
            self.texts.append(text)

    @property
    def count(self) -> int:
        return len(self.texts)


def credentials(code: str, password: str = DEMO_PASSWORD, device: str = DEMO_DEVICE) -> dict[str, object]:
    """What is given to ``signIn``."""
    described = {"identifier": device, "name": f"Máy {device[:20]}", "platform": "ANDROID"}
    return {"socialSecurityCode": code, "password": password, "device": described}


@dataclass
class Gateway:
    """A running gateway and a client of it."""

    application: Application
    http: httpx.AsyncClient
    clock: Clock
    statements: Statements
    trips: Trips

    async def post(
        self, query: str | None = None, token: str | None = None, *, language: str = "en", **body: Any
    ) -> httpx.Response:
        """POST a GraphQL request."""
        headers = {"accept-language": language} | (
            {} if token is None else {"authorization": f"Bearer {token}"}
        )
        sent = body if query is None else {"query": query, **body}
        return await self.http.post("/graphql", json=sent, headers=headers)

    async def data(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = (await self.post(query, token, variables=variables)).json()
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    async def trusted(self, name: str, token: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer to a document that the mobile application brings along."""
        documents = self.application.documents[Audience.PARTICIPANT].all_trusted()
        (document,) = [one for one in documents if one.name == name]
        answer = (await self.post(None, token, documentId=document.hash, variables=variables)).json()
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    async def codes(self, query: str, token: str | None = None, **variables: Any) -> list[str]:
        """The codes of an answer's errors."""
        answer = (await self.post(query, token, variables=variables)).json()
        return [error["extensions"]["code"] for error in answer.get("errors", [])]

    async def sign_in(
        self, person: DemoParticipant, password: str = DEMO_PASSWORD, device: str = DEMO_DEVICE
    ) -> str:
        """A new token of a participant, instead of the one before on the same device."""
        data = await self.data(
            "mutation ($c: Credentials!) { signIn(credentials: $c) { ... on SignedIn { token } } }",
            c=credentials(person.social_security_code, password, device),
        )
        token: str = data["signIn"]["token"]
        return token


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    return compose({"VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened"}).branches


@pytest.fixture(scope="session")
def people() -> list[DemoParticipant]:
    """The demo's people."""
    return list(participants(PEOPLE, SEED))


def settings_for(store: Store, **more: str) -> dict[str, str]:
    """Settings for tests: cheap password hashing."""
    return {
        "VSSID_DATABASE_URL": store.url,
        "VSSID_DATABASE_POOL": "4",
        "VSSID_HASHING_MEMORY": "64",
        "VSSID_HASHING_PASSES": "1",
        **more,
    }


@asynccontextmanager
async def running_on(store: Store, telemetry: Telemetry | None = None, **more: str) -> AsyncIterator[Gateway]:
    """A gateway with demo data on a store, and with more settings."""
    clock = Clock(NOW)
    application = compose(settings_for(store, **more), clock=clock, telemetry=telemetry)
    async with application.running():
        demo = Demo(PEOPLE, SEED, NOW.date(), application.services.secret)
        await seed(application.services.database, demo_data_of(application.registry), demo, lambda _: None)
        site = edge.site(
            application.executor,
            application.settings.core,
            application.services.database.ping,
            threading.Event(),
            [
                *edge.DownloadEndpoint(application.executor, application.services).routes(),
                *application.routes,
            ],
        )
        statements, trips = Statements(), Trips()
        with pytest.MonkeyPatch.context() as patch:
            statements.watch(application)
            trips.watch(application.services.database.rounds, patch)
            trips.watch_exchanges(application.services.database.exchanges, patch)
            transport = httpx.ASGITransport(site)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
                yield Gateway(application, http, clock, statements, trips)


Start = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture
def start(store: Store) -> Start:
    """Start a gateway with more settings: ``async with start(VSSID_...="...") as gateway``."""
    return partial(running_on, store)


@pytest.fixture
async def gateway(start: Start) -> AsyncIterator[Gateway]:
    """A gateway in development mode, with demo data."""
    async with start() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_gateway(module_store: Store) -> AsyncIterator[Gateway]:
    """One gateway for all tests of a module that leave it as it was; they run in the module's loop."""
    async with running_on(module_store) as started:
        yield started


@pytest.fixture
def tokens() -> dict[Audience, str | None]:
    """A demo token per audience."""
    return {Audience.PUBLIC: None, **DEMO_TOKENS, Audience.OFFICER: DEMO_TOKEN}
