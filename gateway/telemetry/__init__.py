"""Traces, metrics and logs, none of which holds personal data."""

from gateway.telemetry.signals import Telemetry

__all__ = ["Telemetry"]
