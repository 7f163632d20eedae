"""Personal numbers and addresses as others see them: enough to recognise, too little to use."""

from __future__ import annotations

from typing import Final

_SHOWN: Final = 3
_HIDDEN: Final = "•••"


def masked_phone(phone: str | None) -> str | None:
    """The last three digits of `phone`, the others hidden (Số điện thoại đã che)."""
    return None if phone is None else f"+84 {_HIDDEN} {_HIDDEN} {phone[-_SHOWN:]}"


def masked_identity_number(number: str) -> str:
    """The last three characters of `identityNumber`, the others hidden (Số giấy tờ tùy thân đã che)."""
    return f"{_HIDDEN} {_HIDDEN} {number[-_SHOWN:]}"


def masked_email(email: str | None) -> str | None:
    """The first letters of `email` and of its domain, the others hidden (Email đã che)."""
    if email is None:
        return None
    name, _, domain = email.rpartition("@")
    host, _, top = domain.rpartition(".")
    return f"{name[:1]}{_HIDDEN}@{host[:1]}{_HIDDEN}.{top}"


def masked_destination(to: str) -> str:
    """A phone number or an e-mail address that something was sent to."""
    return (masked_email(to) if "@" in to else masked_phone(to)) or ""
