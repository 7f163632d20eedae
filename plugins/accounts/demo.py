"""Demo accounts: everybody signs in with one password, and one token for each audience is known beforehand.

The password and the tokens below are no secrets: only ``vssid demo`` writes them, and that refuses to run in production.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from gateway.access import Audience
from gateway.agencies import CENTRE, CLAIM
from gateway.credentials import salted_hash
from gateway.demo import Demo, DemoData, DemoIdentity, DemoRows
from gateway.demo.people import DemoParticipant, facility_code, participants
from gateway.settings import CoreSettings
from plugins.accounts.models import BirthDatePrecision, Sex, credential, participant, session
from plugins.accounts.personal.demo import agency_code, personal_rows
from plugins.accounts.sessions import Holder, Limits, session_row

DEMO_PASSWORD: Final = "VssID-demo-2020"  # noqa: S105
DEMO_TOKENS: Final[Mapping[Audience, str]] = {
    audience: f"vss_demo-{audience.value}".ljust(47, "-")
    for audience in (Audience.PARTICIPANT, Audience.OFFICER, Audience.HOSPITAL)
}

_OFFICER: Final = Holder(
    Audience.OFFICER,
    "demo-officer",
    frozenset({"accounts:find", "accounts:identity", "accounts:personal", "hi_card:read"}),
    {CLAIM: CENTRE},
)
_HOSPITAL: Final = Holder(
    Audience.HOSPITAL, facility_code("01", 1), frozenset({"accounts:identity", "hi_card:read"})
)
_A_YEAR: Final = Limits(dt.timedelta(days=365), idle=None)


class AccountsDemo(DemoData):
    """People with an account each; the first of them, an officer and a hospital are signed in."""

    def reference(self, demo: Demo) -> Iterator[DemoRows]:
        """The officer's and the hospital's sessions."""
        yield DemoRows(session, [_session(_OFFICER, demo), _session(_HOSPITAL, demo)], refresh=True)

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        """People, their passwords, and the first one's session."""
        yield DemoRows(participant, [_participant(person) for person in people])
        yield from personal_rows(people)
        yield DemoRows(credential, [self._credential(person, demo) for person in people])
        first = [Holder(Audience.PARTICIPANT, person.key) for person in people if person.index == 0]
        yield DemoRows(session, [_session(holder, demo) for holder in first], refresh=True)

    def identities(self, demo: Demo) -> Sequence[DemoIdentity]:
        """The three who are signed in."""
        (person,) = participants(1, demo.seed)
        code = person.social_security_code
        return (
            _identity(
                Audience.PARTICIPANT,
                f"{person.full_name}, social security code {code}",
                f"Everybody's password is {DEMO_PASSWORD}; the token is a session that is open already.",
                "MyCard",
            ),
            _identity(
                Audience.OFFICER,
                "An officer of social security",
                "The token may find and read participants and cards.",
                "FindParticipant",
                socialSecurityCode=code,
            ),
            _identity(
                Audience.HOSPITAL,
                f"The information system of hospital {_HOSPITAL.subject}",
                "The token may check cards; `vssid accounts issue-token` makes others.",
                "CheckCard",
                number=code,
            ),
        )

    def _credential(self, person: DemoParticipant, demo: Demo) -> dict[str, object]:
        return {
            "participant_id": person.key,
            "password_hash": self._password_hash,
            "changed_at": _midnight(demo),
        }

    @cached_property
    def _password_hash(self) -> str:
        """One for all: a salt each would take twenty milliseconds a person."""
        return salted_hash(DEMO_PASSWORD, b"of-demo-accounts", CoreSettings())


def _participant(person: DemoParticipant) -> dict[str, object]:
    return {
        "id": person.key,
        "social_security_code": person.social_security_code,
        "full_name": person.full_name,
        "birth_date": person.birth_date,
        "birth_date_precision": BirthDatePrecision[person.birth_date_precision.name],
        "sex": Sex[person.sex.name],
        "agency_code": agency_code(person),
    }


def _session(holder: Holder, demo: Demo) -> dict[str, object]:
    id_ = f"demo-{holder.audience.value}"
    return session_row(id_, DEMO_TOKENS[holder.audience], holder, _A_YEAR, _midnight(demo))


def _midnight(demo: Demo) -> dt.datetime:
    return dt.datetime.combine(demo.today, dt.time(), dt.UTC)


def _identity(audience: Audience, title: str, how: str, name: str, **variables: object) -> DemoIdentity:
    return DemoIdentity(audience, title, how, name, token=DEMO_TOKENS[audience], variables=variables)
