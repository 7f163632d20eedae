"""The GraphQL community's audits of GraphQL over HTTP, against a server on a socket."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.gateway.edge.toy import ToyExecutor, settings
from tests.gateway.edge.wire import serving_graphql

AUDITS = Path(__file__).parents[2] / "audits"


@pytest.mark.skipif(
    shutil.which("node") is None or not (AUDITS / "node_modules").is_dir(),
    reason="needs Node and `make audits`",
)
async def test_every_audit_passes() -> None:
    async with serving_graphql(ToyExecutor(), settings()) as served:
        node = await asyncio.create_subprocess_exec(
            "node", str(AUDITS / "run.mjs"), served.url, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await node.communicate()
    results = json.loads(printed)
    assert [one for one in results if one["status"] != "ok"] == []
    assert len(results) == 61
