"""Searching by a part of a name."""

from __future__ import annotations

from typing import Final

from gateway.folding import folded

LONGEST: Final = 100
ESCAPE: Final = "/"


def containing(text: str) -> str:
    """The LIKE pattern of folded names with the text in them; use it with ``escape=ESCAPE``.

    Raises ValueError for more than :data:`LONGEST` characters.
    """
    if len(text) > LONGEST:
        raise ValueError("too long to search for")
    key = folded(text)
    for special in (ESCAPE, "%", "_"):
        key = key.replace(special, ESCAPE + special)
    return f"%{key}%"
