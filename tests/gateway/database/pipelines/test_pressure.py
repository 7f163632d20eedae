"""More than fits into a socket, in both directions; and the same within TLS."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import ARRAY, String, bindparam, func, select

from gateway.database import DatabaseUnavailable, Timeouts
from gateway.database.pipelines import PostgreSQLRounds
from gateway.database.rounds import Batch
from tests.gateway.database.pipelines.server import Line, Observer, opened_rounds, pid, sql

PATIENT = Timeouts(statement=10, connect=5, wait=10)
ONE = [(sql("SELECT 1"), ())]
TEXTS = [f"{number:06} " + "đồng" * 8 for number in range(40_000)]
"""2.3 MB."""


def echo(rounds: PostgreSQLRounds, times: int) -> Batch:
    """Each statement takes all the texts and gives them back, so that both sides have much to write at the same time."""
    read = rounds.compile(select(func.unnest(bindparam("texts", type_=ARRAY(String)))))
    return [(read, [TEXTS])] * times


async def test_much_is_sent_and_received_at_once(url: str) -> None:
    async with opened_rounds(url, 1, PATIENT) as rounds:
        before = await pid(rounds)
        expected = [(text,) for text in TEXTS]
        for rows in await rounds.fetch(echo(rounds, 4)):
            assert rows == expected
        async with rounds.snapshot() as snapshot:
            assert await snapshot.fetch([*echo(rounds, 1), *ONE]) == [expected, [(1,)]]
        assert await pid(rounds) == before
        start = time.process_time()
        await asyncio.sleep(0.3)
        assert time.process_time() - start < 0.1  # nothing is left to do


async def test_others_are_served_meanwhile(url: str) -> None:
    async with opened_rounds(url, 2, PATIENT) as rounds:
        much = asyncio.create_task(rounds.fetch(echo(rounds, 4)))
        served = 0
        while not much.done():
            assert await rounds.fetch(ONE) == [[(1,)]]
            served += 1
        assert len(await much) == 4
        assert served > 10


@pytest.mark.parametrize("moment", [0, 0.01, 0.05, 0.1])
async def test_a_caller_may_leave_in_the_middle(url: str, observer: Observer, moment: float) -> None:
    async with opened_rounds(url, 1, PATIENT) as rounds:
        await rounds.fetch(ONE)
        much = asyncio.create_task(rounds.fetch(echo(rounds, 4)))
        await asyncio.sleep(moment)
        much.cancel()
        await asyncio.gather(much, return_exceptions=True)
        async with asyncio.timeout(2):
            assert await rounds.fetch(ONE) == [[(1,)]]
        await observer.until(1)


async def test_a_server_that_takes_nothing_more_is_given_up_in_time(line: Line) -> None:
    async with opened_rounds(line.url, 1, Timeouts(statement=0.3, connect=2, wait=1)) as rounds:
        await rounds.fetch(ONE)
        line.deafen()
        with pytest.raises(DatabaseUnavailable, match="did not answer"):
            await rounds.fetch(echo(rounds, 4))
        line.resume()
        assert await rounds.fetch(ONE) == [[(1,)]]


# --- TLS -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificate:
    """Of localhost, signed by itself."""

    path: Path
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Made by OpenSSL's own tool: the tests' server knows no TLS, so the line to it does."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out certificate.pem".split(),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return Certificate(folder / "certificate.pem", context)


@pytest.fixture
async def secure_line(url: str, certificate: Certificate) -> AsyncIterator[Line]:
    """A way to the server within TLS."""
    line = Line(url, certificate.context)
    await line.open()
    yield line
    await line.shut()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_tls_is_used_as_the_url_says(secure_line: Line, certificate: Certificate, host: str) -> None:
    verified = (
        f"{secure_line.url.replace('127.0.0.1', host)}?sslmode=verify-full&sslrootcert={certificate.path}"
    )
    async with opened_rounds(verified, 2, PATIENT) as rounds:
        assert await rounds.fetch(ONE) == [[(1,)]]
        expected = [(text,) for text in TEXTS]
        for rows in await rounds.fetch(echo(rounds, 2)):
            assert rows == expected
        secure_line.piece = 1000
        for length in range(4000, 40000, 1531):  # answers that end anywhere in a record
            wide = sql(f"SELECT repeat('x', {length}) FROM generate_series(1, 3)")
            assert await rounds.fetch([(wide, ())]) == [[("x" * length,)] * 3]


async def test_a_certificate_that_nobody_vouches_for_is_refused(secure_line: Line, tmp_path: Path) -> None:
    (tmp_path / "none.pem").touch()
    for doubt in (f"sslmode=verify-full&sslrootcert={tmp_path}/none.pem", "sslmode=disable"):
        async with opened_rounds(f"{secure_line.url}?{doubt}") as rounds:
            with pytest.raises(DatabaseUnavailable, match="cannot connect"):
                await rounds.fetch(ONE)


async def test_a_cancelled_statement_is_stopped_within_tls(secure_line: Line, observer: Observer) -> None:
    asleep = "wait_event = 'PgSleep'"
    async with opened_rounds(f"{secure_line.url}?sslmode=require", 1, PATIENT) as rounds:
        waiting = asyncio.create_task(rounds.fetch([(sql("SELECT pg_sleep(20)::text"), ())]))
        await observer.until(1, asleep)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await observer.until(0, asleep, within=2)
        assert await rounds.fetch(ONE) == [[(1,)]]
