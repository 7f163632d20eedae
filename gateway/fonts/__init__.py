"""Be Vietnam Pro, version 1.002, with every letter of Vietnamese: what cards and papers are set in.

The font files are unmodified, under the SIL Open Font License 1.1 (``OFL.txt`` beside them).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FONTS: Final = Path(__file__).parent
FAMILY: Final = "Be Vietnam Pro"
