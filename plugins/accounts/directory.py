"""Who participants are, for the code of other plugins: by social security code, and by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.directory import Person
from gateway.sql import one_of
from plugins.accounts.models import BirthDatePrecision, participant

_KEYS: Final = select(participant.c.social_security_code, participant.c.id).where(
    one_of(participant.c.social_security_code, bindparam("codes"))
)
_PEOPLE: Final = select(
    participant.c.id,
    participant.c.social_security_code,
    participant.c.full_name,
    participant.c.birth_date,
    participant.c.birth_date_precision,
).where(one_of(participant.c.id, bindparam("keys")))


class Directory:
    """All participants, with an account and without."""

    async def keys(self, connection: AsyncConnection, codes: Sequence[str]) -> Mapping[str, str]:
        """The participant's key by social security code."""
        rows = await connection.execute(_KEYS, {"codes": list(codes)})
        return {row.social_security_code: row.id for row in rows}

    async def people(self, connection: AsyncConnection, keys: Sequence[str]) -> Mapping[str, Person]:
        """The person by participant's key."""
        rows = await connection.execute(_PEOPLE, {"keys": list(keys)})
        return {
            row.id: Person(
                row.id,
                row.social_security_code,
                row.full_name,
                row.birth_date,
                row.birth_date_precision is BirthDatePrecision.YEAR,
            )
            for row in rows
        }
