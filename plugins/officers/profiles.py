"""What is known of an officer, and which form it has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.access import OfficerRole
from plugins.officers.refusals import OfficerChangeRefusal

_USER_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_KEY: Final = re.compile(r"[a-z0-9._-]{1,32}")
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LONGEST_NAME: Final = 200


def is_user_name(text: str) -> bool:
    """Whether a text, in lower case, is spelt as a user name."""
    return _USER_NAME.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether a text is spelt as an officer's key; nothing else is worth a question to the database."""
    return _KEY.fullmatch(text) is not None


class ChangeRefused(Exception):
    """Nothing is changed; ``field`` is the input that is at fault."""

    def __init__(self, why: OfficerChangeRefusal, field: str | None = None) -> None:
        super().__init__(why.name)
        self.why = why
        self.field = field


@dataclass(frozen=True)
class Profile:
    """What is known of a new officer."""

    user_name: str
    full_name: str
    email: str
    agency_code: str
    roles: Sequence[OfficerRole]

    def checked(self) -> Profile:
        """The same, in one spelling; raises :class:`ChangeRefused` for what has the wrong form."""
        user_name, email = self.user_name.strip().lower(), self.email.strip()
        full_name = " ".join(unicodedata.normalize("NFC", self.full_name).split())
        if not is_user_name(user_name):
            raise ChangeRefused(OfficerChangeRefusal.MALFORMED_OFFICER, "userName")
        if not 0 < len(full_name) <= _LONGEST_NAME or not full_name.replace(" ", "").isprintable():
            raise ChangeRefused(OfficerChangeRefusal.MALFORMED_OFFICER, "fullName")
        if len(email) > _LONGEST_NAME or not _EMAIL.fullmatch(email):
            raise ChangeRefused(OfficerChangeRefusal.MALFORMED_OFFICER, "email")
        check_roles(self.roles)
        return Profile(user_name, full_name, email, self.agency_code, self.roles)


def check_roles(roles: Sequence[OfficerRole]) -> None:
    """Refuse an officer without a role."""
    if not roles:
        raise ChangeRefused(OfficerChangeRefusal.MALFORMED_OFFICER, "roles")
