"""Who may read what: viewers, rules over (viewer, key), and scopes.

Deny by default: a field without a rule does not start. A rule is synchronous, does no I/O and sees the viewer and, on an
entity, the entity's key; which rows of a table a viewer sees is SQL on the type (``Rows`` in :mod:`gateway.authoring`).
Every rule also says which audiences it can ever admit: where it admits none, the field is not in that audience's schema.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


class Audience(enum.Enum):
    """The consumers of the graph; each has its own schema."""

    PUBLIC = "public"
    PARTICIPANT = "participant"
    OFFICER = "officer"
    HOSPITAL = "hospital"

    # Members are equal by identity; Enum's own hash is Python's, and asked for several times a request.
    __hash__ = object.__hash__


class OfficerRole(enum.Enum):
    """What an officer is there for (Vai trò); an officer may have several."""

    RECEIVER = "receiver"
    """Cán bộ tiếp nhận: receives people and their papers at an agency."""
    APPROVER = "approver"
    """Cán bộ phê duyệt: decides what the receiver has prepared."""
    FEEDBACK_HANDLER = "feedback_handler"
    """Cán bộ xử lý phản ánh, kiến nghị: answers feedback and propositions."""
    BOARD_MONITOR = "board_monitor"
    """Ban theo dõi, đôn đốc: watches and urges at the centre, without taking over."""
    IT_CENTER = "it_center"
    """Trung tâm CNTT: supports, supervises and reports; sees no person's data."""
    ADMINISTRATOR = "administrator"
    """Quản trị người dùng: looks after the officers of an agency and of those below it."""


EVERYBODY: Final = frozenset(Audience)


@dataclass(frozen=True)
class Viewer:
    """Who asks. ``subject`` is the participant's key, the officer's key or the facility code; ``session`` never the token.

    ``claims`` are named facts that row scopes use (an officer's ``agency``, say), checked when the viewer signed in.
    ``dependants`` are the participants whom a participant may act for: children under age, registered as such.
    """

    audience: Audience
    subject: str | None = None
    session: str | None = None
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    dependants: frozenset[str] = frozenset()


ANONYMOUS: Final = Viewer(Audience.PUBLIC)


@dataclass(frozen=True)
class Scope:
    """A permission that viewers of some audiences can hold, as ``hi_card:read``; declared by the plugin that asks for it.

    Officers of any of the ``roles`` hold it from the moment they sign in; without a role only a token issued by hand does.
    """

    name: str
    audiences: frozenset[Audience]
    description: str
    roles: frozenset[OfficerRole] = frozenset()


def scopes_of(roles: Iterable[OfficerRole], declared: Mapping[str, Scope]) -> frozenset[str]:
    """The names of the scopes that an officer of some roles holds."""
    had = frozenset(roles)
    return frozenset(name for name, scope in declared.items() if scope.roles & had)


class AccessDenied(Exception):
    """A rule refused. ``reason`` is for the audit trail and never reaches the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Rule:
    """One access rule. ``name`` is what the published contract prints; combine with ``|`` and ``&``.

    ``admits`` answers for a viewer and the key of the entity the field is on (None on root fields); anything but ``True``
    refuses. ``reach`` tells the audiences that can ever be admitted, given the declared scopes.
    """

    name: str
    admits: Callable[[Viewer, str | None], object]
    reach: Callable[[Mapping[str, Scope]], frozenset[Audience]]
    scopes: frozenset[str] = frozenset()
    needs_key: bool = False

    def check(self, viewer: Viewer, key: str | None) -> None:
        """Return when the viewer is admitted, raise :class:`AccessDenied` otherwise."""
        if self.admits(viewer, key) is not True:
            raise AccessDenied(f"{viewer.audience.value} does not meet: {self.name}")

    def __or__(self, other: Rule) -> Rule:
        return Rule(
            f"{self.name} or {other.name}",
            lambda viewer, key: self.admits(viewer, key) is True or other.admits(viewer, key) is True,
            lambda scopes: self.reach(scopes) | other.reach(scopes),
            self.scopes | other.scopes,
            self.needs_key or other.needs_key,
        )

    def __and__(self, other: Rule) -> Rule:
        return Rule(
            f"{_grouped(self)} and {_grouped(other)}",
            lambda viewer, key: self.admits(viewer, key) is True and other.admits(viewer, key) is True,
            lambda scopes: self.reach(scopes) & other.reach(scopes),
            self.scopes | other.scopes,
            self.needs_key or other.needs_key,
        )


def _grouped(rule: Rule) -> str:
    return f"({rule.name})" if " or " in rule.name else rule.name


def only(*audiences: Audience) -> Rule:
    """Any viewer of these audiences."""
    admitted = frozenset(audiences)
    name = " or ".join(audience.value for audience in Audience if audience in admitted)
    return Rule(name, lambda viewer, key: viewer.audience in admitted, lambda scopes: admitted)


def scope(name: str) -> Rule:
    """Viewers holding a declared scope."""

    def reach(scopes: Mapping[str, Scope]) -> frozenset[Audience]:
        declared = scopes.get(name)
        return declared.audiences if declared is not None else frozenset()

    return Rule(name, lambda viewer, key: name in viewer.scopes, reach, frozenset({name}))


ANYONE: Final = Rule("anyone", lambda viewer, key: True, lambda scopes: EVERYBODY)
VIA_PARENT: Final = Rule("via parent", lambda viewer, key: True, lambda scopes: EVERYBODY)
SIGNED_IN: Final = only(Audience.PARTICIPANT)
"""A participant with an account, whoever it is."""
SELF: Final = Rule(
    "self",
    lambda viewer, key: viewer.audience is Audience.PARTICIPANT and key is not None and viewer.subject == key,
    lambda scopes: frozenset({Audience.PARTICIPANT}),
    needs_key=True,
)
OWN: Final = SELF | Rule(
    "guardian",
    lambda viewer, key: viewer.audience is Audience.PARTICIPANT and key in viewer.dependants,
    lambda scopes: frozenset({Audience.PARTICIPANT}),
    needs_key=True,
)
"""The participant, or whoever may act for them: the rule of a person's records. What belongs to the account is ``SELF``."""
