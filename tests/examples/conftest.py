"""The example packages are imported from where they are; only one test installs one."""

from __future__ import annotations

import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

for package in sorted(EXAMPLES.iterdir()):
    if (package / "pyproject.toml").is_file() and str(package) not in sys.path:
        sys.path.append(str(package))
