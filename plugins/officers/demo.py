"""Demo agencies, and officers who sign in with one password and one authenticator app.

The password, the app's secret and the token below are no secrets: only ``vssid demo`` writes them, and that refuses to run in
production.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from gateway.access import Audience, OfficerRole
from gateway.agencies import CENTRE, above
from gateway.credentials import Sealing, salted_hash
from gateway.demo import Demo, DemoData, DemoIdentity, DemoRows
from gateway.demo.people import participants
from gateway.settings import CoreSettings
from plugins.officers.models import agency, officer, session
from plugins.officers.roles import stored
from plugins.officers.sessions import session_row
from plugins.officers.settings import OfficersSettings

DEMO_PASSWORD: Final = "VssID-demo-2020"  # noqa: S105
DEMO_SECRET: Final = "VSSIDDEMOVSSIDDEMOVSSIDDEMO2345A"  # noqa: S105
DEMO_TOKEN: Final = "vso_demo-officer".ljust(47, "-")
DEMO_OFFICER: Final = "demo.officer"
DEMO_APPROVER: Final = "demo.approver"
"""Confirms what the other officer has asked for; nobody does both."""
DEMO_ADMINISTRATOR: Final = "demo.admin"
DISTRICTS: Final = 12
"""Of each province."""

_PROVINCES: Final = {
    "001": "thành phố Hà Nội",
    "042": "tỉnh Hà Tĩnh",
    "044": "tỉnh Quảng Bình",
    "045": "tỉnh Quảng Trị",
    "046": "tỉnh Thừa Thiên Huế",
    "048": "thành phố Đà Nẵng",
    "049": "tỉnh Quảng Nam",
    "051": "tỉnh Quảng Ngãi",
    "052": "tỉnh Bình Định",
    "054": "tỉnh Phú Yên",
    "062": "tỉnh Kon Tum",
    "079": "thành phố Hồ Chí Minh",
}
_OFFICERS: Final = {
    DEMO_OFFICER: (
        CENTRE,
        "Cán bộ Trung Ương",
        (OfficerRole.RECEIVER, OfficerRole.APPROVER, OfficerRole.ADMINISTRATOR),
    ),
    DEMO_APPROVER: (CENTRE, "Cán bộ Phê Duyệt", (OfficerRole.APPROVER,)),
    DEMO_ADMINISTRATOR: (CENTRE, "Cán bộ Quản Trị", (OfficerRole.ADMINISTRATOR,)),
    "demo.hatinh": ("042", "Cán bộ Hà Tĩnh", (OfficerRole.RECEIVER, OfficerRole.ADMINISTRATOR)),
    "demo.quan1": ("07901", "Cán bộ Quận Một", (OfficerRole.RECEIVER,)),
}
_A_YEAR: Final = dt.timedelta(days=365)


class OfficersDemo(DemoData):
    """The centre, Hà Nội, Hồ Chí Minh and the ten pilot provinces with their districts, and a few officers, one signed in."""

    def reference(self, demo: Demo) -> Iterator[DemoRows]:
        """Agencies, officers, and the session."""
        districts = {
            f"{code}{number:02}": f"quận, huyện {number:02}, {name}"
            for code, name in _PROVINCES.items()
            for number in range(1, DISTRICTS + 1)
        }
        agencies = [_agency(code, name) for code, name in (_PROVINCES | districts).items()]
        yield DemoRows(agency, agencies)
        # Written anew at every start: the app's secret is sealed with the key of this process.
        yield DemoRows(officer, [self._officer(name, demo) for name in _OFFICERS], refresh=True)
        yield DemoRows(session, [_session(demo)], refresh=True)

    def identities(self, demo: Demo) -> Sequence[DemoIdentity]:
        """The one who is signed in."""
        (person,) = participants(1, demo.seed)
        return (
            DemoIdentity(
                Audience.OFFICER,
                "An officer of the centre",
                f"`officerSignIn` takes user name {DEMO_OFFICER} or {DEMO_APPROVER}, password {DEMO_PASSWORD} and the "
                "code that `vssid officers demo-code` prints; the token is a session that is open already.",
                "FindParticipant",
                token=DEMO_TOKEN,
                variables={"socialSecurityCode": person.social_security_code},
            ),
        )

    def _officer(self, name: str, demo: Demo) -> dict[str, object]:
        agency_code, full_name, roles = _OFFICERS[name]
        return {
            "id": name,
            "user_name": name,
            "full_name": full_name,
            "email": f"{name}@example.org",
            "agency_code": agency_code,
            "roles": stored(roles),
            "password_hash": self._password_hash,
            "temporary_until": None,
            "totp": Sealing(demo.secret, "officers totp").sealed(DEMO_SECRET, name),
            "used_step": None,
            "created_at": _midnight(demo),
            "disabled_at": None,
        }

    @cached_property
    def _password_hash(self) -> str:
        return salted_hash(DEMO_PASSWORD, b"of-demo-officers", CoreSettings())


def _agency(code: str, name: str) -> dict[str, object]:
    return {"code": code, "name": f"BHXH {name}", "above": above(code)}


def _session(demo: Demo) -> dict[str, object]:
    now = _midnight(demo)
    row = session_row("demo-officer", DEMO_TOKEN, DEMO_OFFICER, OfficersSettings(), now)
    return row | {"idle_seconds": int(_A_YEAR.total_seconds()), "expires_at": now + _A_YEAR}


def _midnight(demo: Demo) -> dt.datetime:
    return dt.datetime.combine(demo.today, dt.time(), dt.UTC)
