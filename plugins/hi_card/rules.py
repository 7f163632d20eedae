"""Scopes of hi_card, and who may read a card."""

from __future__ import annotations

from typing import Final

from gateway.access import OWN, SIGNED_IN, Audience, OfficerRole, Rule, Scope, scope
from gateway.agencies import in_agency_tree
from gateway.authoring import Rows
from plugins.hi_card.models import card

READ_CARDS: Final = Scope(
    "hi_card:read",
    frozenset({Audience.OFFICER, Audience.HOSPITAL}),
    "Read health insurance cards, by number or of a participant at hand.",
    frozenset({OfficerRole.RECEIVER, OfficerRole.APPROVER, OfficerRole.FEEDBACK_HANDLER}),
)

FIND: Final[Rule] = scope(READ_CARDS.name)
HOLDER: Final[Rule] = OWN | FIND
PRINTED: Final[Rule] = SIGNED_IN
"""What is printed on a card, and showing it: of participants alone, who reach no card but their own and their children's."""

MANAGED: Final[Rows] = in_agency_tree(card.c.agency_code)
"""Officers see the cards that their agency and those below it manage; another card is to them like none."""
