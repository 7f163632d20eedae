"""A synthetic population: people and the places where they are treated, for demonstrations and tests.

Nobody in it is real. Codes start with 00, which no province issues; identity numbers are of a province 000
that does not exist; phone numbers are from blocks that the numbering plan has given to no network (+84 520
and +84 521). Names, ages and provinces are spread about as in Vietnam, so that lists, searches and
statistics look right.

The person with index i depends on the seed and i alone: batches can be made in any order, in parallel, or
again, and the first hundred of a million are the hundred of a hundred.
"""

from __future__ import annotations

import datetime as dt
import enum
import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from types import MappingProxyType
from typing import Final, TypeVar

from gateway.demo.names import (
    ELDER_MEN,
    ELDER_WOMEN,
    FAMILY_NAMES,
    YOUNGER_MEN,
    YOUNGER_WOMEN,
    PersonalNames,
)

T = TypeVar("T")

MOST_PARTICIPANTS: Final = 10**8
"""So many codes start with 00. Phones repeat after two million people, identity numbers may after one."""
MOST_FACILITIES: Final = 14_000
"""About as many medical facilities have a health insurance contract in the whole country."""
FEWEST_FACILITIES: Final = 630
_FACILITIES_PER_100_PARTICIPANTS: Final = 14

# Code in the era of 63 provinces and people in ten thousands, rounded from the census of 2019. These are
# weights, not statistics.
_PEOPLE: Final = (
    "01:805 02:86 04:53 06:31 08:79 10:73 11:60 12:46 14:125 15:82 17:85 19:129 20:78 22:132 24:180"
    " 25:146 26:115 27:137 30:189 31:203 33:125 34:186 35:85 36:178 37:98 38:364 40:333 42:129 44:90"
    " 45:63 46:113 48:113 49:150 51:123 52:149 54:87 56:123 58:59 60:123 62:54 64:151 66:187 67:62 68:130"
    " 70:100 72:117 74:243 75:310 77:115 79:899 80:169 82:176 83:129 84:101 86:102 87:160 89:191 91:172"
    " 92:124 93:73 94:120 95:91 96:119"
)
# The first year of each span of births, and how many of a thousand people were born in that span.
_BIRTHS: Final = (
    *((1926, 8), (1935, 22), (1945, 52), (1955, 112), (1965, 128), (1975, 146), (1985, 164), (1995, 138)),
    *((2005, 150), (2015, 80)),
)
_BIRTHS_END: Final = 2025
_YOUNGER_FROM: Final = 1980
_YEAR_ONLY_BEFORE: Final = 1960
_YEAR_ONLY_PERCENT: Final = 3
_HUNDREDS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WOMEN_PER_1000: Final = 502
_SLOTS: Final = 4096  # a weighted choice is a look-up in a table of this size
_DRAWS: Final = struct.Struct(">12s8I")  # the key, then the numbers that a person is drawn with
_MASK: Final = 2**64 - 1


class Sex(enum.Enum):
    """As on the card."""

    MALE = "male"
    FEMALE = "female"


class DatePrecision(enum.Enum):
    """How much of a birth date is known: with ``YEAR`` the date is 1 January of the year."""

    DAY = "day"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class DemoParticipant:
    """A synthetic person. ``key`` is opaque text; ``province`` a code of the 63; ``phone`` is E.164."""

    index: int
    key: str
    social_security_code: str
    full_name: str
    birth_date: dt.date
    birth_date_precision: DatePrecision
    sex: Sex
    province: str
    phone: str
    identity_number: str

    def draw(self, purpose: str, below: int) -> int:
        """A number from 0 to below - 1, always the same for this person and purpose.

        With it a plugin makes up what else it needs to know about the person.
        """
        return int.from_bytes(blake2b(f"{self.key}/{purpose}".encode(), digest_size=8).digest()) % below


def participants(count: int, seed: int, *, first: int = 0) -> Iterator[DemoParticipant]:
    """The people with the indexes ``first`` to ``first + count - 1``, one at a time.

    Raises ValueError beyond the codes there are.
    """
    if first < 0 or count < 0 or first + count > MOST_PARTICIPANTS:
        raise ValueError(f"a synthetic population has 0 to {MOST_PARTICIPANTS} people")
    return map(_Population(seed).person, range(first, first + count))


def facility_count(participant_count: int) -> int:
    """How many facilities suit a population: 14 to a hundred people, at least ten times the provinces."""
    suiting = participant_count * _FACILITIES_PER_100_PARTICIPANTS // 100
    return min(MOST_FACILITIES, max(FEWEST_FACILITIES, suiting))


def facility_shares(count: int) -> Mapping[str, int]:
    """How many of ``count`` facilities each of the 63 provinces has, by population, at least one.

    Raises ValueError below one a province and above what the country has.
    """
    people = _people()
    if not len(people) <= count <= MOST_FACILITIES:
        raise ValueError(f"a synthetic country has {len(people)} to {MOST_FACILITIES} facilities")
    spare = _apportioned(list(people.values()), count - len(people))
    return MappingProxyType({code: 1 + more for code, more in zip(people, spare, strict=True)})


