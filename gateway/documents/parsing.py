"""From text to syntax tree, bounded while it is read and without repeating any of the text in an error."""

from __future__ import annotations

import math
import re
from typing import Final

from graphql import DocumentNode, GraphQLSyntaxError, Lexer, Source, Token, TokenKind
from graphql.language.parser import Parser

from gateway.documents.limits import Limits, exceeded
from gateway.errors import DOCUMENT_SYNTAX, LIMIT_EXCEEDED, ClientError

_OPENING: Final = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING: Final = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})
_NUMBERS: Final = frozenset({TokenKind.INT, TokenKind.FLOAT})
_STRINGS: Final = frozenset({TokenKind.STRING, TokenKind.BLOCK_STRING})
_EXPECTED: Final = re.compile(r"Expected ('[^\w\s']{1,3}'|'[a-z]+'|[A-Z][A-Za-z]*), found ")


def parse_document(text: str, limits: Limits) -> DocumentNode:
    """Parse a document; what kinds of definition it may hold is for validation to say.

    Raises :class:`ClientError` LIMIT_EXCEEDED for a text beyond ``characters``, ``tokens``, ``nesting`` or
    ``digits``, and DOCUMENT_SYNTAX with ``line`` and ``column`` (from 1) and, where the grammar admits one
    thing only, ``expected``. A NUL in a string, and a number that no float can hold, are refused with
    ``reason`` "nul" or "number_range".
    """
    _within("characters", len(text), limits.characters)
    source = Source(text)
    try:
        return Parser(source, lexer=_BoundedLexer(source, limits)).parse_document()
    except GraphQLSyntaxError as error:
        refusal = _refusal(error)
    except RecursionError:
        refusal = ClientError(LIMIT_EXCEEDED, limit="nesting", maximum=limits.nesting)
    raise refusal  # outside the handlers, so that it does not carry an error that quotes the text


class _BoundedLexer(Lexer):
    """Counts while it reads: gives up at the first token too many, before the parser can recurse far."""

    def __init__(self, source: Source, limits: Limits) -> None:
        super().__init__(source)
        self._limits = limits
        self._tokens = 0
        self._nesting = 0

    def read_next_token(self, start: int) -> Token:
        token = super().read_next_token(start)
        kind = token.kind
        if kind is not TokenKind.EOF:
            self._tokens += 1
            _within("tokens", self._tokens, self._limits.tokens)
        if kind in _OPENING:
            self._nesting += 1
            _within("nesting", self._nesting, self._limits.nesting)
        elif kind in _CLOSING:
            self._nesting -= 1
        elif kind in _NUMBERS:
            self._check_number(token)
        elif kind in _STRINGS and "\0" in (token.value or ""):
            raise _refused_token("nul", token)
        return token

    def _check_number(self, token: Token) -> None:
        text = token.value or ""
        _within("digits", len(text), self._limits.digits)
        if token.kind is TokenKind.FLOAT and not math.isfinite(float(text)):
            raise _refused_token("number_range", token)


def _within(limit: str, measured: int, maximum: int) -> None:
    if measured > maximum:
        raise exceeded(limit, measured, maximum)


def _refused_token(reason: str, token: Token) -> ClientError:
    return ClientError(DOCUMENT_SYNTAX, reason=reason, line=token.line, column=token.column)


def _refusal(error: GraphQLSyntaxError) -> ClientError:
    line, column = error.locations[0] if error.locations else (1, 1)
    expected = _EXPECTED.match(error.description)
    if expected is None:
        return ClientError(DOCUMENT_SYNTAX, line=line, column=column)
    return ClientError(DOCUMENT_SYNTAX, line=line, column=column, expected=expected[1].strip("'"))
