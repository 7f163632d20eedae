"""Texts that belong in no log, span or metric: what they look like, and those that a test has made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from gateway.demo.names import FAMILY_NAMES
from gateway.demo.people import participants
from gateway.folding import folded

_FAMILIES: Final = "|".join(sorted({name for name, _ in FAMILY_NAMES}, key=len, reverse=True))
_LETTERS: Final = r"[^\W\d_]+"
SHAPES: Final = {
    "token": r"(?<![\w-])[a-z]{3}_(?:demo-|(?=[\w-]*[A-Z]))[\w-]{38,43}(?![\w-])",
    "signed token": r"(?<!\w)eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{16,}",
    "temporary password": r"(?<![\w-])(?:[a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}(?![\w-])",
    "recovery code": r"(?<![\w-])(?=[a-z-]*[2-9])(?:[a-hjkmnp-z2-9]{4}-){2}[a-hjkmnp-z2-9]{4}(?![\w-])",
    "password hash": r"\$argon2",
    "authenticator secret": r"otpauth://|(?<!\w)[A-Z2-7]{32}(?!\w)",
    # Codes and identity numbers that nobody has start with 00; a card's number ends with a code.
    "code": r"(?<![\w.])(?:[A-Z]{2}\d{3})?00\d{8}(?:\d{2})?(?!\w)",
    "phone": r"(?<![\w.])(?:\+84|84|0)[35789]\d{8}(?!\w)",
    "name": rf"(?<!\w)(?:{_FAMILIES})(?: {_LETTERS}){{1,4}}",
}
"""Kinds that are known by sight, as our fixtures have them."""

_SHAPES: Final = re.compile(
    "|".join(f"(?P<{kind.replace(' ', '_')}>{shape})" for kind, shape in SHAPES.items())
)
_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_SIX_DIGITS: Final = re.compile(r"(?<![\w.:+-])[0-9]{6}(?![\w.])")
"""A number by itself: no part of a longer one, of a fraction, an identifier or a time."""

_SHORTEST_PASSWORD: Final = 8
_PEOPLE: Final = 120
_SEED: Final = 1
"""Whose names are known without their accents as well: the demo's first people."""


class PrivateTexts:
    """Finds them. Passwords and one-time codes look like anything, so those that are in use have to be told."""

    def __init__(self) -> None:
        self._passwords = set[str]()
        self._codes = set[str]()
        self._innocent = set[str]()

    def password(self, text: str) -> None:
        """This is a password. One that may as well be a word is left out."""
        if len(text) >= _SHORTEST_PASSWORD and not text.isalpha():
            self._passwords.add(text)

    def code(self, text: str) -> None:
        """This is a one-time code."""
        self._codes.add(text)

    def forget(self) -> None:
        """A new test makes its own."""
        self._passwords.clear()
        self._codes.clear()

    def kinds_in(self, texts: Iterable[str]) -> set[str]:
        """Which kinds the texts hold, however they are escaped."""
        given = [_plain(text) for text in texts]
        together = "\0".join(given)
        found = set[str]()
        if not self._codes.isdisjoint(_SIX_DIGITS.findall(together)):
            found.add("one-time code")
        if any(password in together for password in self._passwords):
            found.add("password")
        for text in given:
            if text not in self._innocent:
                seen = set(self._seen(text))
                found |= seen
                if not seen:
                    self._innocent.add(text)
        return found

    def _seen(self, text: str) -> Iterator[str]:
        yield from (str(match.lastgroup).replace("_", " ") for match in _SHAPES.finditer(text))
        plain = folded(text)
        if any(name in plain for name in self._names):
            yield "name"

    @cached_property
    def _names(self) -> list[str]:
        return [folded(person.full_name) for person in participants(_PEOPLE, _SEED)]


def _plain(text: str) -> str:
    """Without the escapes of JSON and of addresses."""
    if "\\u" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return unquote(text) if "%" in text else text
