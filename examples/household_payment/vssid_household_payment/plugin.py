"""What household_payment contributes to the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.access import Scope
from gateway.demo import DemoData
from gateway.errors import Code
from gateway.hookspecs import Tables, hookimpl
from gateway.settings import Section
from vssid_household_payment import models, rules, schema
from vssid_household_payment.demo import HouseholdPaymentDemo
from vssid_household_payment.refusals import HouseholdPaymentRefusal
from vssid_household_payment.settings import HouseholdPaymentSettings


@hookimpl
def settings_section() -> type[Section]:
    return HouseholdPaymentSettings


@hookimpl
def graphql_types() -> Sequence[type]:
    return schema.HouseholdMember, schema.Reconciliation, schema.Ordering


@hookimpl
def access_scopes() -> Sequence[Scope]:
    return (rules.RECONCILE_PAYMENTS,)


@hookimpl
def error_codes() -> Sequence[Code]:
    return [refusal.value for refusal in HouseholdPaymentRefusal]


@hookimpl
def database_tables() -> Tables:
    return Tables(models.metadata, Path(__file__).parent / "migrations")


@hookimpl
def demo_data() -> DemoData:
    return HouseholdPaymentDemo()
