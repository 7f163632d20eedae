"""What is installed elsewhere has everything that the gateway answers with."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_carries_plugins_contract_and_command(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)

    wheel = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    names = set(wheel.namelist())
    published = {path.relative_to(ROOT) for path in (ROOT / "schema").rglob("*") if path.is_file()}
    entry_points = wheel.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert {f"gateway/{path.as_posix()}" for path in published} <= names
    assert {"gateway/__main__.py", "plugins/accounts/plugin.py", "plugins/hi_card/plugin.py"} <= names
    assert "vssid = gateway.__main__:main" in entry_points
    assert "hi_card = plugins.hi_card.plugin" in entry_points
    assert not any(name.startswith(("tests/", "tools/", "web/")) for name in names)
