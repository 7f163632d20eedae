"""How long a password is good: some months of the calendar, by days in Vietnam."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Final

from gateway.authoring import VIETNAM

_MONTHS: Final = 12


@dataclass(frozen=True)
class PasswordAge:
    """``expires_on`` is the first day on which the password has to be changed before anything else."""

    expires_on: dt.date
    days_left: int

    @property
    def is_over(self) -> bool:
        """Whether it has to be changed now."""
        return self.days_left <= 0

    @property
    def expires_at(self) -> dt.datetime:
        """The midnight with which that day begins."""
        return dt.datetime.combine(self.expires_on, dt.time(), VIETNAM)


def password_age(changed_at: dt.datetime, now: dt.datetime, months: int) -> PasswordAge:
    """How old a password is that was set at a moment."""
    expires_on = months_later(changed_at.astimezone(VIETNAM).date(), months)
    return PasswordAge(expires_on, (expires_on - now.astimezone(VIETNAM).date()).days)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day some months later; in a shorter month, its last day."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
