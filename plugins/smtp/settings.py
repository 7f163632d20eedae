"""Settings of e-mail: ``VSSID_SMTP_*``."""

from __future__ import annotations

import enum
from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from gateway.settings import Section


class Security(enum.Enum):
    """How the connection is made private: at once, by STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class SmtpSettings(Section):
    """The server that takes our e-mail. Without a host nothing is delivered by SMTP."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    security: Security = Security.STARTTLS
    """``none`` is refused in production, but for a server on the same machine."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's, in PEM."""
    user: str = ""
    password: SecretStr | None = None
    sender: str = Field(default="vssid@localhost", pattern=r"^[^\s<>@]+@[^\s<>@]+$")
    """The address that e-mail comes from."""
    sender_name: str = Field(default="VssID", pattern=r"^[^\x00-\x1f\x7f]*$")
    timeout: float = Field(default=8.0, gt=0, le=60)
    """Seconds for connecting, and for each answer; all together must fit into ``VSSID_OUTBOX_TIMEOUT``."""

    @field_validator("password")
    @classmethod
    def _with_user(cls, password: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if (password is None) == bool(others.data.get("user")):
            raise ValueError("user and password are given together")
        return password
