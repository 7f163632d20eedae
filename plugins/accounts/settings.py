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
