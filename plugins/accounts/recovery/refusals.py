"""Why a reset of credentials goes no further."""

from __future__ import annotations

import enum

from gateway.errors import Code, Text


class ResetRefusal(enum.Enum):
    """Why a reset was refused (Lý do từ chối cấp lại)."""

    UNKNOWN_PARTICIPANT = Code(
        "UNKNOWN_PARTICIPANT",
        200,
        Text("Không tìm thấy người tham gia.", "There is no such participant."),
        "Nobody in the officer's agency tree who has an account has this key.",
    )
    RESET_PHONE_INVALID = Code(
        "RESET_PHONE_INVALID",
        200,
        Text("Số điện thoại di động không hợp lệ.", "This is no Vietnamese mobile number."),
        "Codes and temporary passwords are sent to mobile numbers of Vietnam alone.",
    )
    RESET_REASON_MISSING = Code(
        "RESET_REASON_MISSING",
        200,
        Text("Vui lòng ghi rõ lý do, tối đa 500 ký tự.", "Give a reason of 500 characters at most."),
        "A reset is noted in the audit trail with its reason.",
    )
    IDENTITY_NOT_CHECKED = Code(
        "IDENTITY_NOT_CHECKED",
        200,
        Text("Phải kiểm tra giấy tờ tùy thân trước.", "Check the identity paper first."),
        "The officer has not confirmed that the identity paper was checked.",
    )
    RESET_OPEN = Code(
        "RESET_OPEN",
        200,
        Text("Đã có yêu cầu cấp lại đang chờ xác nhận.", "A reset is waiting for its confirmation already."),
        "There is one open reset of a participant.",
    )
    RESET_OVER = Code(
        "RESET_OVER",
        200,
        Text("Yêu cầu không còn hiệu lực.", "There is no such reset, or it is over."),
        "The reset is unknown, of another agency, decided, too old, or its temporary password has been changed.",
    )
    SAME_OFFICER = Code(
        "SAME_OFFICER",
        200,
        Text("Cán bộ khác phải quyết định yêu cầu này.", "Another officer has to decide this."),
        "Whoever has asked for a reset does not decide it.",
    )
    RESET_PAUSE = Code(
        "RESET_PAUSE",
        200,
        Text(
            "Đã gửi quá nhiều tin nhắn, vui lòng thử lại sau.", "Too many messages; please try again later."
        ),
        "So many messages were sent to the number, or to all, that there is a pause.",
    )
