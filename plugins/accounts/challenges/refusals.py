"""Why a challenge is not met."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from gateway.errors import Code, Text


class ChallengeRefusal(enum.Enum):
    """Why a confirmation was refused (Lý do từ chối xác nhận)."""

    CHALLENGE_OVER = Code(
        "CHALLENGE_OVER",
        200,
        Text(
            "Yêu cầu đã hết hạn hoặc không còn hiệu lực, vui lòng thực hiện lại từ đầu.",
            "This request has expired or is over; please start again.",
        ),
        "The challenge is unknown, used, too old, for something else or of another device, or its code was guessed too often.",
    )
    CODE_WRONG = Code(
        "CODE_WRONG",
        200,
        Text("Mã xác nhận không đúng.", "The code is wrong."),
        "It is not the last code that was sent, or not the app's; five tries are counted for a challenge, whatever is sent.",
    )
    TOO_MANY_CODES = Code(
        "TOO_MANY_CODES",
        200,
        Text(
            "Đã gửi quá nhiều mã xác nhận, vui lòng thử lại sau.",
            "Too many codes were sent or tried; please try again later.",
        ),
        "So many codes were sent to the account, its number or address, or tried, that there is a pause; until `retryAt`.",
    )
    NO_PHONE = Code(
        "NO_PHONE",
        200,
        Text(
            "Tài khoản chưa có số điện thoại, vui lòng đến cơ quan BHXH để đăng ký.",
            "The account has no phone number; please register one at an agency of social security.",
        ),
        "A code has to be sent, and there is no registered phone number.",
    )


@dataclass(frozen=True)
class Refusal:
    """A challenge that is not met, and when to try again where that is known."""

    why: ChallengeRefusal
    retry_at: dt.datetime | None = None
