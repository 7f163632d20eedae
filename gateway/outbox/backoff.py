"""How long to wait before a message is tried again."""

from __future__ import annotations

import datetime as dt
import random
from typing import Final

FIRST: Final = dt.timedelta(seconds=2)
LONGEST: Final = dt.timedelta(minutes=30)


def delay(attempts: int, chance: random.Random) -> dt.timedelta:
    """Twice as long after each attempt, and a part of it by chance, so that what failed together does not come back together.

    After one attempt 1 to 2 seconds, after ten 8.5 to 17 minutes, at most 30.
    """
    whole = min(FIRST * (1 << min(attempts - 1, 20)), LONGEST)
    return whole * chance.uniform(0.5, 1)
