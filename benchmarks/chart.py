"""The chart: bars of processor time for each contender and operation, drawn by hand since it is only rectangles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.course import Outcome, Standing
from benchmarks.figures import Figure
from benchmarks.lineup import Role
from benchmarks.operations import OPERATIONS

WIDTH: Final = 900
LABELS: Final = 250
BAR: Final = 16
LINE: Final = 22
HEAD: Final = 44
LEAST: Final = 10.0
"""Microseconds at the left edge; the scale is logarithmic, since contenders lie a hundredfold apart."""
COLOURS: Final = ("#1f77b4", "#9ecae1")
OURS: Final = ("#d95f02", "#fdc086")
"""Of the server, and of the database."""


def drawn(outcome: Outcome) -> str:
    """The SVG's text."""
    standings = list(outcome.standings.values())
    most = max(sum(_costs(one, operation.key)) for one in standings for operation in OPERATIONS)
    scale = (WIDTH - LABELS - 90) / math.log10(most / LEAST)
    height = len(OPERATIONS) * (HEAD + LINE * len(standings)) + HEAD
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *_text(
            10,
            22,
            "Processor microseconds for each request, logarithmic: server dark, with the database light",
            13,
        ),
    ]
    top = HEAD
    for operation in OPERATIONS:
        lines += _text(10, top + 16, f"{operation.key}: {operation.title}", 13)
        top += LINE
        for standing in sorted(standings, key=lambda one, key=operation.key: sum(_costs(one, key))):  # type: ignore[misc]
            lines += _bar(standing, operation.key, top, scale)
            top += LINE
        top += HEAD - LINE
    return "\n".join([*lines, "</svg>"]) + "\n"


def _bar(standing: Standing, operation: str, top: float, scale: float) -> Iterator[str]:
    server, database = _costs(standing, operation)
    yield from _text(10, top + 12, standing.contender.title, 12)
    own, stored = OURS if standing.contender.role is Role.OURS else COLOURS
    for cost, colour in ((server + database, stored), (server, own)):
        width = max(1.0, math.log10(max(cost, LEAST) / LEAST) * scale)
        yield f'<rect x="{LABELS}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
    end = LABELS + max(1.0, math.log10(max(server + database, LEAST) / LEAST) * scale)
    shown = f"{server:,.0f} + {database:,.0f}" if database else f"{server:,.0f}"
    yield from _text(end + 5, top + 12, shown, 11)


def _costs(standing: Standing, operation: str) -> tuple[float, float]:
    rounds = standing.entries[operation].rounds
    server = Figure.of([one.server for one in rounds]).median
    return server, Figure.of([one.database or 0.0 for one in rounds]).median


def _text(x: float, y: float, text: str, size: int) -> Iterator[str]:
    yield f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}">{escape(text)}</text>'
