"""Messages that tell a person what was done with the account, in Vietnamese without marks."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.authoring import VIETNAM
from gateway.outbox import Channel, Message, post
from plugins.accounts.personal.models import contact

DEVICE_REPLACED: Final = (
    "VssID: tai khoan cua ban da dang nhap tren thiet bi khac luc {at}, thiet bi cu da bi dang xuat. "
    "Neu khong phai ban, hay goi 1900 9068."
)
PASSWORD_CHANGED: Final = (
    "VssID: mat khau cua ban da duoc doi luc {at}. Neu khong phai ban, hay goi 1900 9068."  # noqa: S105
)
PASSWORD_EXPIRES: Final = (
    "VssID: mat khau cua ban het han ngay {day}. Vui long doi mat khau trong ung dung VssID."  # noqa: S105
)
PHONE_CHANGED: Final = (
    "VssID: so dien thoai cua tai khoan da duoc doi luc {at}. Neu khong phai ban, hay goi 1900 9068."
)
EMAIL_CHANGED: Final = (
    "VssID: email cua tai khoan da duoc doi luc {at}. Neu khong phai ban, hay goi 1900 9068."
)
APP_REGISTERED: Final = (
    "VssID: da dang ky ung dung xac thuc luc {at}, ma xac nhan khong gui qua SMS nua. "
    "Neu khong phai ban, hay goi 1900 9068."
)
APP_REMOVED: Final = (
    "VssID: da go ung dung xac thuc khoi tai khoan luc {at}. Neu khong phai ban, hay goi 1900 9068."
)
RECOVERY_CODE_USED: Final = (
    "VssID: mot ma khoi phuc cua ban da duoc dung luc {at}. Neu khong phai ban, hay goi 1900 9068."
)
SUBJECT: Final = "VssID: thông báo về tài khoản"


async def notify(work: AsyncConnection, participant_id: str, text: str, key: str, now: dt.datetime) -> None:
    """Post a message to a participant's phone, if there is one; ``{at}`` in the text becomes the time."""
    wanted = select(contact.c.phone).where(contact.c.participant_id == participant_id)
    phone: str | None = (await work.execute(wanted)).scalar_one_or_none()
    if phone is not None:
        await tell(work, phone, text, key, now)


async def tell(work: AsyncConnection, to: str, text: str, key: str, now: dt.datetime) -> None:
    """The same, to a phone number or an e-mail address at hand."""
    told = text.format(at=f"{now.astimezone(VIETNAM):%H:%M %d/%m/%Y}")
    message = (
        Message(Channel.EMAIL, to, "notice", told, key, SUBJECT)
        if "@" in to
        else Message(Channel.SMS, to, "notice", told, key)
    )
    await post(work, message, now)
