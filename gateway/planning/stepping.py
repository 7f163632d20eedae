"""Leaving a plan: the reference then answers the whole operation."""

from __future__ import annotations

from gateway.errors import ClientError


class StepAside(Exception):
    """The plan cannot answer this request. ``reason`` is a short fixed word or a coordinate, never a value of the request."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def aside_of(fault: Exception) -> StepAside:
    """What a failure inside a plan comes to: the caller's mistake, or ours; the reference tells which."""
    named = fault.code.name if isinstance(fault, ClientError) else f"fault {type(fault).__name__}"
    return StepAside(named)
