"""Agencies of social security (Cơ quan BHXH) as access depends on them: a tree of codes.

A province's agency has three digits (079), a district's has five, the first three of which are its province's (07921). The
centre (BHXH Việt Nam), ``000``, is above all. An officer's agency is the claim ``agency``; what concerns a person or a card
says which district looks after it, so a condition on that column narrows an officer to the own agency and those below it.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, func, or_

from gateway.access import Audience, Rule, Viewer, only
from gateway.authoring import Rows, Value

CLAIM: Final = "agency"
"""The claim of a viewer that names the agency."""
CENTRE: Final = "000"
"""The code above all others."""
PROVINCE_DIGITS: Final = 3

_CODE: Final = re.compile(r"[0-9]{3}(?:[0-9]{2})?")
_NOT_OFFICERS: Final = only(*(audience for audience in Audience if audience is not Audience.OFFICER))


def is_agency_code(text: str) -> bool:
    """Whether a text is spelt as the code of a province's or a district's agency, or of the centre."""
    return _CODE.fullmatch(text) is not None and (text == CENTRE or not text.startswith(CENTRE))


def above(code: str) -> str | None:
    """The code of the agency directly above; None for the centre."""
    if code == CENTRE:
        return None
    return CENTRE if len(code) == PROVINCE_DIGITS else code[:PROVINCE_DIGITS]


def is_in_tree(code: str | None, agency: str | None) -> bool:
    """Whether ``code`` is ``agency`` or below it; nothing is below no agency, and an unknown code below the centre alone."""
    if agency == CENTRE:
        return True
    return code is not None and agency is not None and agency in (code, code[:PROVINCE_DIGITS])


def may_reach(viewer: Viewer, code: str | None) -> bool:
    """For code: whether an officer's agency tree has an agency; nobody else is narrowed by agencies."""
    return viewer.audience is not Audience.OFFICER or is_in_tree(code, viewer.claims.get(CLAIM))


def in_agency_tree(
    column: ColumnElement[str] | ColumnElement[str | None], unless: Rule | None = None
) -> Rows:
    """Narrows officers to the rows whose ``column`` holds an agency of their own tree: a row scope for ``rows=``.

    An officer without the claim is refused. ``unless`` is a rule on the viewer that lifts it, for who sees the whole country.
    A row of no known agency (NULL) is the centre's alone. Values are compared whole, so no claim is ever a pattern.
    """

    def within(agency: Value[str]) -> ColumnElement[bool]:
        return or_(agency == CENTRE, column == agency, func.substr(column, 1, PROVINCE_DIGITS) == agency)

    return Rows("own agency tree", within, _NOT_OFFICERS if unless is None else _NOT_OFFICERS | unless)
