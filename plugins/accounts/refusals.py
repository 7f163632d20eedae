"""Why accounts refuses a change: each reason with its texts."""

from __future__ import annotations

import enum

from gateway.errors import Code, Text


class SignInRefusal(enum.Enum):
    """Why signing in was refused (Lý do từ chối đăng nhập)."""

    WRONG_CREDENTIALS = Code(
        "WRONG_CREDENTIALS",
        200,
        Text("Mã số BHXH hoặc mật khẩu không đúng.", "The social security code or the password is wrong."),
        "`signIn`: no account has this code, or the password is another; which of them is not told.",
    )
