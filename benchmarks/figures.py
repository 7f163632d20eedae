"""Arithmetic of the results: medians with their spread, ratios within a run, and whether a goal is met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A median, with the smallest and the greatest of what it was taken from."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """The figure of some values, one at least."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Goal:
    """What is to be reached: at least so much, or with ``at_most`` no more."""

    title: str
    bound: float
    at_most: bool = False
    unit: str = "x"

    @property
    def sign(self) -> str:
        """How the bound is written."""
        return "≤" if self.at_most else "≥"


@dataclass(frozen=True)
class Verdict:
    """What came of a goal; ``figure`` is None where it could not be measured."""

    goal: Goal
    figure: Figure | None

    @property
    def met(self) -> bool:
        """Whether the median reaches it."""
        return self.figure is not None and self._reaches(self.figure.median)

    @property
    def word(self) -> str:
        """The verdict in words; what some rounds reach and others miss is said to be near."""
        if self.figure is None:
            return "not measured"
        ends = {self._reaches(self.figure.least), self._reaches(self.figure.most)}
        return ("met" if self.met else "missed") + (", within the spread" if len(ends) > 1 else "")

    def _reaches(self, value: float) -> bool:
        return value <= self.goal.bound if self.goal.at_most else value >= self.goal.bound


def ratios(above: Sequence[float], below: Sequence[float]) -> Figure:
    """Round by round, how many times the one is the other: what disturbed a round disturbed both."""
    return Figure.of([one / other for one, other in zip(above, below, strict=True)])


def percentile(values: Sequence[float], rank: float) -> float:
    """The smallest value that so many per cent do not exceed."""
    ordered = sorted(values)
    place = -(-len(ordered) * rank // 100)
    return ordered[max(0, int(place) - 1)]
