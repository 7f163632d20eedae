"""Strict JSON: one meaning for every reader, bounded work, and refusals that repeat no content."""

from __future__ import annotations

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.strict_json import read_json
from gateway.errors import ClientError


def refused(body: bytes, **rules: int) -> dict[str, object]:
    with pytest.raises(ClientError) as caught:
        read_json(body, **rules)
    assert caught.value.code.name == "BAD_REQUEST"
    assert caught.value.__context__ is None
    return dict(caught.value.details)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b' \t\r\n{"a" : [1, -2.5e3, true, false, null, "x"]}\n', {"a": [1, -2500.0, True, False, None, "x"]}),
        ('{"tên": "Nguyễn Thị Ánh 😀"}'.encode(), {"tên": "Nguyễn Thị Ánh 😀"}),
        (b'{"a": "\\u1ea1 \\ud83d\\ude00 \\uD83D\\uDE00 \\\\ud800 \\\\u0000 \\n"}', {"a": "ạ 😀 😀 \\ud800 \\u0000 \n"}),
        (b'{"a": {"b": 1}, "b": {"b": 1}}', {"a": {"b": 1}, "b": {"b": 1}}),
        (b'{"a": ' + b"9" * 40 + b"}", {"a": int("9" * 40)}),
        (b'{"a": 1e308, "b": 1e-999, "c": -0}', {"a": 1e308, "b": 0.0, "c": 0}),
        (b'{"query": "' + b"{ [ " * 500 + b'"}', {"query": "{ [ " * 500}),
        (b'{"query": "' + b'{ \\" [ \\\\' * 500 + b'"}', {"query": '{ " [ \\' * 500}),
        (b'{"a":18446744073709551616}', {"a": 18446744073709551616}),
        (b'{"a":-9223372036854775809}', {"a": -9223372036854775809}),
        (b'{"a":"\\u0001\\\\u0000 \x7f\\/"}', {"a": "\x01\\u0000 \x7f/"}),
        (b'{"a":{"b":1},"b":{"a":""}}', {"a": {"b": 1}, "b": {"a": ""}}),
    ],
)  # fmt: skip
def test_an_object_is_read(body: bytes, value: dict[str, object]) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize(
    ("body", "reason", "position"),
    [
        (b"", "syntax", 0),
        (b"   ", "syntax", 3),
        (b"{", "syntax", 1),
        (b'{"a": 1} {"b": 2}', "syntax", 9),
        (b'{"a": 1,}', "syntax", None),
        (b"{'a': 1}", "syntax", 1),
        (b"{a: 1}", "syntax", 1),
        (b'{"a": 01}', "syntax", 7),
        (b'{"a": .5}', "syntax", 6),
        (b'{"a": 1.}', "syntax", 7),
        (b'{"a": +1}', "syntax", 6),
        (b'{"a": 0x10}', "syntax", 7),
        (b'{"a": True}', "syntax", 6),
        (b'{"a": "no end', "syntax", 6),
        (b'{"a": "\\x41"}', "syntax", None),
        (b'{"a": "\\u12"}', "syntax", None),
        (b'{"a": "\x00"}', "syntax", 7),
        ('{"ế": "\t"}'.encode(), "syntax", 9),
        ('{"a": ١}'.encode(), "syntax", 6),
        (b"\xc2\xa0{}", "syntax", 0),
        (b'{"a": 1 /* why */}', "syntax", 8),
        (b"\xef\xbb\xbf{}", "byte_order_mark", 0),
        ('{"a": 1}'.encode("utf-16"), "utf8", 0),
        ('{"a": 1}'.encode("utf-16-le"), "syntax", 1),
        ('{"a": 1}'.encode("utf-32-be"), "syntax", 0),
        (b'{"a": "\xff"}', "utf8", 7),
        (b'{"a": "\xc0\xaf"}', "utf8", 7),
        (b'{"a": "\xe0\x80\xaf"}', "utf8", 7),
        (b'{"a": "\xed\xa0\x80"}', "utf8", 7),
        (b'{"a": "\xf4\x90\x80\x80"}', "utf8", 7),
        (b'{"a": "\xe1\xba', "utf8", 7),
        (b'{"a": 1, "a": 2}', "duplicate_key", None),
        (b'{"a": 1, "\\u0061": 1}', "duplicate_key", None),
        (b'{"x": [{"b": {"a": 1, "a": 1}}]}', "duplicate_key", None),
        (b'{"a":1,"a":1}', "duplicate_key", None),
        (b'{"a":"","a":""}', "duplicate_key", None),
        (b'{"":{},"":{}}', "duplicate_key", None),
        (b'{"a":[{"b":"a","b":"b"}]}', "duplicate_key", None),
        (b'{"a":"\\u0000"}', "nul", 6),
        (b'{"a":1e999}', "number_range", None),
        (b'{"a":NaN}', "not_a_number", None),
        (b'{"a": NaN}', "not_a_number", None),
        (b'{"a": [Infinity]}', "not_a_number", None),
        (b'{"a": -Infinity}', "not_a_number", None),
        (b'{"a": 1e999}', "number_range", None),
        (b'{"a": -1.5E+400}', "number_range", None),
        (b'{"a": "x\\u0000"}', "nul", 8),
        (b'{"\\u0000": 1}', "nul", 2),
        (b'{"a": "\\ud800"}', "surrogate", 7),
        (b'{"a": "\\uDFFF"}', "surrogate", 7),
        (b'{"\\udc00": 1}', "surrogate", 2),
        (b'{"a": "\\ud83d\\u0041"}', "surrogate", 7),
        (b'{"a": "\\ude00\\ud83d"}', "surrogate", 7),
        (b'{"a": "\\ud83d\\ude00\\ude00"}', "surrogate", 19),
        (b'{"a": "\\ud83d\\\\ude00"}', "surrogate", 7),
        (b"5", "not_an_object", None),
        (b'"x"', "not_an_object", None),
        (b"null", "not_an_object", None),
        (b'[{"a": 1}]', "not_an_object", None),
    ],
)  # fmt: skip
def test_what_is_refused_names_the_rule(body: bytes, reason: str, position: int | None) -> None:
    details = refused(body)
    assert details["reason"] == reason
    assert position is None or details["position"] == position


