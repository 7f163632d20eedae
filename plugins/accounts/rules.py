"""Scopes of accounts, and who may read a person's identity."""

from __future__ import annotations

from typing import Final

from gateway.access import OWN, Audience, Rule, Scope, scope

READ_IDENTITY: Final = Scope(
    "accounts:identity",
    frozenset({Audience.OFFICER, Audience.HOSPITAL}),
    "Name, birth date and sex of a participant at hand, and masked forms of phone, e-mail and identity paper.",
)
FIND_PARTICIPANTS: Final = Scope(
    "accounts:find",
    frozenset({Audience.OFFICER}),
    "Find any participant, and read the social security code.",
)
READ_PERSONAL: Final = Scope(
    "accounts:personal",
    frozenset({Audience.OFFICER}),
    "Identity paper, phone, e-mail, address and agency of a participant at hand.",
)

IDENTITY: Final[Rule] = OWN | scope(READ_IDENTITY.name)
"""What a hospital compares with the papers of whoever shows a card."""
SOCIAL_SECURITY_CODE: Final[Rule] = OWN | scope(FIND_PARTICIPANTS.name)
FIND: Final[Rule] = scope(FIND_PARTICIPANTS.name)
PERSONAL: Final[Rule] = OWN | scope(READ_PERSONAL.name)
"""What reaches a person, or would let somebody pass for them."""
MASKED: Final[Rule] = IDENTITY | scope(READ_PERSONAL.name)
