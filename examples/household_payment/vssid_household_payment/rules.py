"""Scopes of household_payment, and who may read a payment."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement

from gateway.access import SELF, SIGNED_IN, Audience, OfficerRole, Rule, Scope, scope
from gateway.authoring import Rows, Value
from vssid_household_payment.models import orders

RECONCILE_PAYMENTS: Final = Scope(
    "household_payment:reconcile",
    frozenset({Audience.OFFICER}),
    "Read the payments of the households that one's agency looks after.",
    frozenset({OfficerRole.RECEIVER}),
)

RECONCILE: Final[Rule] = scope(RECONCILE_PAYMENTS.name)
OWN: Final[Rule] = SELF | RECONCILE


def of_own_agency(agency: Value[str]) -> ColumnElement[bool]:
    """Orders of the agency that the viewer's claim ``agency`` names."""
    return orders.c.agency == agency


OWN_AGENCY: Final = Rows("own agency", of_own_agency, unless=SIGNED_IN)
"""People read their own orders wherever the household is; everybody else needs the claim."""
