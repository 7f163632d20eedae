"""The scope of administrators, and who may read what of an officer."""

from __future__ import annotations

from typing import Final

from gateway.access import Audience, OfficerRole, Rule, Scope, only, scope

ADMINISTER: Final = Scope(
    "officers:administer",
    frozenset({Audience.OFFICER}),
    "Look after the officers of the own agency and of those below it.",
    frozenset({OfficerRole.ADMINISTRATOR}),
)

OFFICERS: Final[Rule] = only(Audience.OFFICER)
ADMINISTRATORS: Final[Rule] = scope(ADMINISTER.name)
COLLEAGUE: Final[Rule] = (
    Rule(
        "this officer",
        lambda viewer, key: viewer.audience is Audience.OFFICER and key is not None and viewer.subject == key,
        lambda scopes: frozenset({Audience.OFFICER}),
        needs_key=True,
    )
    | ADMINISTRATORS
)
"""Officers themselves, and their administrators."""
