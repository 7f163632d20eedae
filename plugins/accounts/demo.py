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
from plugins.accounts.dependants.demo import dependant_rows
from plugins.accounts.models import (
    BirthDatePrecision,
    Platform,
    Sex,
    credential,
    device,
    participant,
    session,
)
from plugins.accounts.personal.demo import agency_code, personal_rows
from plugins.accounts.sessions import Holder, Limits, session_row
from plugins.accounts.signing.devices import place_of

DEMO_PASSWORD: Final = "VssID-demo-2020"  # noqa: S105
DEMO_TOKENS: Final[Mapping[Audience, str]] = {
    audience: f"vss_demo-{audience.value}".ljust(47, "-")
    for audience in (Audience.PARTICIPANT, Audience.OFFICER, Audience.HOSPITAL)
}

DEMO_DEVICE: Final = "demo-device-of-a-newcomer"
"""What the application calls the device in the examples."""

NEWCOMER: Final = 50
"""The index of the person whose password is temporary."""

_DEVICE_ID: Final = "demo-device"
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
        """People, their passwords, and the first one's device and session."""
        yield DemoRows(participant, [_participant(person) for person in people])
        yield from personal_rows(people)
        yield from dependant_rows(people, demo)
        yield DemoRows(credential, [self._credential(person, demo) for person in people])
        first = [person.key for person in people if person.index == 0]
        yield DemoRows(device, [_device(key, demo) for key in first])
        holders = [Holder(Audience.PARTICIPANT, key) for key in first]
        yield DemoRows(session, [_session(holder, demo) for holder in holders], refresh=True)

    def identities(self, demo: Demo) -> Sequence[DemoIdentity]:
        """Who is signed in, who can, and who does so for the first time; officers are another plugin's."""
        person, other = participants(2, demo.seed)
        (newcomer,) = participants(1, demo.seed, first=NEWCOMER)
        code = person.social_security_code
        return (
            _identity(
                Audience.PARTICIPANT,
                f"{person.full_name}, social security code {code}",
                f"Everybody's password is {DEMO_PASSWORD}; the token is a session that is open already.",
                "MyCard",
            ),
            _signs_in(other, "Whoever is not signed in anywhere signs in at once."),
            _signs_in(
                newcomer, "A first sign-in asks for a new password, and for the code that is sent by SMS."
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
            "temporary": person.index == NEWCOMER,
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
    device_id = _DEVICE_ID if holder.audience is Audience.PARTICIPANT else None
    return session_row(id_, DEMO_TOKENS[holder.audience], holder, _A_YEAR, _midnight(demo), device_id)


def _device(participant_id: str, demo: Demo) -> dict[str, object]:
    return {
        "id": _DEVICE_ID,
        "participant_id": participant_id,
        "place": place_of(DEMO_DEVICE),
        "name": "Điện thoại demo",
        "platform": Platform.ANDROID,
        "since": _midnight(demo),
    }


def _signs_in(person: DemoParticipant, how: str) -> DemoIdentity:
    credentials = {
        "socialSecurityCode": person.social_security_code,
        "password": DEMO_PASSWORD,
        "device": {"identifier": DEMO_DEVICE, "name": "Điện thoại demo", "platform": "ANDROID"},
    }
    title = f"{person.full_name}, social security code {person.social_security_code}"
    return DemoIdentity(Audience.PUBLIC, title, how, "SignIn", variables={"credentials": credentials})


def _midnight(demo: Demo) -> dt.datetime:
    return dt.datetime.combine(demo.today, dt.time(), dt.UTC)


def _identity(audience: Audience, title: str, how: str, name: str, **variables: object) -> DemoIdentity:
    return DemoIdentity(audience, title, how, name, token=DEMO_TOKENS[audience], variables=variables)
