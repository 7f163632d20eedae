"""What a process takes when it has started, with every plugin that comes along."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

import pytest

STARTED: Final = """
import json, sys
from pathlib import Path
from gateway.app import compose
compose({})
memory = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
print(json.dumps({"modules": list(sys.modules), "memory": memory and int(memory[0].split()[1]) / 1024}))
"""

MOST: Final = 140
"""MiB. A serving process is to stay within 120; other versions and systems differ by more than a plugin should add."""


@pytest.fixture(scope="module")
def started() -> Any:
    found = subprocess.run([sys.executable, "-c", STARTED], check=True, capture_output=True)
    return json.loads(found.stdout)


def test_what_few_requests_need_is_loaded_by_the_first_of_them(started: Any) -> None:
    late = {"typst", "segno", "jwt", "zxcvbn", "httpx", "pypdf", "hypothesis", "pytest", "openpyxl"}
    assert late.isdisjoint(started["modules"])


def test_memory(started: Any) -> None:
    if not started["memory"]:
        pytest.skip("this system does not tell")
    assert started["memory"] < MOST
