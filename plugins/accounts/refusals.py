"""Why accounts refuses a change: each reason with its texts."""

from __future__ import annotations

import enum
from typing import Final

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


class PasswordRefusal(enum.Enum):
    """Why a new password was not taken (Lý do không đổi được mật khẩu)."""

    OLD_PASSWORD_WRONG = Code(
        "OLD_PASSWORD_WRONG",
        200,
        Text("Mật khẩu cũ không đúng.", "The old password is wrong."),
        "`changePassword`: the present password is another.",
    )
    PASSWORDS_DIFFER = Code(
        "PASSWORDS_DIFFER",
        200,
        Text("Hai lần nhập mật khẩu mới không giống nhau.", "The new password was not repeated exactly."),
        "A new password and its repetition are not the same text.",
    )
    PASSWORD_TOO_SHORT = Code(
        "PASSWORD_TOO_SHORT",
        200,
        Text("Mật khẩu phải có ít nhất 8 ký tự.", "A password has 8 characters or more."),
        "A new password has fewer than 8 characters.",
    )
    PASSWORD_TOO_LONG = Code(
        "PASSWORD_TOO_LONG",
        200,
        Text("Mật khẩu có tối đa 128 ký tự.", "A password has 128 characters at most."),
        "A new password has more than 128 characters.",
    )
    PASSWORD_COMMON = Code(
        "PASSWORD_COMMON",
        200,
        Text("Mật khẩu này quá phổ biến, dễ bị đoán.", "This password is too common; others guess it."),
        "A new password is on the list of usual ones, or is one of its words with digits and signs around.",
    )
    PASSWORD_PERSONAL = Code(
        "PASSWORD_PERSONAL",
        200,
        Text(
            "Mật khẩu không được chứa mã số BHXH, số điện thoại, ngày sinh hay họ tên của bạn.",
            "A password is not made of your code, phone number, birth date or name.",
        ),
        "A new password holds the owner's code, phone number or birth date, or is made of the name.",
    )
    PASSWORD_USED_BEFORE = Code(
        "PASSWORD_USED_BEFORE",
        200,
        Text("Bạn đã dùng mật khẩu này trước đây.", "You have used this password before."),
        "A new password is the present one, or one of those before.",
    )
    PASSWORD_PAUSE = Code(
        "PASSWORD_PAUSE",
        200,
        Text(
            "Quá nhiều lần thử đổi mật khẩu, vui lòng thử lại sau.", "Too many tries; please try again later."
        ),
        "Passwords were tried too often; `retryAt` tells when to try again.",
    )


class AccountChangeRefusal(enum.Enum):
    """Why what an account is reached at or confirmed with was not changed (Lý do không thay đổi được)."""

    PRESENT_PASSWORD_WRONG = Code(
        "PRESENT_PASSWORD_WRONG",
        200,
        Text("Mật khẩu không đúng.", "The password is wrong."),
        "The password that was given with a change of the account is not the present one.",
    )
    PRESENT_PASSWORD_PAUSE = Code(
        "PRESENT_PASSWORD_PAUSE",
        200,
        Text("Quá nhiều lần thử, vui lòng thử lại sau.", "Too many tries; please try again later."),
        "The present password was guessed too often; `retryAt` tells when to try again.",
    )
    PHONE_INVALID = Code(
        "PHONE_INVALID",
        200,
        Text("Số điện thoại di động không hợp lệ.", "This is no Vietnamese mobile number."),
        "Codes are sent to mobile numbers of Vietnam alone.",
    )
    EMAIL_INVALID = Code(
        "EMAIL_INVALID",
        200,
        Text("Địa chỉ email không hợp lệ.", "This is no e-mail address."),
        "An e-mail address is ASCII, as `name@example.org`, 254 characters at most.",
    )
    CONTACT_UNCHANGED = Code(
        "CONTACT_UNCHANGED",
        200,
        Text("Thông tin mới trùng với thông tin đang đăng ký.", "It is registered already."),
        "The new phone number or e-mail address of an account is the present one.",
    )
    AUTHENTICATOR_REGISTERED = Code(
        "AUTHENTICATOR_REGISTERED",
        200,
        Text("Tài khoản đã có ứng dụng xác thực.", "There is an authenticator app already; remove it first."),
        "`registerAuthenticator`: an account has one authenticator app.",
    )
    NO_AUTHENTICATOR = Code(
        "NO_AUTHENTICATOR",
        200,
        Text("Tài khoản chưa có ứng dụng xác thực.", "There is no authenticator app."),
        "No authenticator app is registered, so there is nothing to remove and nothing to make recovery codes for.",
    )
    APP_CODE_WRONG = Code(
        "APP_CODE_WRONG",
        200,
        Text("Mã của ứng dụng xác thực không đúng.", "The code of the authenticator app is wrong."),
        "`confirmAuthenticator`: the app shows another code, or the clock of its device is wrong.",
    )


SESSION_REPLACED: Final = Code(
    "SESSION_REPLACED",
    401,
    Text(
        "Tài khoản đã đăng nhập trên thiết bị khác.",
        "The account has been signed in on another device.",
    ),
    "The session of this token was alive when another device took its place: an account is used on one device.",
)
