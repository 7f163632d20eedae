"""Plans that stepped aside: counted, and told in the log where it happens for nothing."""

from __future__ import annotations

import logging
from typing import Final

from gateway.execution.operations import Operation
from gateway.telemetry import Telemetry

WINDOW: Final = 1_000
"""Executions of an operation over which needless fallbacks are counted."""

TOLERATED: Final = 10
"""Needless fallbacks in a window that nobody has to know of."""

_LOG: Final = logging.getLogger(__name__)


class Fallbacks:
    """Counts executions and fallbacks. A fallback is needless where the reference then answered without errors."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def count(self, operation: Operation, reason: str | None = None, *, needless: bool = False) -> None:
        """Count an execution; ``reason`` is why its plan stepped aside."""
        operation.executions += 1
        if reason is not None:
            self._telemetry.fallback(operation.name, reason)
            if needless:
                self._needless(operation, reason)
        if operation.executions >= WINDOW:
            operation.executions, operation.told = 0, False
            operation.needless.clear()

    def _needless(self, operation: Operation, reason: str) -> None:
        operation.needless[reason] += 1
        if operation.told or operation.needless.total() <= TOLERATED:
            return
        operation.told = True
        reasons = ", ".join(f"{name} ({times})" for name, times in operation.needless.most_common())
        _LOG.warning(
            "%s %s of %s was answered by the reference %d times in %d, needlessly: %s",
            operation.kind,
            operation.label,
            operation.attributes["vssid.audience"],
            operation.needless.total(),
            operation.executions,
            reasons,
        )
