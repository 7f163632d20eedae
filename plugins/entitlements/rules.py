"""Who may read entitlements, and which of them are shown."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement

from gateway.authoring import Rows
from plugins.entitlements.models import DossierState, entitlement


def approved() -> ColumnElement[bool]:
    """Entitlements whose dossier is approved."""
    return entitlement.c.dossier_state == DossierState.APPROVED


APPROVED: Final = Rows("approved dossiers", approved)
