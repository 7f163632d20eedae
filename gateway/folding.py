"""Vietnamese text: one written form to store, one search key to compare, and what no text may contain.

Neither SQLite nor PostgreSQL folds "NGUYỄN" to "nguyen", and both tell composed letters from decomposed
ones. So text is composed when it comes in, and what is searched for is compared by a key made here.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import Final

_MOST_MARKS: Final = 4  # a Vietnamese letter has two at most
_DEFAULT_LONGEST: Final = 1_000
_MOST_DECOMPOSED: Final = 4  # code points in a row that become one when composed, marks included

# đ has no mark of its own that Unicode would split off; eth and the African d are typed for it by mistake.
_STROKES: Final = str.maketrans("đðɖĐÐƉ", "dddddd")
_LATIN_MARKS: Final = re.compile("[\u0300-\u036f]+")
_LATIN: Final = re.compile("[ -~\u00c0-\u02ff\u1e00-\u1eff]*")

# Letters that show as nothing, beside the format characters (category Cf).
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_LINE_BREAKS: Final = frozenset("\n\r\t")
_FAULTY_CATEGORIES: Final = ("Cc", "Zl", "Zp")
_WORD: Final = re.compile(r"[^\W\d_]+")
# Greek letters drawn like Latin ones; others (\u03bcg, TNF\u03b1) are written beside Latin letters for good
# reasons.
_GREEK_TWINS: Final = frozenset(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd\u03c1"
)


class TextFault(enum.Enum):
    """Why a text is refused."""

    TOO_LONG = "too_long"
    CONTROL = "control"
    INVISIBLE = "invisible"
    SURROGATE = "surrogate"
    MARKS = "marks"
    MIXED_SCRIPTS = "mixed_scripts"


class UnsafeText(ValueError):
    """A text that is refused: ``fault`` says why. The text is never part of the message."""

    def __init__(self, fault: TextFault) -> None:
        super().__init__(f"text refused: {fault.value}")
        self.fault: Final = fault


def normalised(text: str) -> str:
    """The form that is stored and shown: composed (NFC), single blanks, none at the ends.

    For text of our own: what comes from outside goes through :func:`clean_text`, which bounds the work.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    """The key by which names are searched and compared: "Đặng  Thị Ơn" is "dang thi on".

    Any text has a key, the same for all its normal forms, and a key is its own key. What shows as nothing
    is left out, so a key is safe to send to any database.
    """
    # Marks go first: putting a long row of them in order takes quadratic time. Case is folded on letters
    # that stand alone, and may bring up new ones to take apart.
    unmarked = unicodedata.normalize("NFKD", _LATIN_MARKS.sub("", text))
    bare = _LATIN_MARKS.sub("", unmarked).translate(_STROKES)
    if bare.isascii() and bare.isprintable():  # as nearly all are: no more comes of what follows
        return " ".join(bare.lower().split())
    plain = _visible(unicodedata.normalize("NFKD", _visible(text)))
    lower = _visible(unicodedata.normalize("NFKD", plain.casefold()))
    return " ".join(lower.translate(_STROKES).split())


def _visible(text: str) -> str:
    unmarked = _LATIN_MARKS.sub("", text)
    if _LATIN.fullmatch(unmarked):
        return unmarked
    return "".join(char for char in unmarked if char.isspace() or _shows(char))


def _shows(char: str) -> bool:
    return unicodedata.category(char)[0] not in "MC" and char not in _FILLERS


def clean_text(text: str, *, longest: int = _DEFAULT_LONGEST, lines: bool = False) -> str:
    """The text as :func:`normalised`, after refusing what no person types. Raises UnsafeText.

    Refused: more than ``longest`` characters, counted composed; control characters, NUL among them;
    characters that show as nothing or turn the direction of reading; lone surrogates; more than four marks
    on one letter; words that mix Latin letters with Cyrillic or Greek ones drawn alike. With ``lines`` the
    text may have line breaks and tabs, and keeps the breaks as ``\\n``.
    """
    fault = text_fault(text, longest=longest, lines=lines)
    if fault is not None:
        raise UnsafeText(fault)
    if not lines:
        return normalised(text)
    return "\n".join(normalised(line) for line in text.splitlines()).strip("\n")


def text_fault(text: str, *, longest: int = _DEFAULT_LONGEST, lines: bool = False) -> TextFault | None:
    """The first reason to refuse the text, or None; the reasons are those of :func:`clean_text`."""
    # Lengths and rows of marks come first: they bound the work of what follows.
    if len(text) > longest * _MOST_DECOMPOSED:
        return TextFault.TOO_LONG
    if _piles_up_marks(text):
        return TextFault.MARKS
    composed = unicodedata.normalize("NFC", text)
    if len(composed) > longest:
        return TextFault.TOO_LONG
    allowed = _LINE_BREAKS if lines else frozenset[str]()
    faults = (_character_fault(char) for char in text if char not in allowed)
    fault = next((fault for fault in faults if fault is not None), None)
    if fault is None and _piles_up_marks(unicodedata.normalize("NFD", composed)):
        fault = TextFault.MARKS
    return TextFault.MIXED_SCRIPTS if fault is None and _mixes_scripts(composed) else fault


def _character_fault(char: str) -> TextFault | None:
    category = unicodedata.category(char)
    if category in _FAULTY_CATEGORIES:
        return TextFault.CONTROL
    if category == "Cs":
        return TextFault.SURROGATE
    return TextFault.INVISIBLE if category == "Cf" or char in _FILLERS else None


def _piles_up_marks(text: str) -> bool:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks > _MOST_MARKS:
            return True
    return False


def _mixes_scripts(composed: str) -> bool:
    return not composed.isascii() and any(
        any(map(_is_latin, word)) and any(map(_is_latin_twin, word)) for word in _WORD.findall(composed)
    )


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN ")


def _is_latin_twin(letter: str) -> bool:
    return letter in _GREEK_TWINS or unicodedata.name(letter, "").startswith("CYRILLIC ")
