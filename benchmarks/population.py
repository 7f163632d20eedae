"""Who is in the benchmark's database, as far as requests need to know: keys, numbers and tokens follow from a person's index.

Nobody in it is real, and no token opens anything but a database that is thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import md5
from typing import Final

from plugins.lookups.demo import DemoFacility, demo_facilities
from plugins.lookups.provinces import load_provinces

SETS: Final = 512
"""Participants that requests ask for, at any size; each has a long record."""
LONG_RECORD: Final = 30
USUAL_RECORD: Final = 4
"""Periods of insurance of those, and of everybody else."""
ENTITLEMENTS: Final = 3
FACILITIES: Final = 14_000
SEED: Final = 20
TOKEN_LENGTH: Final = 43
HOSPITAL_TOKEN: Final = "vss_" + "hospital".zfill(TOKEN_LENGTH)
HOSPITAL_SCOPES: Final = "accounts:identity hi_card:read"


def tested(participants: int) -> list[int]:
    """Indexes of the participants that requests ask for, spread over all from 1 to ``participants`` (at least 512)."""
    step = participants // SETS
    return [1 + step * number for number in range(SETS)]


def participant_key(index: int) -> str:
    """The key of a participant: in no order, as real ones."""
    return md5(f"participant {index}".encode(), usedforsecurity=False).hexdigest()


def social_security_code(index: int) -> str:
    """Ten digits from 00, which no province issues; the number of the card, too."""
    return f"00{index:08}"


def session_token(index: int) -> str:
    """The token of the participant's session."""
    return "vss_" + str(index).zfill(TOKEN_LENGTH)


@cache
def facilities() -> Sequence[DemoFacility]:
    """The facilities of the whole country, at any number of participants."""
    return tuple(demo_facilities(FACILITIES, SEED, load_provinces()))
