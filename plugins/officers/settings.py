"""Settings of officers: ``VSSID_OFFICERS_*``."""

from __future__ import annotations

from pydantic import Field

from gateway.settings import Section


class OfficersSettings(Section):
    """How long officers stay signed in, how long what they were given is good, and how often they may try.

    An officer sits at a desk that others pass, so a session sleeps not long.
    """

    idle_minutes: int = Field(default=30, ge=1, le=60)
    absolute_hours: int = Field(default=12, ge=1, le=24)
    enrolment_minutes: int = Field(default=15, ge=1, le=60)
    """From the temporary password to the first code."""
    temporary_password_days: int = Field(default=7, ge=1, le=30)
    sign_in_attempts: int = Field(default=5, ge=1, le=10)
    """In a row of one account before there are delays."""
    sign_in_delay_minutes: int = Field(default=15, ge=1, le=60)
    """The first delay; each further attempt doubles it."""
    sign_in_longest_delay_hours: int = Field(default=4, ge=1, le=24)
    sign_ins_per_address: int = Field(default=60, ge=1)
    """Attempts in a quarter of an hour; an agency's desks share an address."""
    sign_ins_together: int = Field(default=600, ge=1)
    """Attempts in a minute, of all addresses."""