def facility_code(province: str, number: int) -> str:
    """The code of a province's ``number``-th facility: ``01001`` to ``01999``, then ``01A00`` to ``01Z99``.

    Raises ValueError for a number that has no code.
    """
    hundreds, rest = divmod(number, 100)
    if number < 1 or hundreds >= len(_HUNDREDS):
        raise ValueError(f"a province has 1 to {len(_HUNDREDS) * 100 - 1} facilities")
    return f"{province}{_HUNDREDS[hundreds]}{rest:02}"


def registered_facility(participant: DemoParticipant, shares: Mapping[str, int]) -> str:
    """The code of the facility where a person is first treated: one of those in the person's province."""
    number = 1 + participant.draw("registered_facility", shares[participant.province])
    return facility_code(participant.province, number)


def _people() -> dict[str, int]:
    entries = (entry.partition(":") for entry in _PEOPLE.split())
    return {code: int(people) for code, _, people in entries}


def _apportioned(weights: Sequence[int], total: int) -> list[int]:
    """``total`` shared out in whole parts by weight: the parts add up to it exactly."""
    ends = list(accumulate(weights))
    marks = [end * total // ends[-1] for end in ends]
    return [mark - before for mark, before in zip(marks, [0, *marks], strict=False)]


def _spread(weighted: Sequence[tuple[T, int]]) -> tuple[T, ...]:
    parts = _apportioned([weight for _, weight in weighted], _SLOTS)
    return tuple(value for (value, _), part in zip(weighted, parts, strict=True) for _ in range(part))


def _shuffled(value: int, half: int, keys: Sequence[int]) -> int:
    """A bijection of 0 .. half² - 1 onto itself: a Feistel network that adds instead of xor-ing."""
    left, right = divmod(value, half)
    for key in keys:
        mixed = (right ^ key) * 0x9E3779B97F4A7C15 & _MASK
        left, right = right, (left + ((mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9 & _MASK) // 2**40) % half
    return left * half + right


@dataclass(frozen=True)
class _BirthYear:
    year: int
    new_year: int  # the proleptic ordinal of 1 January
    days: int


def _birth_years() -> tuple[_BirthYear, ...]:
    ends = [*(year for year, _ in _BIRTHS[1:]), _BIRTHS_END]
    weighted: list[tuple[_BirthYear, int]] = []
    for (start, weight), end in zip(_BIRTHS, ends, strict=True):
        for year in range(start, end):
            new_year = dt.date(year, 1, 1).toordinal()
            days = dt.date(year + 1, 1, 1).toordinal() - new_year
            weighted.append((_BirthYear(year, new_year, days), weight * 1_000 // (end - start)))
    return _spread(weighted)


def _spread_names(names: PersonalNames) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _spread(names.middle), names.given


class _Population:
    """Makes people by index. What does not depend on the index is worked out here, once."""

    def __init__(self, seed: int) -> None:
        self._salt = blake2b(f"{seed}".encode(), digest_size=blake2b.SALT_SIZE).digest()
        rounds = [blake2b(bytes((part,)), digest_size=8, salt=self._salt).digest() for part in range(12)]
        keys = [int.from_bytes(key) for key in rounds]
        self._code_keys, self._phone_keys, self._identity_keys = keys[:4], keys[4:8], keys[8:]
        self._families = _spread(FAMILY_NAMES)
        self._births = _birth_years()
        people = _people()
        self._provinces = tuple(people)
        self._people_up_to = list(accumulate(people.values()))
        self._men = _spread_names(ELDER_MEN), _spread_names(YOUNGER_MEN)
        self._women = _spread_names(ELDER_WOMEN), _spread_names(YOUNGER_WOMEN)

    def person(self, index: int) -> DemoParticipant:
        """The person with this index."""
        digest = blake2b(index.to_bytes(8), digest_size=_DRAWS.size, salt=self._salt).digest()
        key, family, middle, given, birth, day, sex, province, precision = _DRAWS.unpack(digest)
        born = self._births[birth % _SLOTS]
        is_woman = sex % 1_000 < _WOMEN_PER_1000
        middles, givens = (self._women if is_woman else self._men)[born.year >= _YOUNGER_FROM]
        year_only = born.year < _YEAR_ONLY_BEFORE and precision % 100 < _YEAR_ONLY_PERCENT
        place = bisect_right(self._people_up_to, province % self._people_up_to[-1])
        return DemoParticipant(
            index=index,
            key=key.hex(),
            social_security_code=f"00{_shuffled(index, 10**4, self._code_keys):08}",
            full_name=" ".join(
                (self._families[family % _SLOTS], middles[middle % _SLOTS], givens[given % len(givens)])
            ),
            birth_date=dt.date.fromordinal(born.new_year + (0 if year_only else day % born.days)),
            birth_date_precision=DatePrecision.YEAR if year_only else DatePrecision.DAY,
            sex=Sex.FEMALE if is_woman else Sex.MALE,
            province=self._provinces[place],
            phone=self._phone(index),
            identity_number=self._identity_number(index, born.year, is_woman=is_woman),
        )

    def _phone(self, index: int) -> str:
        block, within = divmod(index, 10**6)
        return f"+8452{block % 2}{_shuffled(within, 10**3, self._phone_keys):06}"

    def _identity_number(self, index: int, year: int, *, is_woman: bool) -> str:
        """Province 000, a digit for sex and century (0 and 1 before 2000, then 2 and 3), year, serial."""
        serial = _shuffled(index % 10**6, 10**3, self._identity_keys)
        return f"000{2 * (year // 100 - 19) + is_woman}{year % 100:02}{serial:06}"
