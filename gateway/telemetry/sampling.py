"""Whether a trace is kept, decided before anything is made for it."""

from __future__ import annotations

from random import getrandbits
from typing import Final

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, StaticSampler, TraceIdRatioBased

_ALL: Final = TraceIdRatioBased.TRACE_ID_LIMIT + 1


class TraceIds(RandomIdGenerator):
    """The ids of traces. A sampler of the SDK judges a new trace by its id alone, so the id tells beforehand what it will say."""

    def __init__(self, sampler: Sampler) -> None:
        self._bound = _bound(sampler)
        self._drawn: list[int] = []

    def draw(self) -> bool:
        """Whether a trace that is begun at once may be kept; the SDK gets the id that this was decided by.

        A sampler that is not the SDK's own is asked when the trace is begun, and not before.
        """
        if not self._bound:
            return False
        if self._bound < _ALL:
            drawn = getrandbits(128) or super().generate_trace_id()  # 0 is no id
            if drawn & TraceIdRatioBased.TRACE_ID_LIMIT >= self._bound:
                return False
            self._drawn.append(drawn)
        return True

    def generate_trace_id(self) -> int:
        """The id that was drawn, for the SDK. Where threads draw at once they may get one another's, each of which is kept."""
        return self._drawn.pop() if self._drawn else super().generate_trace_id()


def _bound(sampler: Sampler) -> int:
    """What the lower 64 bits of a kept trace's id are below, where it has no parent: 0 keeps none.

    That is how OpenTelemetry defines its ratio. All may be kept where the sampler is not one that we know.
    """
    judge = type(sampler).should_sample
    root = vars(sampler).get("_root")
    if judge is ParentBased.should_sample and isinstance(root, Sampler):
        return _bound(root)
    if judge is TraceIdRatioBased.should_sample and isinstance(sampler, TraceIdRatioBased):
        return sampler.bound
    if judge is StaticSampler.should_sample:
        return 0 if sampler.should_sample(None, 0, "").decision is Decision.DROP else _ALL
    return _ALL
