"""Roles: as clients read them, and as they are stored, their names in one order with blanks between them."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.access import OfficerRole
from gateway.authoring import enumeration

enumeration(
    RECEIVER="Receives people and their papers (Cán bộ tiếp nhận).",
    APPROVER="Decides what a receiver has prepared (Cán bộ phê duyệt).",
    FEEDBACK_HANDLER="Answers feedback and propositions (Cán bộ xử lý phản ánh, kiến nghị).",
    BOARD_MONITOR="Watches and urges at the centre (Ban theo dõi, đôn đốc).",
    IT_CENTER="Supports, supervises and reports; sees no person's data (Trung tâm CNTT).",
    ADMINISTRATOR="Looks after the officers of an agency and of those below it (Quản trị người dùng).",
)(OfficerRole)


def stored(roles: Iterable[OfficerRole]) -> str:
    """What the column ``roles`` holds."""
    had = frozenset(roles)
    return " ".join(role.name for role in OfficerRole if role in had)


def roles_of(stored: str) -> list[OfficerRole]:
    """What the officer is there for (Vai trò)."""
    return [OfficerRole[name] for name in stored.split()]
