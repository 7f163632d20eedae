"""Settings of accounts: ``VSSID_ACCOUNTS_*``."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from gateway.settings import Section
from plugins.accounts.sessions import Limits


class AccountsSettings(Section):
    """How passwords are hashed and how long sessions last.

    A participant opens the application now and then on a phone of their own, so a session sleeps long. An officer sits at a
    shared desk. A hospital's token is used by its information system, at any hour, so only its age counts.
    """

    hashing_workers: int = Field(default=2, ge=1, le=64)
    """Passwords hashed at once, a thread each; no more than there are processors."""
    hashing_waiting: int = Field(default=32, ge=0, le=10_000)
    """Passwords that may wait for a thread; more are refused at once, so a flood of sign-ins stops nobody else."""
    hashing_memory: int = Field(default=19 * 1024, ge=8)
    """Memory of one argon2id hash, in KiB."""
    hashing_passes: int = Field(default=2, ge=1)
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
