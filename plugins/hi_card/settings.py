"""Settings of hi_card: ``VSSID_HI_CARD_*``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from gateway.settings import Section


class HiCardSettings(Section):
    """How long what a phone shows counts, and where the page for hospitals is."""

    presentation_seconds: int = Field(default=90, ge=60, le=120)
    """Seconds that a signed QR code counts: long enough to be scanned, too short to be passed on."""
    check_page: Path = Path(__file__).parents[2] / "web" / "card-check" / "index.html"
    """The page that checks without a network, as `make card-check` builds it."""
