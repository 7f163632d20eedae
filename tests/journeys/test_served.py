"""``vssid run`` as a process: what it prints works as it is, the community's audits pass, and it ends in order."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

AUDITS = Path(__file__).parents[1] / "audits"
PATIENCE = 60


@dataclass(frozen=True)
class Served:
    """A running ``vssid run``: its address, and what it printed to try by audience."""

    process: asyncio.subprocess.Process
    url: str
    to_try: dict[str, list[str]]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Served]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VSSID_")}
    environ |= {"VSSID_PORT": "0", "VSSID_DATABASE_URL": f"sqlite:///{folder}/vssid.sqlite3"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "run"),
        cwd=folder,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield await asyncio.wait_for(_announced(process), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _announced(process: asyncio.subprocess.Process) -> Served:
    """Read what is printed until the last audience's command."""
    assert process.stdout is not None
    url, audience, to_try = "", "", dict[str, list[str]]()
    while "hospital" not in to_try:
        line = (await process.stdout.readline()).decode()
        assert line, "it ended before it served"
        if line.startswith("GraphQL "):
            url = line.split()[1]
        elif line.startswith("  curl "):
            to_try[audience] = shlex.split(line)
        elif ": " in line:
            audience = line.partition(":")[0]
    return Served(process, url, to_try)


async def paste(http: httpx.AsyncClient, command: list[str]) -> httpx.Response:
    """Send what the printed command sends."""
    headers = dict(command[index + 1].split(": ", 1) for index, word in enumerate(command) if word == "-H")
    url = next(word for word in command if word.startswith("http"))
    return await http.post(url, headers=headers, content=command[command.index("-d") + 1].encode())


async def test_what_is_printed_works_again_and_again(tmp_path: Path) -> None:
    started = []
    for _ in range(2):
        begun = time.monotonic()
        async with running(tmp_path) as served, httpx.AsyncClient() as http:
            started.append(time.monotonic() - begun)
            assert list(served.to_try) == ["public", "participant", "officer", "hospital"]
            answers = {name: (await paste(http, command)).json() for name, command in served.to_try.items()}
            assert all("errors" not in answer for answer in answers.values()), answers
            card = answers["participant"]["data"]["me"]["healthInsuranceCard"]
            assert card["state"]
            assert answers["hospital"]["data"]["healthInsuranceCard"]["holder"]["fullName"]
            examples = (await http.get(served.url.replace("graphql", "explorer/operations.json"))).json()
            assert {one["audience"] for one in examples} == set(served.to_try)
            assert {("participant", "MyCard"), ("public", "SignIn")} <= {
                (one["audience"], one["name"]) for one in examples
            }
            assert (await http.get(served.url.replace("graphql", "health/ready"))).status_code == 200
            served.process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(served.process.wait(), PATIENCE) == 0
    assert started[1] < PATIENCE / 4


@pytest.mark.skipif(
    shutil.which("node") is None or not (AUDITS / "node_modules").is_dir(),
    reason="the audits are a Node package; `make audits` installs it",
)
async def test_all_audits_of_graphql_over_http_pass(tmp_path: Path) -> None:
    async with running(tmp_path) as served:
        node = await asyncio.create_subprocess_exec(
            *("node", str(AUDITS / "run.mjs"), served.url), stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await node.communicate()
    results = json.loads(printed)
    assert [one for one in results if one["status"] != "ok"] == []
    assert len(results) == 61
