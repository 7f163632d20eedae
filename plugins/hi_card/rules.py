"""Scopes of hi_card, and who may read a card."""

from __future__ import annotations

from typing import Final

from gateway.access import OWN, Audience, OfficerRole, Rule, Scope, scope

READ_CARDS: Final = Scope(
    "hi_card:read",
    frozenset({Audience.OFFICER, Audience.HOSPITAL}),
    "Read health insurance cards, by number or of a participant at hand.",
    frozenset({OfficerRole.RECEIVER, OfficerRole.APPROVER, OfficerRole.FEEDBACK_HANDLER}),
)

FIND: Final[Rule] = scope(READ_CARDS.name)
HOLDER: Final[Rule] = OWN | FIND
