"""Who people are, for code that has a reason to ask: an import that names them by code, a paper with a name on it.

Plugins do not read each other's tables; the plugin that keeps participants declares a directory with the hook
``participant_directory``. It knows no access rules: whoever asks has checked one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Person:
    """A participant as on the papers; with ``is_year_only`` only the year of birth is known, and the date is its first day."""

    key: str
    social_security_code: str
    full_name: str
    birth_date: dt.date
    is_year_only: bool


class ParticipantDirectory(Protocol):
    """Finds participants, many in one statement."""

    async def keys(self, connection: AsyncConnection, codes: Sequence[str]) -> Mapping[str, str]:
        """The participant's key by social security code, without the codes that nobody has."""
        ...

    async def people(self, connection: AsyncConnection, keys: Sequence[str]) -> Mapping[str, Person]:
        """The person by participant's key, without the keys that nobody has."""
        ...


class NobodyKnown:
    """The directory of a gateway without a plugin that keeps participants."""

    async def keys(self, connection: AsyncConnection, codes: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002
        """Nobody."""
        return {}

    async def people(self, connection: AsyncConnection, keys: Sequence[str]) -> Mapping[str, Person]:  # noqa: ARG002
        """Nobody."""
        return {}
