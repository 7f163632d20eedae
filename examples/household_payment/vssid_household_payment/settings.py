"""Settings of household_payment: ``VSSID_HOUSEHOLD_PAYMENT_*``."""

from __future__ import annotations

from pydantic import Field

from gateway.settings import Section


class HouseholdPaymentSettings(Section):
    """How long an order may be paid, and how far ahead one may be placed."""

    pay_within_hours: int = Field(72, ge=1, le=720)
    months_ahead: int = Field(3, ge=0, le=12)
