"""Scopes of accounts, and who may read a person's identity."""

from __future__ import annotations

from typing import Final

from gateway.access import SELF, Audience, Rule, Scope, scope

READ_IDENTITY: Final = Scope(
    "accounts:identity",
    frozenset({Audience.OFFICER, Audience.HOSPITAL}),
    "Name, birth date and sex of a participant at hand.",
)
FIND_PARTICIPANTS: Final = Scope(
    "accounts:find",
    frozenset({Audience.OFFICER}),
    "Find any participant, and read the social security code.",
)

IDENTITY: Final[Rule] = SELF | scope(READ_IDENTITY.name)
"""What a hospital compares with the papers of whoever shows a card."""
SOCIAL_SECURITY_CODE: Final[Rule] = SELF | scope(FIND_PARTICIPANTS.name)
FIND: Final[Rule] = scope(FIND_PARTICIPANTS.name)
