"""The example plugin: in the graph, on both stores, and installed as a stranger's package."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import os
import site
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from vssid_household_payment import plugin
from vssid_household_payment.demo import HouseholdPaymentDemo
from vssid_household_payment.models import HouseholdPaymentState, members, orders
from vssid_household_payment.premiums import HouseholdPaymentPeriod

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.authoring.scalars import VIETNAM
from gateway.demo import Demo, is_seeded, seed
from gateway.demo.people import participants
from gateway.documents import hash_of, trusted_files
from gateway.errors import Language
from gateway.execution import Caller, GraphQLRequest
from gateway.migrations.drift import table_problems
from gateway.testing import NOW, ask, check_equality, running
from plugins.accounts import plugin as accounts
from plugins.accounts.demo import DEMO_TOKENS, AccountsDemo
from tests.stores import Store

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "household_payment"
PLUGINS = {"accounts": accounts, "household_payment": plugin}

PEOPLE = [person.key for person in participants(20, seed=1)]
FIRST, SECOND, ALONE = (Viewer(Audience.PARTICIPANT, PEOPLE[index]) for index in (0, 1, 9))
AGENCY = "00101"
OTHER_AGENCY = "00102"
RECONCILE = frozenset({"household_payment:reconcile"})
OFFICER = Viewer(Audience.OFFICER, "officer", scopes=RECONCILE, claims={"agency": AGENCY})

ORDER = """mutation ($order: HouseholdPaymentOrder!) {
  orderHouseholdPayment(order: $order) {
    ... on HouseholdPaymentOrdered { reference amount payBefore participant { householdPayments { totalCount } } }
    ... on HouseholdPaymentRefused { code message field }
  }
}"""
NEXT_MONTH = {"order": {"validFrom": "2026-02-01", "period": "YEAR"}}


def member(key: str, position: int, agency: str = AGENCY) -> dict[str, object]:
    """A row of members."""
    return {"participant_id": key, "household_code": "0000000001", "position": position, "agency": agency}


def paid_order(key: str, number: int, agency: str = AGENCY, amount: int = 1_263_600) -> dict[str, object]:
    """A paid order for a year long ago."""
    return {
        "reference": f"BHYT{number:016}",
        "participant_id": key,
        "agency": agency,
        "period": HouseholdPaymentPeriod.YEAR,
        "valid_from": dt.date(2000 + number, 1, 1),
        "valid_to": dt.date(2000 + number, 12, 31),
        "amount": amount,
        "state": HouseholdPaymentState.PAID,
        "ordered_at": NOW - dt.timedelta(days=400 - number),
        "pay_before": NOW - dt.timedelta(days=390 - number),
        "paid_at": NOW - dt.timedelta(days=395 - number),
    }


ROWS = [
    (members, [member(PEOPLE[0], 1), member(PEOPLE[1], 2), member(PEOPLE[2], 7, OTHER_AGENCY)]),
    (
        orders,
        [
            *(paid_order(PEOPLE[0], number) for number in (1, 2, 3)),
            paid_order(PEOPLE[1], 4, amount=3_000_000_000),
            paid_order(PEOPLE[2], 5, OTHER_AGENCY),
        ],
    ),
]


@pytest.fixture
async def application(store: Store) -> AsyncIterator[Application]:
    """The gateway with accounts and the example, at ten in the morning of 15 January 2026."""
    async with running(PLUGINS, store.url, ROWS) as application:
        yield application


async def ordered(
    application: Application, viewer: Viewer, order: Mapping[str, object] = NEXT_MONTH
) -> dict[str, Any]:
    """What came of ordering."""
    body = await ask(application, viewer, ORDER, order)
    assert "errors" not in body, body
    outcome: dict[str, Any] = body["data"]["orderHouseholdPayment"]
    return outcome


async def test_a_person_sees_premium_and_payments(application: Application) -> None:
    body = await ask(
        application,
        SECOND,
        """{ me {
          householdPosition householdSharePercent householdPremium quarter: householdPremium(period: QUARTER)
          householdPayments(state: PAID) { totalCount edges { node { amount validTo participant { id } } } }
        } }""",
    )

    assert body == {
        "data": {
            "me": {
                "householdPosition": 2,
                "householdSharePercent": 70,
                "householdPremium": 884_520,
                "quarter": 221_130,
                "householdPayments": {
                    "totalCount": 1,
                    "edges": [
                        {
                            "node": {
                                "amount": 3_000_000_000,
                                "validTo": "2004-12-31",
                                "participant": {"id": PEOPLE[1]},
                            }
                        }
                    ],
                },
            }
        }
    }


async def test_whoever_has_no_household_sees_nothing(application: Application) -> None:
    document = (
        "{ me { householdPosition householdSharePercent householdPremium householdPayments { totalCount } } }"
    )
    body = await ask(application, ALONE, document)

    assert body["data"]["me"] == {
        "householdPosition": None,
        "householdSharePercent": None,
        "householdPremium": None,
        "householdPayments": {"totalCount": 0},
    }


async def test_an_order_is_placed_once(application: Application) -> None:
    first = await ordered(application, SECOND)
    again = await ordered(application, SECOND)

    assert first["amount"] == 884_520
    assert first["payBefore"] == "2026-01-18T10:00:00+07:00"
    assert first["participant"] == {"householdPayments": {"totalCount": 2}}
    assert again == first


async def test_orders_at_once_are_one_order(application: Application) -> None:
    found = await asyncio.gather(*(ordered(application, FIRST) for _ in range(4)))

    assert len({outcome["reference"] for outcome in found}) == 1


@pytest.mark.parametrize(
    ("viewer", "order", "code", "field"),
    [
        (FIRST, {"validFrom": "2026-02-02", "period": "YEAR"}, "UNKNOWN_PERIOD", "validFrom"),
        (FIRST, {"validFrom": "2025-12-01", "period": "YEAR"}, "UNKNOWN_PERIOD", "validFrom"),
        (FIRST, {"validFrom": "2026-05-01", "period": "QUARTER"}, "UNKNOWN_PERIOD", "validFrom"),
        (ALONE, {"validFrom": "2026-02-01", "period": "QUARTER"}, "NOT_IN_A_HOUSEHOLD", None),
    ],
)
async def test_what_cannot_be_ordered_is_refused_by_code(
    application: Application, viewer: Viewer, order: dict[str, str], code: str, field: str | None
) -> None:
    outcome = await ordered(application, viewer, {"order": order})

    assert (outcome["code"], outcome["field"]) == (code, field)


async def test_what_is_paid_is_not_ordered_again(application: Application) -> None:
    paid = paid_order(PEOPLE[0], 6) | {
        "valid_from": dt.date(2026, 4, 1),
        "valid_to": dt.date(2026, 6, 30),
        "period": HouseholdPaymentPeriod.QUARTER,
    }
    async with application.services.database.write() as connection:
        await connection.execute(insert(orders), paid)

    before = await ordered(application, FIRST, {"order": {"validFrom": "2026-01-01", "period": "QUARTER"}})
    across = await ordered(application, FIRST, {"order": {"validFrom": "2026-02-01", "period": "QUARTER"}})

    assert "reference" in before
    assert across["code"] == "ALREADY_PAID"
    assert across["message"] == "This time has been paid for."


async def test_an_officer_sees_the_payments_of_one_agency(application: Application) -> None:
    document = """query ($reference: String!) {
      householdPayments { totalCount edges { node { participant { id } } } }
      householdPayment(reference: $reference) { amount }
    }"""
    own = await ask(application, OFFICER, document, {"reference": "bhyt0000000000000004"})
    foreign = await ask(application, OFFICER, document, {"reference": "BHYT0000000000000005"})

    assert own["data"]["householdPayments"]["totalCount"] == 4
    seen = {edge["node"]["participant"]["id"] for edge in own["data"]["householdPayments"]["edges"]}
    assert seen == {PEOPLE[0], PEOPLE[1]}
    assert own["data"]["householdPayment"] == {"amount": 3_000_000_000}
    assert foreign["data"]["householdPayment"] is None


@pytest.mark.parametrize(
    "viewer",
    [
        pytest.param(Viewer(Audience.OFFICER, "officer", scopes=RECONCILE), id="no claim"),
        pytest.param(Viewer(Audience.OFFICER, "officer", claims={"agency": AGENCY}), id="no scope"),
    ],
)
async def test_an_officer_without_scope_or_claim_sees_none(application: Application, viewer: Viewer) -> None:
    body = await ask(application, viewer, "{ householdPayments { totalCount } }")

    assert body["data"] == {"householdPayments": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]


async def test_every_executor_gives_the_same_answers(store: Store) -> None:
    viewers = [FIRST, SECOND, ALONE, OFFICER, Viewer(Audience.HOSPITAL, "00001")]

    demo = Demo(20, 1, NOW.date())
    people = list(participants(demo.participants, demo.seed))
    accounts_rows = [(rows.table, rows.values) for rows in AccountsDemo().participants(people, demo)]

    coverage = await check_equality(PLUGINS, store.url, [*accounts_rows, *ROWS], viewers, cases=40)

    assert coverage.with_data


async def test_the_revisions_make_the_declared_tables(application: Application) -> None:
    assert await table_problems(application.settings.core.database_url, application.branches) == []


async def test_demo_data_are_the_same_each_time(application: Application) -> None:
    demo = Demo(30, 1, dt.date(2026, 1, 15))
    plugins = {"household_payment": HouseholdPaymentDemo()}
    for _ in range(2):
        await seed(application.services.database, plugins, demo, lambda count: None)
    fourth = Viewer(Audience.PARTICIPANT, PEOPLE[3])
    body = await ask(application, fourth, "{ me { householdPosition householdPayments { totalCount } } }")

    assert await is_seeded(application.services.database, plugins, demo)
    assert body["data"]["me"] == {"householdPosition": 4, "householdPayments": {"totalCount": 2}}


async def test_its_documents_can_be_trusted(tmp_path: Path) -> None:
    settings = {"VSSID_ENVIRONMENT": "production", "VSSID_SCHEMA_PATH": str(EXAMPLE)}
    documents = dict(trusted_files(EXAMPLE, Audience.PARTICIPANT))
    async with running(PLUGINS, f"sqlite:///{tmp_path}/t.sqlite3", ROWS, settings=settings) as application:
        request = GraphQLRequest(None, hash_of(documents["OrderHouseholdPayment"]), None, NEXT_MONTH)
        answer = await application.executor.execute(request, Caller(FIRST, Language.VI, "test"))

    assert json.loads(answer.body)["data"]["orderHouseholdPayment"]["amount"] == 1_263_600


ASK = f"""
import asyncio, json, os, sys
from gateway.app import compose
from gateway.testing import ask

