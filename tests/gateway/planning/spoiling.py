"""Cells that are not what their columns promise, written past the checks of the tables."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from tests.gateway.planning.comparing import Compared

EVERYWHERE: Final = (
    "UPDATE clinic_person SET mood = 'ugly' WHERE participant_id = '00-an'",
    "UPDATE clinic_grant SET kind = 'funeral' WHERE id = 1",
    "UPDATE clinic_visit SET minutes = -1 WHERE id IN ('v1', 'v2', 'v3', 'v7')",
    "UPDATE clinic_visit SET minutes = -2 WHERE id = 'v8'",
)

ON_SQLITE: Final = (
    "UPDATE clinic_person SET birth_date = 'soon', savings = 1.5 WHERE participant_id = '00-binh'",
    "UPDATE clinic_card SET valid_from = '2025-02-30' WHERE number = 'GD4000000001'",
    "UPDATE clinic_card SET valid_to = '20250101' WHERE number = 'GD4000000002'",
    "UPDATE clinic_visit SET at = 'then' WHERE id = 'v6'",
    "UPDATE clinic_visit SET urgent = 2 WHERE id = 'v3'",
    "UPDATE clinic_facility SET beds = 'many', open = 'yes', opened_at = '' WHERE code = '00001'",
    "UPDATE clinic_use SET cost = 9007199254740992 WHERE id = 4",
)
"""It takes anything."""


async def spoil(clinics: Compared, *, more: bool) -> None:
    """Write them to both stores; ``more`` of them where the store takes them."""
    for application in (clinics.reference, clinics.planned):
        async with application.services.database.write() as connection:
            sqlite = connection.dialect.name == "sqlite"
            unlocked = (
                "PRAGMA ignore_check_constraints = ON"
                if sqlite
                else "ALTER TABLE clinic_person DROP CONSTRAINT mood_is_known"
            )
            for statement in (unlocked, *EVERYWHERE, *(ON_SQLITE if sqlite and more else ())):
                await connection.execute(text(statement))
