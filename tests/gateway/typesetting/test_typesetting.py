"""Pages are set from data, off the event loop, in bounded room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from gateway.errors import ClientError
from gateway.fonts import FONTS
from gateway.typesetting import Typesetting

HERE = Path(__file__).parent
GREETING = HERE / "greeting.typ"
HOSTILE = "<script>alert(1)</script> #panic() $x$ *b* @a \\ \u202e Nguyễn"


@pytest.fixture
async def typesetting() -> AsyncIterator[Typesetting]:
    made = Typesetting()
    yield made
    await made.close()


async def test_the_three_forms(typesetting: Typesetting, tmp_path: Path) -> None:
    data = {"name": "Nguyễn Thị Thuỳ Dương"}

    assert ET.fromstring(await typesetting.svg(GREETING, data)).tag.endswith("svg")  # noqa: S314  our own
    assert (await typesetting.png(GREETING, data, 200)).startswith(b"\x89PNG")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(await typesetting.pdf(GREETING, data))
    assert PdfReader(paper).pages[0].extract_text().strip() == data["name"]


async def test_data_are_text_whatever_they_hold(typesetting: Typesetting, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(await typesetting.pdf(GREETING, {"name": HOSTILE}))

    text = PdfReader(paper).pages[0].extract_text()
    assert "<script>alert(1)</script>" in text
    assert "#panic()" in text
    assert b"<script" not in await typesetting.svg(GREETING, {"name": HOSTILE})


async def test_a_picture_has_one_page(typesetting: Typesetting) -> None:
    with pytest.raises(TypeError, match=r"pages\.typ makes more than one page"):
        await typesetting.svg(HERE / "pages.typ", {})


async def test_what_finds_no_room_is_refused_at_once() -> None:
    typesetting = Typesetting(workers=1, waiting=1)
    try:
        asked = [typesetting.png(GREETING, {"name": str(number)}, 1000) for number in range(5)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    finally:
        await typesetting.close()

    refused = [one for one in answers if isinstance(one, ClientError)]
    assert [one.code.name for one in refused] == ["UNAVAILABLE"] * 3
    assert sum(isinstance(one, bytes) for one in answers) == 2


def test_the_fonts_come_with_their_licence() -> None:
    assert "SIL Open Font License, Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert {path.stem for path in FONTS.glob("*.ttf")} == {
        f"BeVietnamPro-{weight}" for weight in ("Regular", "Medium", "SemiBold", "Bold")
    }
