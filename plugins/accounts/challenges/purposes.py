"""What one-time codes are for."""

from __future__ import annotations

import enum
from typing import Final


class Purpose(enum.Enum):
    """What a challenge is about; the value says so in a message, in Vietnamese without marks, which fit into more messages."""

    SWITCH_DEVICE = "dang nhap tren thiet bi khac"
    REQUIRED_PASSWORD = "dat mat khau moi"  # noqa: S105
    CHANGE_PASSWORD = "doi mat khau"  # noqa: S105
    FORGOTTEN_PASSWORD = "lay lai mat khau"  # noqa: S105
    RECOVERED_PASSWORD = "dat lai mat khau da quen"  # noqa: S105
    CHANGE_PHONE = "doi so dien thoai"
    NEW_PHONE = "so dien thoai moi"
    CHANGE_EMAIL = "doi email"
    NEW_EMAIL = "email moi"
    REGISTER_APP = "dang ky ung dung xac thuc"


UNTOLD: Final = frozenset({Purpose.FORGOTTEN_PASSWORD, Purpose.RECOVERED_PASSWORD})
"""What is begun by naming an account: sending a code again would tell whether there is one. It is begun once more instead."""


BY_APP: Final = frozenset(
    {
        Purpose.SWITCH_DEVICE,
        Purpose.REQUIRED_PASSWORD,
        Purpose.CHANGE_PASSWORD,
        Purpose.RECOVERED_PASSWORD,
        Purpose.CHANGE_PHONE,
        Purpose.CHANGE_EMAIL,
    }
)
"""What is confirmed with the authenticator app, by who has one, and no more with a code that is sent.

Not what proves that somebody is reached at a number or an address; nor a forgotten password, which anybody can begin with.
"""

CODE_SUBJECT: Final = "VssID: mã xác nhận"
"""Of the message, where it is an e-mail."""


def code_text(purpose: Purpose, code: str, minutes: int) -> str:
    """The message that carries a code: of the alphabet GSM-7 and at most 160 characters, so that it is one SMS."""
    return (
        f"VssID: {code} la ma xac nhan {purpose.value}, dung trong {minutes} phut. "
        "Khong dua ma nay cho bat ky ai, ke ca can bo BHXH."
    )
