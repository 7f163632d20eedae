"""QR codes as squares: which are dark, and a picture of them as one outline."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import segno

MASK: Final = 2
"""One of the eight patterns that a code may be laid under. Readers take any; trying all for the best takes six times longer."""
QUIET: Final = 4
"""Light squares around a code, as readers expect."""

Tolerance = Literal["L", "M"]
"""How much of a code may be damaged: 7 per cent on a screen, 15 on paper."""


def squares(text: str, tolerance: Tolerance) -> Sequence[bytes]:
    """The rows of the code of a text: 1 is dark. Raises ValueError for more than a code can hold."""
    code = segno.make(text, error=tolerance, micro=False, boost_error=False, mask=MASK)
    return [bytes(row) for row in code.matrix]


def runs(rows: Sequence[bytes]) -> Iterator[tuple[int, int, int]]:
    """(row, from, to) of dark squares side by side; ``to`` is the first that is not."""
    for number, row in enumerate(rows):
        position = 0
        for dark, side_by_side in itertools.groupby(row):
            start, position = position, position + len(list(side_by_side))
            if dark:
                yield number, start, position


def qr_svg(text: str, tolerance: Tolerance) -> str:
    """A picture of the code: an SVG that scales, black on white, without anything to run or to load."""
    rows = squares(text, tolerance)
    side = len(rows) + 2 * QUIET
    outline = "".join(
        f"M{start + QUIET} {row + QUIET}h{end - start}v1h-{end - start}z" for row, start, end in runs(rows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{outline}"/></svg>'
    )
