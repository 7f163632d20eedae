"""Traces, metrics and logs, none of which holds personal data."""

from gateway.telemetry.signals import Telemetry
from gateway.telemetry.spans import NOTHING

__all__ = ["NOTHING", "Telemetry"]
