"""``vssid officers``: the first administrator, and what is done where nobody can sign in."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from gateway.testing import NOW
from plugins.officers.demo import DEMO_SECRET

ADD = ("add", "Lan.Nguyen", "--name", "Nguyễn Thị Lan", "--email", "lan@example.org")
BINH = (
    "add",
    "binh",
    "--name",
    "Trần Bình",
    "--email",
    "binh@example.org",
    "--agency",
    "07921",
    "--role",
    "receiver",
)


class Officers:
    """Runs ``vssid officers`` on a migrated database."""

    def __init__(self, plugins: Mapping[str, object], environ: Mapping[str, str]) -> None:
        self.installation = Installation(environ, plugins, lambda: NOW)
        assert CliRunner().invoke(vssid(), ["migrate"], obj=self.installation).exit_code == 0

    def __call__(self, *arguments: str, status: int = 0) -> Result:
        done = CliRunner().invoke(vssid(), ["officers", *arguments], obj=self.installation)
        assert done.exit_code == status, done.output
        return done


@pytest.fixture
def officers(plugins: Mapping[str, object], tmp_path: Path) -> Officers:
    return Officers(
        plugins, {"VSSID_DATABASE_URL": f"sqlite:///{tmp_path}/t.sqlite3", "VSSID_SCHEMA_PATH": str(tmp_path)}
    )


def test_the_first_administrator(officers: Officers) -> None:
    added = officers(*ADD)
    password = added.stdout.strip()
    assert len(password) == 19
    assert added.stdout == password + "\n"
    assert "until 2026-01-22 03:00 UTC" in added.stderr
    assert "VSSID_SECRET_KEY" in added.stderr
    assert officers("list").stdout == "lan.nguyen\t000\tadministrator\ttemporary password\n"
    assert "The user name is taken. (userName)" in officers(*ADD, status=1).stderr


def test_an_officer_of_a_district_needs_its_agency(officers: Officers) -> None:
    assert "There is no such agency. (agencyCode)" in officers(*BINH, status=1).stderr
    assert "add that first" in officers("add-agency", "07921", "BHXH Quận 1", status=1).stderr
    officers("add-agency", "079", "BHXH TP Hồ Chí Minh")
    officers("add-agency", "07921", "BHXH Quận 1")
    assert "there already" in officers("add-agency", "07921", "BHXH Quận 1", status=1).stderr
    officers(*BINH)
    assert "binh\t07921\treceiver" in officers("list").stdout


@pytest.mark.parametrize("code", ["", "79", "0792", "000", "00001", "x79", "07921 "])
def test_what_is_no_agency(officers: Officers, code: str) -> None:
    assert "CODE has three digits" in officers("add-agency", code, "BHXH", status=2).stderr


def test_the_last_administrator_of_the_centre_stays(officers: Officers) -> None:
    officers(*ADD)
    assert "keeps one administrator" in officers("disable", "lan.nguyen", status=1).stderr
    officers("add", "second", "--name", "Hai", "--email", "hai@example.org")
    officers("disable", "LAN.nguyen")
    assert "lan.nguyen\t000\tadministrator\tdisabled" in officers("list").stdout
    assert "keeps one administrator" in officers("disable", "second", status=1).stderr


def test_a_reset_gives_another_password_and_brings_back(officers: Officers) -> None:
    first = officers(*ADD).stdout
    officers("add", "second", "--name", "Hai", "--email", "hai@example.org")
    officers("disable", "lan.nguyen")
    assert officers("reset", "lan.nguyen").stdout != first
    assert "lan.nguyen\t000\tadministrator\ttemporary password" in officers("list").stdout


def test_every_change_is_in_the_audit_trail(
    officers: Officers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "the.operator")
    officers("add-agency", "079", "BHXH TP Hồ Chí Minh")
    officers(*ADD)
    officers("add", "second", "--name", "Hai", "--email", "hai@example.org")
    officers("reset", "second")
    officers("disable", "second")
    officers(*ADD, status=1)
    officers("disable", "lan.nguyen", status=1)
    officers("list")
    with sqlite3.connect(tmp_path / "t.sqlite3") as connection:
        first, second = (
            key for (key,) in connection.execute("SELECT id FROM officers_officer ORDER BY user_name")
        )
        noted = list(connection.execute("SELECT action, reason, audience, actor, result FROM audit_entry"))
    connection.close()
    told = [("add_agency", "079"), ("add", first), ("add", second), ("reset", second), ("disable", second)]
    assert noted == [(f"officers:{verb}", what, "operator", "the.operator", "done") for verb, what in told]
    whole = CliRunner().invoke(vssid(), ["audit", "verify"], obj=officers.installation)
    assert whole.output.startswith("The audit trail is whole: 5 entries")


@pytest.mark.parametrize("command", ["disable", "reset"])
def test_nobody(officers: Officers, command: str) -> None:
    assert "there is no officer of this user name" in officers(command, "nobody", status=1).stderr


def test_the_code_of_the_demo_is_for_development(plugins: Mapping[str, object], tmp_path: Path) -> None:
    environ = {"VSSID_DATABASE_URL": f"sqlite:///{tmp_path}/t.sqlite3", "VSSID_SCHEMA_PATH": str(tmp_path)}
    assert Officers(plugins, environ)("demo-code").stdout.strip() == pyotp.TOTP(DEMO_SECRET).at(NOW)
    secured = environ | {"VSSID_ENVIRONMENT": "production", "VSSID_SECRET_KEY": "x" * 32}
    assert "no demo officers" in Officers(plugins, secured)("demo-code", status=1).stderr
