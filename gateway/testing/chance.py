"""Decisions, drawn from hypothesis, whose failing cases shrink, or from a seed, whose cases are independent of each other."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

T = TypeVar("T")


class Chance:
    """Draws; the first choice and "no" are the simple ones, towards which hypothesis shrinks."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self.number = number
        """A whole number, both ends included."""

    @classmethod
    def drawn(cls, draw: DrawFn) -> Chance:
        """Inside a strategy."""
        return cls(lambda least, most: draw(st.integers(least, most)))

    @classmethod
    def seeded(cls, seed: str) -> Chance:
        """The same decisions for the same seed."""
        return cls(random.Random(seed).randint)

    def percent(self, share: int) -> bool:
        """True in about so many of a hundred cases."""
        return self.number(0, 99) >= 100 - share

    def pick(self, options: Sequence[T]) -> T:
        """One of several, all equally likely."""
        return options[self.number(0, len(options) - 1)] if len(options) > 1 else options[0]

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        """One of several with whole-number weights."""
        place = self.number(0, sum(weight for weight, _ in options) - 1)
        for weight, option in options:
            place -= weight
            if place < 0:
                return option
        raise AssertionError("weights are positive")
