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
    TOO_MANY_ATTEMPTS = Code(
        "TOO_MANY_ATTEMPTS",
        200,
        Text("Quá nhiều lần thử, vui lòng thử lại sau.", "Too many attempts; please try again later."),
        "`signIn`: the code or the address was used too often, whether there is an account or not; `retryAt` tells until when.",
    )
