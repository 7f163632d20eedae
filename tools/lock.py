"""Pin every dependency by version and hash, and tell offline whether the pins still fit pyproject.toml.

Three locks are written: `requirements.lock` is what a server needs, `requirements-dev.lock` adds the tools and
test libraries, `benchmarks/requirements.lock` what the server is measured against. Each carries a digest of the
dependency tables, so that a forgotten re-lock is seen without asking a registry. A lock's lines are comments, pins
and hashes and nothing else: no address can hide.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
BENCHMARKS = "benchmarks/requirements.lock"
DIGEST_LABEL = "# pyproject dependencies: sha256 "
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+))? \\$")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
COMMENT = re.compile(r"# (?!.*(?:://|@|\.[a-z]+/)).+$")


@dataclass(frozen=True, slots=True)
class Declared:
    """What is asked for: requirements of the server with its build backend, of development, and of the benchmarks."""

    runtime: tuple[Requirement, ...]
    development: tuple[Requirement, ...]
    benchmarks: tuple[Requirement, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file as read: its digest line ("" if absent), version by canonical name, and what is wrong."""

    digest: str
    versions: dict[str, str]
    faults: tuple[str, ...]


def read_declared(root: Path) -> Declared:
    """Read the dependency tables of pyproject.toml in `root` and in its folder of benchmarks."""
    document, measured = _document(root), _document(root / "benchmarks")
    project = document["project"]
    runtime = [*project["dependencies"], *document["build-system"]["requires"]]
    extra = project["optional-dependencies"]["dev"]
    others = [*measured["project"]["dependencies"], *measured["build-system"]["requires"]]
    asked = {"python": project["requires-python"], "runtime": sorted(runtime), "dev": sorted(extra)}
    asked["benchmarks"] = sorted(others)
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    needed, tools, compared = (tuple(map(Requirement, lines)) for lines in (runtime, extra, others))
    return Declared(needed, (*needed, *tools), (*needed, *compared), digest)


def _document(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def read_lock(path: Path) -> Lock:
    """Read a lock file line by line; a line that is neither comment, pin nor hash is a fault."""
    if not path.exists():
        return Lock("", {}, ("is missing",))
    lines = path.read_text(encoding="utf-8").splitlines()
    digests = [line.removeprefix(DIGEST_LABEL) for line in lines if line.startswith(DIGEST_LABEL)]
    versions: dict[str, str] = {
        canonicalize_name(pin["name"]): pin["version"] for pin in map(PIN.match, lines) if pin
    }
    return Lock(digests[0] if digests else "", versions, tuple(_faulty_lines(lines)))


def _faulty_lines(lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        follower = lines[number] if number < len(lines) else ""
        if not (PIN.match(line) or HASH.match(line) or COMMENT.match(line)):
            yield f"line {number} is no comment, pin or sha256 hash: {line.strip()[:60]}"
        elif PIN.match(line) and not HASH.match(follower):
            yield f"line {number} pins without a hash: {line.strip()[:60]}"


def find_drift(root: Path) -> list[str]:
    """Every way in which the locks no longer fit pyproject.toml or each other; empty when all is well."""
    declared = read_declared(root)
    runtime, development = read_lock(root / RUNTIME), read_lock(root / DEVELOPMENT)
    benchmarks = read_lock(root / BENCHMARKS)
    found = list(_unfit(RUNTIME, runtime, declared.runtime, declared.digest))
    found += _unfit(DEVELOPMENT, development, declared.development, declared.digest)
    found += _unfit(BENCHMARKS, benchmarks, declared.benchmarks, declared.digest)
    found += _apart(RUNTIME, runtime, DEVELOPMENT, development)
    found += _apart(RUNTIME, runtime, BENCHMARKS, benchmarks)
    return found


def _apart(name: str, lock: Lock, other_name: str, other: Lock) -> Iterator[str]:
    """Packages of a lock that another has in another version, or has not."""
    for package, version in lock.versions.items():
        if other.versions.get(package) != version:
            yield f"{name}: {package} is {version}, {other_name} has {other.versions.get(package, 'none')}"


def _unfit(name: str, lock: Lock, requirements: tuple[Requirement, ...], digest: str) -> Iterator[str]:
    yield from (f"{name}: {fault}" for fault in lock.faults)
    if lock.digest != digest:
        yield f"{name}: made from other dependency tables than pyproject.toml has now"
    for requirement in requirements:
        version = lock.versions.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{name}: {requirement.name} is not pinned"
        elif not requirement.specifier.contains(version, prereleases=True):
            yield f"{name}: {requirement.name} is {version}, asked for is {requirement.specifier}"


def write_locks(root: Path, *, upgrade: bool) -> None:
    """Resolve the locks anew, for every platform and Python that pyproject.toml allows.

    Present pins are kept where they still fit, unless `upgrade`. The other locks follow the development lock,
    so that what is served, and measured, is what was tested. Raises CalledProcessError if nothing fits.
    """
    declared = read_declared(root)
    compile_pins = ["uv", "--no-config", "pip", "compile", "--quiet", "--system-certs", "--universal"]
    compile_pins += ["--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    choices = {
        DEVELOPMENT: ["--extra", "dev", *(["--upgrade"] if upgrade else [])],
        RUNTIME: ["--constraint", DEVELOPMENT],
        BENCHMARKS: ["--constraint", DEVELOPMENT, "benchmarks/pyproject.toml"],
    }
    for lock, choice in choices.items():
        command = [sys.executable, "-m", *compile_pins, *choice, "--output-file", lock, "pyproject.toml", "-"]
        asked = "\n".join(str(requirement) for requirement in declared.runtime)
        subprocess.run(command, cwd=root, input=asked, text=True, check=True)
        _add_header(root, lock, declared.digest)


def _add_header(root: Path, lock: str, digest: str) -> None:
    pins = (root / lock).read_text(encoding="utf-8")
    header = f"# Made by `make lock`; do not edit. For `pip install --require-hashes -r {lock}`.\n"
    (root / lock).write_text(f"{header}{DIGEST_LABEL}{digest}\n{pins}", encoding="utf-8")


def main() -> int:
    """Write the locks, or with --check only compare (offline, exit code 1 on drift)."""
    parser = argparse.ArgumentParser(prog="lock", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; asks no registry")
    parser.add_argument("--upgrade", action="store_true", help="take the newest releases that fit")
    arguments = parser.parse_args()
    if not arguments.check:
        try:
            write_locks(ROOT, upgrade=arguments.upgrade)
        except subprocess.CalledProcessError as failure:
            return failure.returncode  # uv has said why
    drift = find_drift(ROOT)
    for line in drift:
        print(line, file=sys.stderr)
    if drift:
        print("Run `make lock`, and commit what it writes.", file=sys.stderr)
    return 1 if drift else 0


if __name__ == "__main__":
    sys.exit(main())
