"""Tokens for those who have no sign-in of their own yet: partner hospitals' systems and officers' tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from gateway.access import Audience, Scope
from gateway.agencies import CENTRE, CLAIM, is_agency_code
from plugins.accounts.sessions import Holder, Limits
from plugins.accounts.settings import AccountsSettings

# Claims are compared in SQL, some as the start of a pattern: no quotes, blanks or wildcards.
_SUBJECT: Final = re.compile(r"[0-9A-Za-z./:-]{1,64}")
_CLAIM: Final = re.compile(r"([a-z][a-z0-9_]*)=([0-9A-Za-z./:-]{1,64})")


class HolderRefused(ValueError):
    """No token for such a holder; ``problems`` has every reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def holder_of(
    audience: Audience,
    subject: str,
    scopes: frozenset[str],
    claims: tuple[str, ...],
    declared: Mapping[str, Scope],
) -> Holder:
    """The holder that a token is asked for; ``claims`` are ``name=value``. Raises :class:`HolderRefused`."""
    problems = (*_problems(audience, subject, scopes, declared), *_malformed(audience, claims))
    if problems:
        raise HolderRefused(problems)
    parts = (claim.partition("=") for claim in claims)
    return Holder(audience, subject, scopes, {name: value for name, _, value in parts})


def limits_for(audience: Audience, days: int | None, settings: AccountsSettings) -> Limits:
    """So many days, used or not; without a number, what the settings say for the audience."""
    if days is not None:
        return Limits(timedelta(days=days), idle=None)
    return settings.hospital if audience is Audience.HOSPITAL else settings.officer


def _problems(
    audience: Audience, subject: str, scopes: frozenset[str], declared: Mapping[str, Scope]
) -> Iterator[str]:
    if _SUBJECT.fullmatch(subject) is None:
        yield "subject: 1 to 64 letters, digits and ./:-"
    for name in sorted(scopes):
        scope = declared.get(name)
        if scope is None:
            yield f"scope {name}: no plugin declares it; there are {', '.join(sorted(declared))}"
        elif audience not in scope.audiences:
            yield f"scope {name}: not for {audience.value}"


def _malformed(audience: Audience, claims: tuple[str, ...]) -> Iterator[str]:
    for position, claim in enumerate(claims, start=1):
        match = _CLAIM.fullmatch(claim)
        if match is None:
            yield f"claim {position}: write name=value, the value in letters, digits and ./:-"
        elif audience is Audience.OFFICER and match[1] == CLAIM and not is_agency_code(match[2]):
            yield f"claim {position}: an agency's code has 3 digits (a province) or 5 (a district); {CENTRE} is the centre"
