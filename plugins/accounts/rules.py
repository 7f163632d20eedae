"""Scopes of accounts, and who may read a person's identity."""

from __future__ import annotations

from typing import Final

from gateway.access import OWN, Audience, OfficerRole, Rule, Scope, scope

OFFICERS: Final = frozenset({OfficerRole.RECEIVER, OfficerRole.APPROVER, OfficerRole.FEEDBACK_HANDLER})
"""Those who deal with people."""

READ_IDENTITY: Final = Scope(
    "accounts:identity",
    frozenset({Audience.OFFICER, Audience.HOSPITAL}),
    "Name, birth date and sex of a participant at hand, and masked forms of phone, e-mail and identity paper.",
    OFFICERS,
)
FIND_PARTICIPANTS: Final = Scope(
    "accounts:find",
    frozenset({Audience.OFFICER}),
    "Find a participant, and read the social security code.",
    OFFICERS,
)
READ_PERSONAL: Final = Scope(
    "accounts:personal",
    frozenset({Audience.OFFICER}),
    "Identity paper, phone, e-mail, address and agency of a participant at hand.",
    frozenset({OfficerRole.RECEIVER, OfficerRole.APPROVER}),
)
REQUEST_RESET: Final = Scope(
    "accounts:reset-request",
    frozenset({Audience.OFFICER}),
    "Ask for a new phone and password for a participant who has lost the phone, and list such resets.",
    frozenset({OfficerRole.RECEIVER, OfficerRole.APPROVER}),
)
CONFIRM_RESET: Final = Scope(
    "accounts:reset-confirm",
    frozenset({Audience.OFFICER}),
    "Confirm or reject what another officer has asked for.",
    frozenset({OfficerRole.APPROVER}),
)

IDENTITY: Final[Rule] = OWN | scope(READ_IDENTITY.name)
"""What a hospital compares with the papers of whoever shows a card."""
SOCIAL_SECURITY_CODE: Final[Rule] = OWN | scope(FIND_PARTICIPANTS.name)
FIND: Final[Rule] = scope(FIND_PARTICIPANTS.name)
PERSONAL: Final[Rule] = OWN | scope(READ_PERSONAL.name)
"""What reaches a person, or would let somebody pass for them."""
MASKED: Final[Rule] = IDENTITY | scope(READ_PERSONAL.name)