async def main():
    application = compose(os.environ)
    async with application.running():
        viewer = await application.executor.viewer({DEMO_TOKENS[Audience.PARTICIPANT]!r})
        print(json.dumps([await ask(application, viewer, *asked) for asked in json.load(sys.stdin)]))

asyncio.run(main())
"""


class Installation:
    """A virtual environment with the gateway in it, and the example only once it is installed."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
        self.python = folder / "env" / "bin" / "python"
        self.published = folder / "schema"
        outer = [path for path in site.getsitepackages() if Path(path).is_dir()]
        lines = "".join(f"import site; site.addsitedir({path!r})\n" for path in outer)
        (packages,) = (folder / "env" / "lib").glob("python*/site-packages")
        (packages / "gateway.pth").write_text(lines, encoding="utf-8")
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("VSSID_")},
            "VSSID_DATABASE_URL": f"sqlite:///{folder}/vssid.sqlite3",
            "VSSID_SCHEMA_PATH": str(self.published),
        }

    def run(self, *arguments: str, given: str = "") -> str:
        """Run its Python; return what it printed."""
        done = subprocess.run(
            [self.python, *arguments],
            input=given,
            env=self.environ,
            cwd=self.python.parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, package: Path) -> None:
        """Install a package without asking any index."""
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(self.python)]
        flags = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir"]
        subprocess.run([*pip, "install", *flags, str(package)], check=True, cwd=self.python.parents[2])

    def vssid(self, *arguments: str) -> str:
        """Run a command of the gateway."""
        return self.run("-m", "gateway", *arguments)

    def ask(self, *asked: tuple[str, Mapping[str, object]]) -> list[dict[str, Any]]:
        """Ask as the demo's first participant."""
        answers: list[dict[str, Any]] = json.loads(self.run("-c", ASK, given=json.dumps(asked)))
        return answers

    def publish(self) -> dict[str, str]:
        """Publish; return the schema of each audience."""
        self.vssid("publish")
        return {file.stem: file.read_text(encoding="utf-8") for file in self.published.glob("*.graphql")}


