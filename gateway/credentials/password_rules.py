"""What may be a password: long enough, not a usual one, and not made of what is known about its owner.

There is no demand for capitals, digits or signs: they make passwords harder to remember, not to guess.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from gateway.credentials.hashing import LONGEST
from gateway.folding import folded

SHORTEST: Final = 8
"""Characters of the shortest password."""

_WORDS: Final = frozenset(
    "vssid vss bhxh bhyt bhtn baohiem baohiemxahoi baohiemyte xahoi socialinsurance vietnam vietnamese vn hanoi saigon hochiminh"
    " danang matkhau matkhaumoi password pass passw passwd admin xinchao anhyeuem emyeuanh iloveyou yeuem yeuanh giadinh hanhphuc"
    " toiyeu vietnamtoiyeu congdoan canbo nguoidung taikhoan demo welcome login qwerty abc abcd abcxyz zalo facebook".split()
)
"""What people here think of first; a password that is one of these, or several, with digits and signs around is refused."""

_LEET: Final = str.maketrans("013456789@$!|+€", "oieasgtbgasiite")
_AROUND: Final = re.compile(r"^[^a-z]+|[^a-z]+$")
_NOT_LETTERS: Final = re.compile(r"[^a-z]+")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_ROWS: Final = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEAST_DIFFERENT: Final = 4


class PasswordFault(enum.Enum):
    """Why a text cannot be a password."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    PERSONAL = "personal"


def password_fault(
    password: str, *, names: Iterable[str] = (), numbers: Iterable[str] = (), born: dt.date | None = None
) -> PasswordFault | None:
    """What is wrong with a new password, None for a good one.

    ``names`` are the owner's full name, user name or e-mail address; ``numbers`` codes and phone numbers as they are written.
    """
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    text = unicodedata.normalize("NFKC", password)
    if len(text) > LONGEST:
        return PasswordFault.TOO_LONG
    if len(text) < SHORTEST:
        return PasswordFault.TOO_SHORT
    plain = folded(text)
    if _is_personal(plain, [*names], [*numbers], born):
        return PasswordFault.PERSONAL
    return PasswordFault.COMMON if _is_common(plain) else None


def _is_common(plain: str) -> bool:
    spellings = {plain, plain.replace(" ", ""), plain.translate(_LEET), _unadorned(plain)}
    if any(spelling in _listed() or _is_monotonous(spelling) for spelling in spellings):
        return True
    return any(_is_made_of(words, _WORDS) for spelling in spellings for words in _letters(spelling))


def _is_personal(plain: str, names: list[str], numbers: list[str], born: dt.date | None) -> bool:
    digits = _NOT_DIGITS.sub("", plain)
    if any(number in digits for number in _told_numbers(numbers, born)):
        return True
    parts = {part for name in names for part in _NOT_LETTERS.split(folded(name)) if part}
    return any(
        _is_made_of(words, parts | _WORDS) and not _is_made_of(words, _WORDS)
        for spelling in (plain, plain.translate(_LEET), _unadorned(plain))
        for words in _letters(spelling)
    )


def _unadorned(plain: str) -> str:
    """Without what stands before and after the letters, and with letters where digits are written for them."""
    return _AROUND.sub("", plain).translate(_LEET)


def _letters(text: str) -> Iterator[str]:
    """The letters alone; nothing where there are none."""
    letters = _NOT_LETTERS.sub("", text)
    if letters:
        yield letters


def _told_numbers(numbers: list[str], born: dt.date | None) -> Iterator[str]:
    for number in numbers:
        digits = _NOT_DIGITS.sub("", number)
        national = digits.removeprefix("84")
        yield from (part for part in (digits, national) if len(part) >= SHORTEST)
    if born is not None:
        yield from (f"{born:{form}}" for form in ("%d%m%Y", "%Y%m%d", "%d%m%y", "%m%d%Y"))


def _is_made_of(letters: str, words: Iterable[str]) -> bool:
    """Whether a text is some of the words, one after the other."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(end - len(word) in reached and letters.endswith(word, 0, end) for word in words):
            reached.add(end)
    return len(letters) in reached


def _is_monotonous(text: str) -> bool:
    """Few different characters, a run of the alphabet or the keyboard, or a short piece repeated."""
    if len(set(text)) < _LEAST_DIFFERENT:
        return True
    return any(text in row * 3 or text in row[::-1] * 3 for row in _ROWS) or _is_repeated(text)


def _is_repeated(text: str) -> bool:
    return text in (text + text)[1:-1]


@cache
def _listed() -> frozenset[str]:
    """Passwords that are tried first, by how often they were found in leaks."""
    # Its lists take 15 MiB, and many processes never see a new password.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"])
