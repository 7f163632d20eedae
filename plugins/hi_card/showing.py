"""What a holder does with a card on a phone: shows it signed, reads what is printed on it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Protocol

from gateway.authoring import argument, attribute, enumeration, output_type
from gateway.context import RequestContext
from plugins.hi_card.downloading import PICTURE, PictureWanted
from plugins.hi_card.models import PrintedSex
from plugins.hi_card.pictures import CardOrientation, CardSide, PictureFormat
from plugins.hi_card.presentations import signed
from plugins.hi_card.printed_qr import printed_qr as text_of_qr
from plugins.hi_card.register import RegisterRow, printed
from plugins.hi_card.settings import HiCardSettings
from plugins.hi_card.signing_keys import SigningKey, SigningKeys
from plugins.hi_card.verification import CardFacts

enumeration(MALE="Male (Nam).", FEMALE="Female (Nữ).")(PrintedSex)
enumeration(FRONT="The side with name and QR code (Mặt trước).", BACK="The side with advice (Mặt sau).")(
    CardSide
)
enumeration(LANDSCAPE="Lying, as the card is (Ngang).", PORTRAIT="Standing, as a phone is (Dọc).")(
    CardOrientation
)
enumeration(SVG="Sharp at every size.", PNG="1,517 by 957 dots.")(PictureFormat)


class CardRow(RegisterRow, Protocol):
    """A card that a field is on."""

    @property
    def key(self) -> str:
        """Which row it is."""
        ...


@output_type
class CardPresentation:
    """A card shown to a hospital: signed, and worth nothing after a minute or two (Mã ký số của thẻ BHYT)."""

    token: str = attribute("What the QR code says, for applications that draw it themselves.")
    issued_at: dt.datetime = attribute("When it was signed.")
    expires_at: dt.datetime = attribute("When it counts no more; ask for another one before (Hết hiệu lực).")
    qr_svg: str | None = attribute("The QR code as SVG; null where it was not asked for (Mã QR).")


@output_type
class CardPicture:
    """A picture of the card, to be fetched with the same session's token within five minutes (Hình ảnh thẻ)."""

    url: str = attribute("Path on this gateway; nothing in it can be read.")
    media_type: str = attribute("Its Content-Type.")


async def printed_qr(card: CardRow) -> str | None:
    """What the QR code on the card says; it proves nothing, `presentation` does (Nội dung mã QR in trên thẻ)."""
    found = printed(card)
    return None if found is None else text_of_qr(found)


async def picture(
    card: CardRow,
    context: RequestContext,
    side: Annotated[CardSide, argument(description="Which side (Mặt thẻ).")] = CardSide.FRONT,
    format: Annotated[PictureFormat, argument(description="SVG or PNG.")] = PictureFormat.SVG,  # noqa: A002
    orientation: Annotated[
        CardOrientation, argument(description="Lying or standing (Hướng).")
    ] = CardOrientation.LANDSCAPE,
) -> CardPicture | None:
    """A picture of the card; null where the register does not know what is printed on it (Hình ảnh thẻ)."""
    if printed(card) is None:
        return None
    wanted = PictureWanted(card.key, side, orientation, format)
    url = context.services.downloads.url(context, PICTURE, wanted.text)
    return CardPicture(url=url, media_type=format.media_type)


async def presentation(
    card: CardRow,
    context: RequestContext,
    qr: Annotated[
        bool, argument(description="Whether to draw the QR code; false where the application does.")
    ] = True,
) -> CardPresentation | None:
    """The card to show to a hospital; null where the register does not know its holder (Sử dụng thẻ)."""
    facts = _facts(card)
    if facts is None:
        return None
    key = await context.loader(_current_key).load("current")
    life = dt.timedelta(seconds=context.services.settings.section(HiCardSettings).presentation_seconds)
    made = signed(facts, key, context.now, life, context.services.secret)
    return CardPresentation(
        token=made.token,
        issued_at=made.issued_at,
        expires_at=made.expires_at,
        qr_svg=await asyncio.to_thread(_drawn, made.token) if qr else None,
    )


async def _current_key(asked: Sequence[str], context: RequestContext) -> list[SigningKey]:
    """One key for all cards of a request."""
    return [await SigningKeys(context.services).current()] * len(asked)


def _drawn(token: str) -> str:
    from plugins.hi_card.squares import qr_svg  # noqa: PLC0415  segno takes a tenth of a second to load

    return qr_svg(token, "L")


def _facts(card: CardRow) -> CardFacts | None:
    if card.holder_name is None or card.holder_birth is None:
        return None
    return CardFacts(
        number=card.number,
        holder_name=card.holder_name,
        holder_birth=card.holder_birth,
        benefit_level=card.benefit_level,
        facility_code=card.facility_code,
        valid_from=card.valid_from,
        valid_to=card.valid_to,
        five_year_date=card.five_year_date,
        state=card.state.name,
    )
