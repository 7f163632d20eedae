"""The page for hospitals decides as `vssid card verify` does, on good tokens, forged ones and damaged ones."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from plugins.hi_card.signing_keys import json_web_key
from plugins.hi_card.verification import verify
from tests.plugins.hi_card import test_verification as signed

WEB = Path(__file__).parents[3] / "web"
READY = shutil.which("node") is not None and (WEB / "node_modules" / "@noble").is_dir()
pytestmark = pytest.mark.skipif(
    not READY, reason="needs Node and `make card-check`, which fetches the modules"
)

PROGRAM = """
import { readFileSync } from "node:fs";
import { readKeys, verify, inForce } from "./src/card-check/verification.js";
const { set, cases, bundled } = JSON.parse(readFileSync(0, "utf8"));
if (bundled) Object.defineProperty(globalThis, "crypto", { value: {} });
const keys = readKeys(set);
const answers = [];
for (const [token, now] of cases) {
  const { outcome, card } = await verify(token, keys, now);
  answers.push([outcome, card ? inForce(card, now) : null]);
}
process.stdout.write(JSON.stringify(answers));
"""
NOW = signed.NOW


def cases() -> list[tuple[str, dt.datetime]]:
    """Tokens and moments."""
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {}),
        ({"alg": "none"}, {}),
        ({"alg": "HS256"}, {}),
        ({"typ": "JWT"}, {}),
        ({"crit": ["exp"]}, {}),
        ({"kid": "nobody"}, {}),
        ({}, {"aud": "login"}),
        ({}, {"iss": "somebody"}),
        ({}, {"aud": None}),
        ({}, {"exp": None}),
        ({}, {"exp": 4_000_000_000}),
        ({}, {"iat": True}),
        ({}, {"card": None}),
        ({}, {"card": {"no": "0012345678"}}),
    ]
    forgeries = [signed.forged(header, claims) for header, claims in changes]
    texts = [
        "",
        ".",
        "..",
        "a.b.c",
        "é" * 10,
        "A" * 5_000,
        signed.TOKEN + "=",
        signed.TOKEN + "\n",
        *forgeries,
    ]
    chance = random.Random(1)
    for _ in range(300):
        raw = bytearray(signed.TOKEN.encode())
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        texts.append(raw.decode("latin-1"))
    last = signed.TOKEN[-1]
    texts += [signed.TOKEN[:-1] + letter for letter in "ABCDwxyz_-" if letter != last]
    moments = [-31, -30, 0, 119, 120, 10**8, -(10**8)]
    return [
        *((text, NOW) for text in texts),
        *((signed.TOKEN, NOW + dt.timedelta(seconds=seconds)) for seconds in moments),
    ]


@pytest.mark.parametrize("bundled", [False, True], ids=["the browser's own", "the bundled one"])
def test_both_decide_alike(bundled: bool) -> None:
    given = cases()
    key = signed.KEY
    sent = {
        "set": {"keys": [json_web_key(key.id, key.public), {"kty": "RSA"}]},
        "cases": [(token, int(now.timestamp() * 1000)) for token, now in given],
        "bundled": bundled,
    }
    done = subprocess.run(
        ["node", "--input-type=module", "-e", PROGRAM],
        cwd=WEB,
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    ours = []
    for token, now in given:
        checked = verify(token, signed.KEYS, now)
        ours.append([checked.outcome.name, None if checked.facts is None else checked.facts.in_force(now)])
    assert json.loads(done.stdout) == ours
    assert ["VALID", True] in ours
