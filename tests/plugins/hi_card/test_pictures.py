"""Pictures of a card: readable by a machine that knows nothing of ours, safe to show, and whole for awkward people."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from gateway.typesetting import Typesetting
from plugins.hi_card.pictures import CardOrientation, CardSide, PictureFormat, picture
from plugins.hi_card.printed_qr import printed_qr, read_printed_qr
from tests.plugins.hi_card.cards import AWKWARD, HOSTILE, NEW, OLD

EVERY_PICTURE = list(itertools.product(CardSide, CardOrientation))


@pytest.fixture
async def typesetting() -> AsyncIterator[Typesetting]:
    made = Typesetting()
    yield made
    await made.close()


@pytest.mark.parametrize("orientation", CardOrientation)
@pytest.mark.parametrize("card", [NEW, OLD], ids=["new", "old"])
async def test_the_code_on_the_front_is_decoded(
    typesetting: Typesetting, card: object, orientation: CardOrientation
) -> None:
    assert card in (NEW, OLD)
    chosen = NEW if card is NEW else OLD
    drawn = await picture(typesetting, chosen, CardSide.FRONT, orientation, PictureFormat.PNG)

    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn)).convert("L"))

    assert found.text == printed_qr(chosen)
    assert read_printed_qr(found.text).holder_name == chosen.holder_name


@pytest.mark.parametrize(("side", "orientation"), EVERY_PICTURE)
async def test_the_size_is_that_of_a_card(
    typesetting: Typesetting, side: CardSide, orientation: CardOrientation
) -> None:
    drawn = await picture(typesetting, NEW, side, orientation, PictureFormat.PNG)

    long, short = 1517, 957  # 85.6 x 54 mm
    size = Image.open(io.BytesIO(drawn)).size
    assert size == ((long, short) if orientation is CardOrientation.LANDSCAPE else (short, long))


@pytest.mark.parametrize("name", AWKWARD)
async def test_awkward_cards_have_every_picture(typesetting: Typesetting, name: str) -> None:
    for side, orientation in EVERY_PICTURE:
        drawn = await picture(typesetting, AWKWARD[name], side, orientation, PictureFormat.SVG)
        root = ET.fromstring(drawn)  # noqa: S314  our own
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert references(root) == set(), name
        assert not {element.tag.rpartition("}")[2] for element in root.iter()} & {
            "script",
            "foreignObject",
            "image",
            "style",
            "a",
            "text",
        }
        assert b"alert" not in drawn


def references(root: ET.Element) -> set[str]:
    """What a picture would load from elsewhere."""
    found = {
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name.rpartition("}")[2] in ("href", "src") and not value.startswith("#")
    }
    urls = re.findall(r"url\(([^#)][^)]*)\)", ET.tostring(root, encoding="unicode"))
    return found | set(urls)


async def test_names_do_not_leave_their_room(typesetting: Typesetting) -> None:
    """However long a name is, the code beside it, the level and what is below it stay as they are."""
    pictures = [
        Image.open(
            io.BytesIO(
                await picture(
                    typesetting, AWKWARD[name], CardSide.FRONT, CardOrientation.PORTRAIT, PictureFormat.PNG
                )
            )
        ).convert("RGB")
        for name in ("longest", "one endless word", "usual")
    ]
    for long in pictures[:2]:
        box = (0, 1235, 957, 1517)  # from the validity on
        margin = (0, 700, 40, 1517)
        assert long.crop(box).tobytes() == pictures[2].crop(box).tobytes()
        assert long.crop(margin).tobytes() == pictures[2].crop(margin).tobytes()


async def test_a_card_that_counts_no_more_is_stamped(typesetting: Typesetting) -> None:
    plain, stamped = [
        await picture(
            typesetting, NEW, CardSide.FRONT, CardOrientation.LANDSCAPE, PictureFormat.PNG, stamp=stamp
        )
        for stamp in (None, "HẾT GIÁ TRỊ")
    ]
    assert plain != stamped


async def test_a_hostile_name_is_in_the_code_as_it_is(typesetting: Typesetting) -> None:
    assert read_printed_qr(printed_qr(AWKWARD["hostile"])).holder_name == HOSTILE
