"""JSON bodies read strictly: one meaning for every reader, bounded work, and refusals that repeat no content.

RFC 8259 leaves duplicate keys, unpaired surrogates and large numbers to the reader, so that a proxy and a
service can see different requests in one body. Here each is refused, as is all that is not UTF-8.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Final, NoReturn

import orjson

from gateway.errors import BAD_REQUEST, ClientError, JSONDetail

MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 40

_WHITE: Final = b" \t\r\n"
_MOST_WRITTEN: Final = 24
"""Characters of the longest number that orjson writes."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# An unterminated string takes the rest of the body, so that no quote in it is looked at twice.
_BRACKET_OR_STRING: Final = re.compile(
    rb"""[\[{]|(?P<closing>[\]}])|(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?+)""", re.DOTALL
)
_ESCAPE: Final = re.compile(
    rb"\\(?:u(?:d[89ab]..\\ud[c-f]..|(?P<nul>0000)|(?P<lone>d[89a-f]..))|.)", re.DOTALL | re.IGNORECASE
)


def read_json(body: bytes, *, max_depth: int = MAX_DEPTH, max_digits: int = MAX_DIGITS) -> dict[str, object]:
    """Read a body that must be one JSON object in UTF-8.

    Raises :class:`ClientError` BAD_REQUEST with a ``reason``, and the ``position`` of the first wrong byte
    where it is known: ``byte_order_mark``, ``utf8``, ``nesting`` (deeper than ``max_depth``), ``syntax``,
    ``duplicate_key``, ``not_a_number`` (NaN, Infinity), ``number_length`` (more than ``max_digits``
    characters), ``number_range`` (no float holds it), ``nul``, ``surrogate`` (escaped, unpaired),
    ``not_an_object``.
    """
    value = _plain(body) if _flat(body, max_depth) and max_digits >= _MOST_WRITTEN else None
    return _strict(body, max_depth, max_digits) if value is None else value


def _plain(body: bytes) -> dict[str, object] | None:
    """What a body says that a fast writer would write just so, but for white space; None for any other.

    Such a body can be read in one way only: a repeated name would be missing from what is written, and a number, a
    surrogate or an escape with another meaning elsewhere would be written differently. Only NUL is left to look for.
    """
    try:
        value = orjson.loads(body)
        written = orjson.dumps(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    same = written == body or written.translate(None, _WHITE) == body.translate(None, _WHITE)
    return value if same and type(value) is dict and b"\\u0000" not in body else None


def _strict(body: bytes, max_depth: int, max_digits: int) -> dict[str, object]:
    text = _decoded(body)
    _check_nesting(body, max_depth)
    value = _parsed(text, _decoder(max_digits))
    if b"\\u" in body:
        _check_escapes(body)
    if not isinstance(value, dict):
        raise _refusal("not_an_object")
    return value


def _refusal(reason: str, **details: JSONDetail) -> ClientError:
    return ClientError(BAD_REQUEST, reason=reason, **details)


def _decoded(body: bytes) -> str:
    if body.startswith(_BYTE_ORDER_MARK):
        raise _refusal("byte_order_mark", position=0)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        position = error.start
    raise _refusal("utf8", position=position)  # outside the handler: the error would carry the body along


def _flat(body: bytes, max_depth: int) -> bool:
    """Whether a body is too short of brackets to be nested deeply; it may be anything else."""
    return body.count(b"[") + body.count(b"{") <= max_depth


def _check_nesting(body: bytes, max_depth: int) -> None:
    """Refuse deep nesting before the parser, which recurses, meets it. Linear, without a stack of its own."""
    if _flat(body, max_depth):
        return
    depth = 0
    for match in _BRACKET_OR_STRING.finditer(body):
        if match.lastgroup is None:
            depth += 1
            if depth > max_depth:
                raise _refusal("nesting", maximum=max_depth, position=match.start())
        elif match.lastgroup == "closing":
            depth -= 1


def _decoder(max_digits: int) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_object,
        parse_constant=_not_a_number,
        parse_int=_integer(max_digits),
        parse_float=_real(max_digits),
    )


def _parsed(text: str, decoder: json.JSONDecoder) -> object:
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        position = len(text[: error.pos].encode())
    raise _refusal("syntax", position=position)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _refusal("duplicate_key")
    return members


def _not_a_number(_name: str) -> NoReturn:
    raise _refusal("not_a_number")


def _integer(max_digits: int) -> Callable[[str], int]:
    def read(digits: str) -> int:
        _check_length(digits, max_digits)
        return int(digits)

    return read


def _real(max_digits: int) -> Callable[[str], float]:
    def read(digits: str) -> float:
        _check_length(digits, max_digits)
        number = float(digits)
        if not math.isfinite(number):
            raise _refusal("number_range")
        return number

    return read


def _check_length(digits: str, max_digits: int) -> None:
    if len(digits) > max_digits:
        raise _refusal("number_length", maximum=max_digits)


def _check_escapes(body: bytes) -> None:
    """Refuse escapes for no character, and for NUL, on which databases differ; the body is known to parse."""
    for match in _ESCAPE.finditer(body):
        if match.lastgroup is not None:
            raise _refusal("nul" if match.lastgroup == "nul" else "surrogate", position=match.start())