@pytest.mark.parametrize(
    "digits", [b"1" * 5000, b"-" + b"1" * 40, b"0." + b"1" * 39, b"1" * 41, b"1e" + b"1" * 40]
)
def test_long_numbers_are_refused_before_they_are_converted(digits: bytes) -> None:
    assert refused(b'{"a": ' + digits + b"}") == {"reason": "number_length", "maximum": 40}


def test_the_length_of_numbers_is_configurable() -> None:
    assert read_json(b'{"a": 12345}', max_digits=5) == {"a": 12345}
    assert refused(b'{"a": 123456}', max_digits=5) == {"reason": "number_length", "maximum": 5}


def nested(depth: int) -> bytes:
    return b'{"a": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_nesting_is_bounded_and_configurable() -> None:
    assert isinstance(read_json(nested(32)), dict)
    assert refused(nested(33)) == {"reason": "nesting", "maximum": 32, "position": 6 + 31}
    assert isinstance(read_json(nested(3), max_depth=3), dict)
    assert refused(nested(4), max_depth=3) == {"reason": "nesting", "maximum": 3, "position": 6 + 2}


def test_nesting_counts_what_is_open_not_what_is_written() -> None:
    body = b'{"a": [' + b", ".join([b'{"b": ["[[[[{{{{"]}'] * 5000) + b"]}"
    assert len(str(read_json(body))) > 50_000


MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[" * 100_000, "nesting"),
        (b'{"a":' * 100_000, "nesting"),
        (b"[[" * 20 + b"]" * MEGABYTE, "nesting"),
        (b"]" * 100_000 + b"[" * 100_000, "syntax"),
        (b'{"a": 1' + b"}" * 1000 + b"[" * 1000, "syntax"),
        (b'"' + b'\\"' * (MEGABYTE // 2), "syntax"),
        (b'{"a": [[[[[[[[[[[[[[[[ "' + b"{" * 50 + b'\\"' * (MEGABYTE // 2), "syntax"),
        (b'{"a": "' + b"\\" * MEGABYTE, "syntax"),
        (b'{"a": "' + b"\\ud83d\\ude00" * 90_000 + b'\\ud83d"}', "surrogate"),
        (b" " * MEGABYTE, "syntax"),
        (b'{"a": ' + b"1" * MEGABYTE + b"}", "number_length"),
    ],
    ids=["lists", "objects", "closed", "closings", "more-closings", "quotes", "string", "backslashes", "pairs", "spaces",
         "digits"],
)  # fmt: skip
def test_bombs_are_refused_in_linear_time(body: bytes, reason: str) -> None:
    started = time.process_time()
    assert refused(body)["reason"] == reason
    assert time.process_time() - started < 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**38), 10**38)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"],
    exclude_characters="\0")), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


OBJECTS = st.dictionaries(st.sampled_from(["query", "variables", "extensions"]), VALUES)
SPACES = st.sampled_from([("", ""), (" ", ""), (" ", " "), ("\n", "\t")])


@given(OBJECTS, st.booleans(), SPACES)
def test_what_an_ordinary_encoder_writes_is_read_back(
    value: dict[str, object], ascii_only: bool, spaces: tuple[str, str]
) -> None:
    separators = ("," + spaces[0], ":" + spaces[1])
    body = json.dumps(value, ensure_ascii=ascii_only, separators=separators).encode()
    read = read_json(body)
    assert read == value
    assert json.dumps(read) == json.dumps(value)  # 1 is not 1.0, and the order is kept


PAIRS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "", "a b"]), st.sampled_from(['""', '"a"', "{}", "[]", "0", '"\\\\"', '" "'])),
    max_size=4,
)  # fmt: skip


@given(st.lists(PAIRS, min_size=1, max_size=3), SPACES)
def test_a_name_is_given_once_in_each_object(
    objects: list[list[tuple[str, str]]], spaces: tuple[str, str]
) -> None:
    written = [
        "{" + f",{spaces[0]}".join(f'"{name}":{spaces[1]}{value}' for name, value in pairs) + "}"
        for pairs in objects
    ]
    body = f'{{"list":[{",".join(written)}]}}'.encode()
    if all(len(dict(pairs)) == len(pairs) for pairs in objects):
        assert read_json(body) == json.loads(body)
    else:
        assert refused(body) == {"reason": "duplicate_key"}


FRAGMENTS = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b'"a"', b":", b",", b"1", b"-", b".", b"e9", b"\\", b"\\u0000", b"\\ud800", b"\\udc00",
     b"\xff", b"\xc3\xa9", b" ", b"NaN", b"null", b"Secret0071"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=16).map(b"".join) | st.binary(max_size=40))
def test_every_body_is_read_or_refused_and_nothing_else(body: bytes) -> None:
    try:
        value = read_json(body)
    except ClientError as error:
        refusal = error
    else:
        assert value == json.loads(body)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        return
    assert "Secret0071" not in repr(refusal.extensions())
    assert refusal.__context__ is None


def test_floats_keep_their_value() -> None:
    assert read_json(b'{"a": 3.141592653589793}') == {"a": math.pi}
