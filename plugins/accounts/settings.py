"""Settings of accounts: ``VSSID_ACCOUNTS_*``."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from gateway.settings import Section
from plugins.accounts.sessions import Limits


class AccountsSettings(Section):
    """How long sessions last.

    A participant opens the application now and then on a phone of their own, so a session sleeps long. An officer sits at a
    shared desk. A hospital's token is used by its information system, at any hour, so only its age counts.
    """

    sign_in_attempts: int = Field(default=5, ge=1, le=10)
    """Wrong passwords in a row of one account before there are delays."""
    sign_in_delay_minutes: int = Field(default=15, ge=1, le=60)
    """The first delay; each further attempt doubles it."""
    sign_in_longest_delay_hours: int = Field(default=4, ge=1, le=24)
    sign_ins_per_address: int = Field(default=100, ge=1)
    """Attempts in a quarter of an hour; whole villages share the address of a mobile network."""
    sign_ins_together: int = Field(default=1000, ge=1)
    """Attempts in a minute, of all addresses."""
    codes_per_participant: int = Field(default=5, ge=1)
    """One-time codes sent in an hour."""
    codes_per_number: int = Field(default=3, ge=1)
    """The same to one phone number, which a family may share."""
    codes_together: int = Field(default=20_000, ge=1)
    """The same to everybody: a flood of messages costs money."""
    recoveries_per_account: int = Field(default=3, ge=1)
    """Forgotten passwords in an hour, of one social security code, whether anybody has it or not."""
    recoveries_per_address: int = Field(default=60, ge=1)
    recoveries_together: int = Field(default=10_000, ge=1)
    password_months: int = Field(default=6, ge=1, le=120)
    """How old a password may become, in months of the calendar."""
    password_reminder_days: int = Field(default=14, ge=0, le=60)
    former_passwords: int = Field(default=5, ge=0, le=20)
    """How many of the passwords before may not be chosen again."""
    participant_idle_days: int = Field(default=30, ge=1)
    participant_absolute_days: int = Field(default=90, ge=1)
    officer_idle_minutes: int = Field(default=30, ge=1)
    officer_absolute_hours: int = Field(default=12, ge=1)
    hospital_absolute_days: int = Field(default=90, ge=1)

    @property
    def participant(self) -> Limits:
        """How long a participant's session lasts."""
        return Limits(
            timedelta(days=self.participant_absolute_days), timedelta(days=self.participant_idle_days)
        )

    @property
    def officer(self) -> Limits:
        """How long an officer's session lasts."""
        return Limits(
            timedelta(hours=self.officer_absolute_hours), timedelta(minutes=self.officer_idle_minutes)
        )

    @property
    def hospital(self) -> Limits:
        """How long a hospital's token lasts."""
        return Limits(timedelta(days=self.hospital_absolute_days), idle=None)
