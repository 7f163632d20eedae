"""Files taken apart: encodings, quotation marks, JSON, and lines that are no rows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from gateway.imports import ImportColumn, text
from gateway.imports.reading import LONGEST_LINE, FileRefused, Record, records

COLUMNS = (
    ImportColumn("name", text(100), "Who."),
    ImportColumn("place", text(100), "Where.", required=False),
)


def read(content: bytes | str, name: str = "file.csv") -> list[Record]:
    encoded = content if isinstance(content, bytes) else content.encode()
    with records(Path(name), io.BytesIO(encoded), COLUMNS) as rows:
        return list(rows)


def found(content: bytes | str, name: str = "file.csv") -> list[tuple[int, dict[str, str], list[str]]]:
    return [
        (one.line, dict(one.cells), [fault.reason for fault in one.faults]) for one in read(content, name)
    ]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv(mark: str, end: str) -> None:
    lines = ["place,name", 'Huế,"Nguyễn, An"', "", '"Đà\nNẵng",Bình', ",C"]
    assert found(mark + end.join(lines) + end) == [
        (2, {"place": "Huế", "name": "Nguyễn, An"}, []),
        (4, {"place": "Đà\nNẵng", "name": "Bình"}, []),
        (6, {"place": "", "name": "C"}, []),
    ]


def test_an_optional_column_may_be_left_out() -> None:
    assert found("name\nAn\n") == [(2, {"name": "An"}, [])]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("", "column name is missing"),
        ("place", "column name is missing"),
        ("name,name", "column name is there twice"),
        ("name,=cmd()", "column 2 is none of ours"),
        ('"name', "line 1: cannot be read as CSV"),
    ],
)
def test_a_header_that_does_not_fit(header: str, told: str) -> None:
    with pytest.raises(FileRefused, match=told) as refused:
        read(f"{header}\nAn,Huế\n")
    assert "cmd" not in str(refused.value)


def test_what_can_not_be_taken_apart_is_named_and_the_next_line_read() -> None:
    content = 'name,place\nAn\nA,B,C\n"An"x,Huế\nBình,Huế\n'
    assert [(line, faults) for line, _, faults in found(content)] == [
        (2, ["has 1 cells; the header has 2"]),
        (3, ["has 3 cells; the header has 2"]),
        (4, ["cannot be read as CSV, up to line 4; look at the quotation marks"]),
        (5, []),
    ]


def test_a_quotation_mark_that_is_never_closed_does_not_eat_the_file() -> None:
    content = 'name,place\n"An,Huế\n' + "Bình,Huế\n" * 60_000
    rows = found(content)
    assert rows[0][0] == 2
    assert rows[0][2][0].startswith("cannot be read as CSV, up to line ")
    assert rows[-1] == (60_002, {"name": "Bình", "place": "Huế"}, [])


def test_a_line_without_an_end_is_not_held() -> None:
    content = f"name,place\n{'x' * (5 * LONGEST_LINE)}\nBình,Huế\n"
    assert [(line, faults) for line, _, faults in found(content)] == [
        (2, ["has 1 cells; the header has 2"]),
        (3, []),
    ]


def test_bytes_that_are_no_text_stay_in_their_cell() -> None:
    (first, second) = read(b"name,place\n\xff\xfe,Hu\xe1\xba\xbf\nAn,x\n")
    assert first.cells == {"name": "\udcff\udcfe", "place": "Huế"}
    assert second.cells == {"name": "An", "place": "x"}


def test_json_lines() -> None:
    content = '{"name": "An", "place": null}\n\n{"name": 2.340}\n'
    assert found(content, "file.jsonl") == [
        (1, {"name": "An", "place": ""}, []),
        (3, {"name": "2.340"}, []),
    ]


@pytest.mark.parametrize(
    ("line", "reasons"),
    [
        ("{", ["is not a JSON object"]),
        ("[]", ["is not a JSON object"]),
        ('"An"', ["is not a JSON object"]),
        ("1", ["is not a JSON object"]),
        ('{"name": NaN}', ["is not a JSON object"]),
        ("[" * 60_000, ["is not a JSON object"]),
        ('{"name": true, "place": []}', ["is neither text nor a number"] * 2),
        ('{"name": {"a": 1}}', ["is neither text nor a number"]),
        ('{"name": "a", "name": "b"}', ["is there twice"]),
        ('{"name": "a", "=cmd()": "b"}', ["has a name that is no column of ours"]),
    ],
    ids=lambda given: str(given)[:20],
)
def test_lines_that_are_no_rows(line: str, reasons: list[str]) -> None:
    rows = found(f'{line}\n{{"name": "An"}}\n', "file.jsonl")
    assert rows == [(1, {}, reasons), (2, {"name": "An"}, [])]


@pytest.mark.parametrize("name", ["file", "file.xlsx", "file.csv.gz"])
def test_other_files(name: str) -> None:
    with pytest.raises(FileRefused, match=r"ends neither in \.csv nor in \.jsonl"):
        read("name\n", name)
