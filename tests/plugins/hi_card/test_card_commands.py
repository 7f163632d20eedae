"""``vssid card``: codes are checked without a database and a network, keys are kept by operators."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from gateway.testing import NOW, SECRET
from plugins.hi_card.signing_keys import json_web_key
from tests.plugins.hi_card import test_verification as codes
from tests.stores import Store

AT = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file of public keys."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [json_web_key(codes.KEY.id, codes.KEY.public)]}))
    return path


def run(*arguments: str, given: str | None = None, environ: Mapping[str, str] | None = None) -> Result:
    nowhere = {
        "VSSID_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "VSSID_SCHEMA_PATH": "/nonexistent",
    }
    installation = Installation(environ or nowhere, clock=lambda: NOW)
    return CliRunner().invoke(vssid(), ["card", *arguments], input=given, obj=installation)


def test_a_code_is_checked_without_anything_else(keys: Path) -> None:
    result = run("verify", codes.TOKEN, "--keys", str(keys))

    assert result.exit_code == 0, result.output
    assert result.output.startswith("VALID")
    assert "Nguyễn Thị Thuỳ Dương" in result.output


@pytest.mark.parametrize(
    ("token", "at", "status", "word"),
    [
        (codes.TOKEN, AT, 0, "VALID"),
        (codes.TOKEN, "2026-01-15T04:00:00Z", 3, "EXPIRED"),
        (codes.TOKEN, "2026-01-15T02:00:00Z", 4, "NOT YET VALID"),
        (codes.forged({"kid": "nobody"}), AT, 5, "UNKNOWN KEY"),
        (codes.TOKEN[:-2], AT, 6, "CHANGED"),
        ("hello", AT, 6, "CHANGED"),
        (codes.forged(claims={"aud": "login"}), AT, 7, "FOR SOMETHING ELSE"),
        (
            codes.forged(claims={"card": codes.FACTS.written() | {"st": "WITHDRAWN"}}),
            AT,
            8,
            "DOES NOT COUNT",
        ),
    ],
)
def test_every_outcome_has_a_word_and_a_status(
    keys: Path, token: str, at: str, status: int, word: str
) -> None:
    result = run("verify", "--keys", str(keys), "--at", at, given=f"{token}\r\n")

    assert result.exit_code == status
    assert word in result.output


def test_what_is_no_file_of_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("{}")

    assert run("verify", codes.TOKEN, "--keys", str(path)).exit_code == 2


def test_the_command_is_there_in_a_process_of_its_own(keys: Path) -> None:
    command = [sys.executable, "-m", "gateway", "card", "verify", "--keys", str(keys), "--at", AT]
    done = subprocess.run(command, input=codes.TOKEN, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout.split(":")[0]) == (0, "VALID"), done.stderr


def test_an_operator_changes_keys(store: Store) -> None:
    environ = {
        "VSSID_DATABASE_URL": store.url,
        "VSSID_SECRET_KEY": SECRET.decode(),
        "VSSID_SCHEMA_PATH": "/nonexistent",
    }
    first = run("keys", "rotate", environ=environ)
    assert first.exit_code == 0, first.output
    key = first.output.split("Made key ")[1][:16]
    assert "No other key" in run("keys", "retire", key, environ=environ).output
    assert run("keys", "rotate", "--at-once", environ=environ).exit_code == 0
    assert run("keys", "retire", key, environ=environ).output == f"Retired key {key}.\n"

    listed = run("keys", "list", environ=environ).output.splitlines()
    assert sorted(line.split()[1] for line in listed) == ["retired", "signing"]


def test_keys_need_a_secret(store: Store) -> None:
    result = run(
        "keys", "rotate", environ={"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}
    )

    assert result.exit_code == 2
    assert "VSSID_SECRET_KEY" in result.output
