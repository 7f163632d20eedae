"""Settings of the development inbox: ``VSSID_DEV_INBOX_*``."""

from __future__ import annotations

from pydantic import Field

from gateway.settings import Section


class DevInboxSettings(Section):
    """What the page shows."""

    keep_days: int = Field(default=7, ge=1)
    """Days after which a message is deleted."""
    shown: int = Field(default=50, ge=1, le=500)
    """Messages on the page, the newest first."""
