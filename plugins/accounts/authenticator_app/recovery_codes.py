"""Recovery codes: made in a set, told once, kept as hashes, and used once each."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import Services
from plugins.accounts.authenticator_app.models import recovery_code

SET: Final = 10
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None is taken for another."""
GROUP, GROUPS = 4, 3
_LONGEST: Final = 64


def recovery_hash(services: Services, participant_id: str, code: str) -> str:
    """What is kept of a code, however its letters and groups were written."""
    written = "".join(code[:_LONGEST].lower().replace("-", " ").split())
    text = f"recovery code\0{participant_id}\0{written}"
    return hmac.digest(services.secret, text.encode("utf-8", "surrogatepass"), "sha256").hex()


async def new_recovery_codes(services: Services, work: AsyncConnection, participant_id: str) -> list[str]:
    """A set of codes as ``abcd-efgh-jkmn`` (59 bits each) in place of those before; the account is locked."""
    codes = ["-".join(_group() for _ in range(GROUPS)) for _ in range(SET)]
    await work.execute(delete(recovery_code).where(recovery_code.c.participant_id == participant_id))
    rows = [
        {"code_hash": recovery_hash(services, participant_id, code), "participant_id": participant_id}
        for code in codes
    ]
    await work.execute(insert(recovery_code), rows)
    return codes


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(GROUP))
