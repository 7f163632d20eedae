"""The plugins as a whole: nothing keeps them from starting, and their migrations make the tables that they declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from gateway.access import Audience
from gateway.assembly import Assembly, assemble, checked_model
from gateway.contributions import contributions_of
from gateway.database import Database
from gateway.demo import Demo, is_seeded, seed
from gateway.migrations import MigrationBranch
from gateway.migrations.drift import table_problems
from gateway.registry import register
from gateway.testing import NOW
from tests.stores import Store

IDENTITY = ("fullName", "birthDate", "birthDatePrecision", "sex")
MASKED = ("maskedPhone", "maskedEmail", "identityKind", "maskedIdentityNumber")
PERSONAL = ("phone", "email", "identityNumber", "address", "agencyCode")
RECORD = (
    "participationRecords",
    "participationTotals",
    "participationYears",
    "participationSpreadsheetUrl",
    "participationCertificateUrl",
)
CARDS = ("healthInsuranceCard", "healthInsuranceCards")
ENTITLEMENTS = ("entitlements", "entitlementYears")
VISITS = ("visits", "visitYears")

SIGNING_IN = {
    "signIn",
    "continueOnThisDevice",
    "confirmDevice",
    "changeRequiredPassword",
    "confirmRequiredPassword",
    "resendCode",
    "forgetPassword",
    "confirmForgottenPassword",
    "chooseForgottenPassword",
}
CONTACT = {f"{step}{what}" for step in ("change", "confirmOld", "confirmNew") for what in ("Phone", "Email")}
APPS = {"registerAuthenticator", "confirmAuthenticator", "renewRecoveryCodes", "removeAuthenticator"}
RESETS = {
    "requestCredentialReset",
    "confirmCredentialReset",
    "rejectCredentialReset",
    "resendTemporaryPassword",
}


@pytest.fixture
def assembly(plugins: Mapping[str, object], database: Database) -> Assembly:
    registry = register(plugins)
    contributions = contributions_of(registry)
    model = checked_model(registry, contributions)
    return assemble(model, contributions.scopes, database.dialect, page_size=100)


def test_all_audiences_have_a_schema(assembly: Assembly) -> None:
    assert set(assembly.schemas) == set(Audience)


@pytest.mark.parametrize(
    ("audience", "queries", "mutations"),
    [
        (Audience.PUBLIC, set[str](), SIGNING_IN | {"officerSignIn", "completeOfficerEnrolment"}),
        (
            Audience.PARTICIPANT,
            {"me"},
            CONTACT | APPS | {"changePassword", "confirmPassword", "resendCode", "signOut"},
        ),
        (
            Audience.OFFICER,
            {
                "participant",
                "participantByCode",
                "healthInsuranceCard",
                "thisOfficer",
                "officers",
                "agencies",
                "credentialResets",
            },
            RESETS
            | {
                "officerSignOut",
                "changeOfficerPassword",
                "addOfficer",
                "changeOfficer",
                "disableOfficer",
                "resetOfficerCredentials",
            },
        ),
        (Audience.HOSPITAL, {"healthInsuranceCard"}, set[str]()),
    ],
    ids=lambda given: given.value if isinstance(given, Audience) else "",
)
def test_what_each_audience_can_ask_for(
    assembly: Assembly, audience: Audience, queries: set[str], mutations: set[str]
) -> None:
    schema = assembly.schemas[audience].graph
    assert schema.query_type is not None
    assert set(schema.query_type.fields) == queries | {"facilities", "provinces", "serverTime"}
    assert set(schema.mutation_type.fields if schema.mutation_type else ()) == mutations


@pytest.mark.parametrize(
    ("audience", "fields"),
    [
        (Audience.PUBLIC, set[str]()),
        (
            Audience.PARTICIPANT,
            {
                "accessLog",
                "authenticator",
                "dependants",
                "socialSecurityCode",
                *IDENTITY,
                *MASKED,
                *PERSONAL,
                *CARDS,
                *ENTITLEMENTS,
                *RECORD,
                *VISITS,
            },
        ),
        (Audience.OFFICER, {"socialSecurityCode", *IDENTITY, *MASKED, *PERSONAL, *CARDS}),
        (Audience.HOSPITAL, {*IDENTITY, *MASKED, *CARDS}),
    ],
    ids=lambda given: given.value if isinstance(given, Audience) else "",
)
def test_what_each_audience_can_learn_about_a_participant(
    assembly: Assembly, audience: Audience, fields: set[str]
) -> None:
    found = assembly.schemas[audience].graph.type_map.get("Participant")
    assert set(getattr(found, "fields", ())) - {"id"} == fields


async def test_migrations_make_the_declared_tables(store: Store, branches: Sequence[MigrationBranch]) -> None:
    assert await table_problems(store.url, branches) == []


async def test_demo_data_keep_every_constraint(plugins: Mapping[str, object], database: Database) -> None:
    demo = Demo(participants=300, seed=7, today=NOW.date())
    sources = {name: plugin.demo_data() for name, plugin in plugins.items() if hasattr(plugin, "demo_data")}
    await seed(database, sources, demo, lambda people: None)
    assert await is_seeded(database, sources, demo)
