"""Pictures over HTTP: the register is read and the picture drawn when its address is opened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select

from gateway.access import OWN
from gateway.context import RequestContext
from gateway.downloads import Download, Produced
from plugins.hi_card.data_kinds import CARDS
from plugins.hi_card.models import CardState, card
from plugins.hi_card.pictures import CardOrientation, CardSide, PictureFormat, picture
from plugins.hi_card.printing import PrintedCard
from plugins.hi_card.register import printed

PICTURE: Final = "hi_card.picture"
_CARD: Final = select(card).where(card.c.id == bindparam("card"))
_ENDED: Final = "HẾT GIÁ TRỊ SỬ DỤNG"


@dataclass(frozen=True)
class PictureWanted:
    """Which picture of which card."""

    card: str
    side: CardSide
    orientation: CardOrientation
    form: PictureFormat

    @property
    def text(self) -> str:
        """As a ticket carries it."""
        return f"{self.side.value} {self.orientation.value} {self.form.value} {self.card}"

    @classmethod
    def read(cls, text: str) -> PictureWanted:
        """Out of a ticket. Raises ValueError."""
        side, orientation, form, card = text.split(" ", 3)
        return cls(card, CardSide(side), CardOrientation(orientation), PictureFormat(form))


async def draw(context: RequestContext, argument: str) -> Produced | None:
    """The picture of a card that is the viewer's own, or a child's."""
    wanted = PictureWanted.read(argument)
    async with context.services.database.read() as connection:
        row: Any = (await connection.execute(_CARD, {"card": wanted.card})).one_or_none()
    if row is None:
        return None
    OWN.check(context.viewer, row.participant_id)
    context.observed.read(CARDS, [row.participant_id])
    found = printed(row)
    if found is None:
        return None
    stamp = None if _counts(found, row.state, context.today) else _ENDED
    typesetting = context.services.typesetting
    drawn = await picture(typesetting, found, wanted.side, wanted.orientation, wanted.form, stamp=stamp)
    name = "the-bhyt-mat-truoc" if wanted.side is CardSide.FRONT else "the-bhyt-mat-sau"
    return Produced(drawn, wanted.form.media_type, f"{name}.{wanted.form.value}")


def _counts(found: PrintedCard, state: CardState, today: dt.date) -> bool:
    return state is CardState.ACTIVE and (found.valid_to is None or today <= found.valid_to)


DOWNLOADS: Final = (Download(PICTURE, draw),)
