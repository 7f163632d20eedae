"""The locks fit pyproject.toml, and the check that says so notices every way in which they might not."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.lock import BENCHMARKS, DEVELOPMENT, RUNTIME, find_drift

ROOT = Path(__file__).resolve().parents[2]
NODE_LOCKS = ["web/package-lock.json", "tests/audits/package-lock.json", "benchmarks/peers/package-lock.json"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's dependency files, free to be spoilt."""
    (tmp_path / "benchmarks").mkdir()
    for name in ("pyproject.toml", "benchmarks/pyproject.toml", RUNTIME, DEVELOPMENT, BENCHMARKS):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def substitute(file: str, pattern: str, replacement: str) -> Callable[[Path], None]:
    """A change to the first place of a project's file that `pattern` matches, which it must."""

    def change(project: Path) -> None:
        text = (project / file).read_text(encoding="utf-8")
        changed, count = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE)
        assert count == 1
        (project / file).write_text(changed, encoding="utf-8")

    return change


def test_the_locks_fit_pyproject() -> None:
    assert find_drift(ROOT) == []


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        pytest.param(
            substitute("pyproject.toml", r'"pluggy>=1.7,<2"', '"pluggy>=1.7,<3"'),
            "made from other dependency tables",
            id="a bound was edited",
        ),
        pytest.param(
            substitute("pyproject.toml", r'"pluggy>=1.7,<2"', '"pluggy>=99"'),
            "pluggy is 1.7",
            id="a pin no longer satisfies",
        ),
        pytest.param(
            substitute("pyproject.toml", r'"pluggy>=1.7,<2"', '"pluggy>=1.7,<2", "left-pad>=1"'),
            "left-pad is not pinned",
            id="a requirement was added",
        ),
        pytest.param(
            substitute(
                "pyproject.toml", r'requires = \["hatchling', 'requires = ["hatch-vcs>=1", "hatchling'
            ),
            "hatch-vcs is not pinned",
            id="the build asks for more",
        ),
        pytest.param(
            substitute("pyproject.toml", r'requires-python = ".*"', 'requires-python = ">=3.12"'),
            "made from other dependency tables",
            id="another Python",
        ),
        pytest.param(
            substitute(RUNTIME, r"^pluggy==[^\n]+ \\\n(?:    --hash=\S+(?: \\)?\n)+", "pluggy==1.7.0\n"),
            "is no comment, pin or sha256 hash: pluggy==1.7.0",
            id="a pin without hashes",
        ),
        pytest.param(
            substitute(RUNTIME, r"^pluggy==([^\n]+) \\\n(?:    --hash=\S+(?: \\)?\n)+", r"pluggy==\1 \\\n"),
            "pins without a hash: pluggy==1.7.0",
            id="a pin whose hashes are gone",
        ),
        pytest.param(
            substitute(RUNTIME, r"--hash=sha256:", "--hash=md5:"),
            "is no comment, pin or sha256 hash: --hash=md5",
            id="a weak hash",
        ),
        pytest.param(
            substitute(RUNTIME, r"^pluggy==", "--index-url https://mirror.example/simple\npluggy=="),
            "is no comment, pin or sha256 hash: --index-url",
            id="an index",
        ),
        pytest.param(
            substitute(RUNTIME, r"^pluggy==", "# from https://mirror.example/simple\npluggy=="),
            "is no comment, pin or sha256 hash: # from",
            id="an address in a comment",
        ),
        pytest.param(
            substitute(RUNTIME, r"^pluggy==[^\n ]+", "pluggy @ file:///wheels/pluggy.whl"),
            "is no comment, pin or sha256 hash: pluggy @",
            id="a file from elsewhere",
        ),
        pytest.param(
            substitute(DEVELOPMENT, r"^pluggy==[^\n ]+", "pluggy==1.6.9"),
            f"pluggy is 1.7.0, {DEVELOPMENT} has 1.6.9",
            id="served is not what was tested",
        ),
        pytest.param(
            substitute("benchmarks/pyproject.toml", r'"ariadne>=[^"]+"', '"ariadne>=99"'),
            "ariadne is 1.1.1, asked for is >=99",
            id="the benchmarks ask for more",
        ),
        pytest.param(
            substitute(BENCHMARKS, r"^pluggy==[^\n ]+", "pluggy==1.6.9"),
            f"pluggy is 1.7.0, {BENCHMARKS} has 1.6.9",
            id="measured is not what is served",
        ),
        pytest.param(lambda project: (project / RUNTIME).unlink(), f"{RUNTIME}: is missing", id="no lock"),
    ],
)
def test_drift_is_noticed(project: Path, spoil: Callable[[Path], None], complaint: str) -> None:
    spoil(project)

    assert any(complaint in line for line in find_drift(project)), find_drift(project)


@pytest.mark.parametrize("name", NODE_LOCKS)
def test_node_packages_are_pinned_by_hash_and_without_addresses(name: str) -> None:
    packages = json.loads((ROOT / name).read_text(encoding="utf-8"))["packages"]
    installed = [package for path, package in packages.items() if path]

    assert installed
    assert all(package["integrity"].startswith("sha512-") for package in installed)
    assert not any("resolved" in package for package in installed)