def digest_of_the_core() -> str:
    """The gateway, the built-in plugins and the example, as they are on disk."""
    seen = hashlib.sha256()
    for folder in (ROOT / "gateway", ROOT / "plugins", EXAMPLE):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                seen.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return seen.hexdigest()


def having_payments(schemas: Mapping[str, str]) -> set[str]:
    """The audiences whose schemas speak of payments."""
    assert set(schemas) == {audience.value for audience in Audience}
    return {audience for audience, text in schemas.items() if "HouseholdPayment" in text}


@pytest.mark.slow
def test_installed_it_is_in_the_graph_and_nothing_else_changed(tmp_path: Path) -> None:
    before = digest_of_the_core()
    installation = Installation(tmp_path)
    installation.vssid("migrate")
    without = installation.publish()

    installation.install(EXAMPLE)
    installation.environ["VSSID_HOUSEHOLD_PAYMENT_MONTHS_AHEAD"] = "12"
    applied = installation.vssid("migrate")
    installation.vssid("demo", "--participants", "5")
    next_year = dt.datetime.now(VIETNAM).year + 1
    read, placed, again = installation.ask(
        ("{ me { householdPosition householdPayments(first: 1) { edges { node { state } } } } }", {}),
        (ORDER, {"order": {"validFrom": f"{next_year}-01-01", "period": "YEAR"}}),
        (ORDER, {"order": {"validFrom": f"{next_year - 1}-12-01", "period": "YEAR"}}),
    )

    assert "Applied household_payment_0001" in applied
    assert read["data"]["me"] == {
        "householdPosition": 1,
        "householdPayments": {"edges": [{"node": {"state": "PAID"}}]},
    }
    assert placed["data"]["orderHouseholdPayment"]["amount"] == 1_263_600
    assert again["data"]["orderHouseholdPayment"]["code"] == "ALREADY_PAID"
    assert not having_payments(without)
    assert having_payments(installation.publish()) == {"participant", "officer"}
    assert digest_of_the_core() == before
