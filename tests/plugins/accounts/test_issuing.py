"""Tokens issued by hand: for whom, what they may do, how long they last."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.access import Audience, Scope
from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from gateway.credentials import is_token
from gateway.testing import NOW
from plugins.accounts.issuing import HolderRefused, holder_of, limits_for
from plugins.accounts.sessions import PREFIX
from plugins.accounts.settings import AccountsSettings

SCOPES = {
    "cards:read": Scope("cards:read", frozenset({Audience.HOSPITAL, Audience.OFFICER}), "Read cards."),
    "cards:decide": Scope("cards:decide", frozenset({Audience.OFFICER}), "Decide."),
}


def test_a_holder_has_what_was_asked_for() -> None:
    holder = holder_of(Audience.OFFICER, "o-17", frozenset(SCOPES), ("agency=07906", "desk=79/3"), SCOPES)
    assert holder.scopes == {"cards:read", "cards:decide"}
    assert holder.claims == {"agency": "07906", "desk": "79/3"}


@pytest.mark.parametrize(
    ("subject", "scopes", "claims", "named"),
    [
        ("", (), (), "subject"),
        ("01 001", (), (), "subject"),
        ("x" * 65, (), (), "subject"),
        ("01001", ("cards:raed",), (), "cards:raed"),
        ("01001", ("cards:decide",), (), "not for hospital"),
        ("01001", (), ("agency",), "claim 1"),
        ("01001", (), ("agency=1", "agency=79%"), "claim 2"),
        ("01001", (), ("agency=7_",), "claim 1"),
        ("01001", (), ("agency=7'",), "claim 1"),
        ("01001", (), ("Agency=7",), "claim 1"),
        ("01001", (), ("agency=",), "claim 1"),
    ],
)
def test_refused_holders(subject: str, scopes: tuple[str, ...], claims: tuple[str, ...], named: str) -> None:
    with pytest.raises(HolderRefused, match=named):
        holder_of(Audience.HOSPITAL, subject, frozenset(scopes), claims, SCOPES)


@pytest.mark.parametrize("agency", ["79", "0790", "00001", "a79"])
def test_an_officers_agency_is_one(agency: str) -> None:
    with pytest.raises(HolderRefused, match="claim 1: an agency's code"):
        holder_of(Audience.OFFICER, "o-17", frozenset(), (f"agency={agency}",), SCOPES)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(HolderRefused) as refused:
        holder_of(Audience.HOSPITAL, "", frozenset({"a", "b"}), ("c", "d"), SCOPES)
    assert len(refused.value.problems) == 5


@pytest.mark.parametrize(
    ("audience", "days", "absolute", "idle"),
    [
        (Audience.HOSPITAL, None, dt.timedelta(days=90), None),
        (Audience.OFFICER, None, dt.timedelta(hours=12), dt.timedelta(minutes=30)),
        (Audience.OFFICER, 7, dt.timedelta(days=7), None),
    ],
)
def test_how_long_a_token_lasts(
    audience: Audience, days: int | None, absolute: dt.timedelta, idle: dt.timedelta | None
) -> None:
    limits = limits_for(audience, days, AccountsSettings())
    assert (limits.absolute, limits.idle) == (absolute, idle)


@pytest.fixture
def installation(plugins: Mapping[str, object], tmp_path: Path) -> Installation:
    environ = {"VSSID_DATABASE_URL": f"sqlite:///{tmp_path}/t.sqlite3"}
    made = Installation(environ, plugins, lambda: NOW)
    assert CliRunner().invoke(vssid(), ["migrate"], obj=made).exit_code == 0
    return made


ISSUE = ("accounts", "issue-token", "--audience", "hospital", "--subject", "01001", "--scope", "hi_card:read")


def test_a_token_is_printed_alone_and_can_be_revoked_once(installation: Installation, tmp_path: Path) -> None:
    issued = CliRunner().invoke(vssid(), ISSUE, obj=installation)
    assert issued.exit_code == 0
    assert is_token(issued.stdout.removesuffix("\n"), PREFIX)
    _, session, *_ = issued.stderr.replace(",", "").split()
    revoke = ("accounts", "revoke-token", session)
    assert CliRunner().invoke(vssid(), revoke, obj=installation).exit_code == 0
    again = CliRunner().invoke(vssid(), revoke, obj=installation)
    assert again.exit_code == 1
    assert "No such session" in again.output
    with closing(sqlite3.connect(tmp_path / "t.sqlite3")) as connection:
        noted = list(connection.execute("SELECT action, reason, audience FROM audit_entry ORDER BY number"))
    assert noted == [
        ("accounts:issue_token", f"session {session} of hospital 01001", "operator"),
        ("accounts:revoke_token", f"session {session}", "operator"),
    ]


def test_a_refused_holder_gets_no_token(installation: Installation) -> None:
    refused = CliRunner().invoke(vssid(), (*ISSUE, "--scope", "accounts:find"), obj=installation)
    assert refused.exit_code == 2
    assert "accounts:find: not for hospital" in refused.output
    assert "vss_" not in refused.output
