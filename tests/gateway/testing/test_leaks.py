"""The check for private texts catches each kind in each sink, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.demo.people import participants
from gateway.folding import folded
from gateway.testing.private_texts import PrivateTexts

(PERSON,) = participants(1, 1, first=7)
TOKEN = "vss_" + "Ab1-_" * 8 + "xyz"

PLANTED = f"""
import asyncio, logging, subprocess, sys

import pyotp, pytest

from gateway.credentials import PasswordHashing
from gateway.settings import CoreSettings
from gateway.telemetry import Telemetry

NAME, PHONE, CODE = {PERSON.full_name!r}, {PERSON.phone!r}, {PERSON.social_security_code!r}
TOKEN, SECRET = {TOKEN!r}, pyotp.random_base32()
LOG = logging.getLogger("gateway.somewhere")
WRITES = "import sys; sys.stderr.write(sys.argv[1])"


def test_nothing():
    LOG.warning("one of %d, in %s s", 123456, 0.123456)
    with Telemetry().span("operation", **{{"vssid.operation": "Me"}}):
        pass


def test_name_in_a_log():
    LOG.info("hello %s", NAME)


def test_code_in_a_log_of_others():
    logging.getLogger("of.others").warning(f"refused {{CODE}}: %s", "x")


def test_phone_in_extra():
    LOG.warning("refused", extra={{"operation": PHONE}})


def test_token_in_extra_that_is_not_written():
    LOG.warning("refused", extra={{"anything": TOKEN}})


def test_password_in_a_log():
    async def sign_in():
        async with PasswordHashing(CoreSettings(hashing_memory=64, hashing_passes=1)) as hashing:
            await hashing.verify(None, "a pass-phrase")
    asyncio.run(sign_in())
    LOG.warning("%s is wrong", "a pass-phrase")


def test_one_time_code_in_a_log():
    LOG.warning("sent %s", pyotp.HOTP(SECRET).at(3))


def test_name_of_a_span():
    with Telemetry().span(NAME):
        pass


def test_phone_in_an_attribute():
    with Telemetry().span("operation", phone=PHONE):
        pass


def test_code_in_an_exception():
    with Telemetry().span("operation") as span:
        span.record_exception(ValueError(CODE))


def test_token_in_a_metric():
    telemetry = Telemetry()
    telemetry.operation(TOKEN, "query", __import__("gateway.access").access.Audience.PUBLIC, "OK", 1.0)


def test_name_in_a_metric_that_is_shut_down():
    telemetry = Telemetry()
    telemetry.throttled(NAME)
    telemetry.shutdown()


@pytest.mark.untraced
def test_nothing_that_is_not_asked_for():
    Telemetry().throttled(NAME)


def test_name_that_is_captured():
    sys.stderr.write(NAME)


def test_phone_of_another_process():
    subprocess.run([sys.executable, "-c", WRITES, PHONE], check=True)


def test_phone_of_another_process_that_is_read():
    subprocess.run([sys.executable, "-c", WRITES, PHONE], check=True, stderr=subprocess.PIPE)


def test_phone_read_by_lines():
    with subprocess.Popen([sys.executable, "-c", WRITES, PHONE], stderr=subprocess.PIPE) as process:
        assert list(process.stderr)


async def test_phone_of_another_process_beside():
    command = sys.executable, "-c", WRITES, PHONE
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
    await process.communicate()


@pytest.fixture
def telling():
    yield
    LOG.warning("good-bye %s", NAME)


def test_name_in_the_log_of_a_fixture(telling):
    pass
"""
EXPECTED = {
    "name_in_a_log": "name in log",
    "code_in_a_log_of_others": "code in log",
    "phone_in_extra": "phone in log",
    "token_in_extra_that_is_not_written": "token in log",
    "password_in_a_log": "password in log",
    "one_time_code_in_a_log": "one-time code in log",
    "name_of_a_span": "name in span",
    "phone_in_an_attribute": "phone in span",
    "code_in_an_exception": "code in span",
    "token_in_a_metric": "token in metric",
    "name_in_a_metric_that_is_shut_down": "name in metric",
    "name_that_is_captured": "name in standard error",
    "phone_of_another_process": "phone in standard error",
    "phone_of_another_process_that_is_read": "phone in standard error",
    "phone_read_by_lines": "phone in standard error",
    "phone_of_another_process_beside": "phone in standard error",
    "name_in_the_log_of_a_fixture": "name in log",
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the planted leaks."""
    file = tmp_path_factory.mktemp("leaks") / "test_planted.py"
    file.write_text(PLANTED)
    options = ["-p", "no:cacheprovider", "-c", "pyproject.toml", "-q", "-rN"]  # switched on as for all tests
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(file)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stdout


def test_every_planted_leak_is_named(reported: str) -> None:
    leaks = dict(
        line.rpartition("::test_")[2].split(" leaks: ", 1)
        for line in reported.splitlines()
        if " leaks: " in line
    )
    assert leaks == EXPECTED, reported


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (PERSON.full_name, {"name"}),
        (f"hello {PERSON.full_name.upper()}!", {"name"}),
        (folded(PERSON.full_name), {"name"}),
        ("Nguyễn Văn An", {"name"}),
        (r"Nguy\u1ec5n V\u0103n An", {"name"}),
        ("?name=Nguy%E1%BB%85n%20V%C4%83n%20An", {"name"}),
        ("code=0012345678,", {"code"}),
        ("GD479" + "0012345678", {"code"}),
        ("000112345678", {"code"}),
        ("+84912345678", {"phone"}),
        ("tel:0912345678.", {"phone"}),
        (f"Bearer {TOKEN}", {"token"}),
        ("vss_demo-participant".ljust(47, "-"), {"token"}),
        ("abcd-efgh-jkmn-2345", {"temporary password"}),
        ("abcd-ef2h-jkmn", {"recovery code"}),
        ("some-more-text", set()),
        ("$argon2id$v=19$m=64", {"password hash"}),
        ("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", {"authenticator secret"}),
        ("SELECT officers_session.id, officers_session.token_hash FROM officers_session WHERE id = ?", set()),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", set()),
        ("123e4567-e89b-12d3-a456-426614174000", set()),
        ("2020-12-01T02:00:00.123456+00:00", set()),
        ("1606788000.0012345678", set()),
        ("0.0912345678", set()),
        ("a request to /graphql took 0.012 s; 1234567890123 bytes", set()),
    ],
)
def test_what_is_private_by_its_looks(text: str, kinds: set[str]) -> None:
    assert PrivateTexts().kinds_in([text]) == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("the code 123456 was sent", {"one-time code"}),
        ('"123456"', {"one-time code"}),
        ("0.123456 s, 1234567, a123456, 02:00:00.123456, 123456.5", set()),
        ("the code 654321 was sent", set()),
        ("wrong: a pass-phrase", {"password"}),
    ],
)
def test_what_is_private_because_it_is_in_use(text: str, kinds: set[str]) -> None:
    private = PrivateTexts()
    private.code("123456")
    private.password("a pass-phrase")
    private.password("short")
    private.password("password")
    assert private.kinds_in([text, "short password"]) == kinds
    private.forget()
    assert private.kinds_in([text]) == set()
