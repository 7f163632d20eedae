"""Settings of the SMS gateway: ``VSSID_SMS_GATEWAY_*``."""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from gateway.settings import Section

SHORTEST_KEY = 32


class SmsGatewaySettings(Section):
    """Where SMS are handed over. Without a URL nothing is delivered by it."""

    url: str = Field(default="", pattern=r"^(https?://[^\s@]+)?$")
    """Messages are posted there. ``http:`` is refused in production, but for the same machine."""
    key_id: str = Field(default="vssid", pattern=r"^[\w.-]{1,64}$")
    """Which key signs, in the gateway's words."""
    secret: SecretStr | None = None
    """Signs requests; at least 32 characters."""
    sender: str = Field(default="", pattern=r"^[\w .-]{0,20}$")
    """Who an SMS is from, where the gateway lets us choose (brand name)."""
    timeout: float = Field(default=5.0, gt=0, le=60)
    """Seconds for connecting, and for the answer; both together must fit into ``VSSID_OUTBOX_TIMEOUT``."""

    @field_validator("secret")
    @classmethod
    def _signs(cls, secret: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if secret is None and others.data.get("url"):
            raise ValueError("is required where there is a URL")
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have at least {SHORTEST_KEY} characters")
        return secret
