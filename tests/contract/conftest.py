"""The example package takes part in the contract like a built-in plugin."""

from __future__ import annotations

import sys
from pathlib import Path

EXAMPLE = str(Path(__file__).resolve().parents[2] / "examples" / "household_payment")

if EXAMPLE not in sys.path:
    sys.path.append(EXAMPLE)
