"""What signing in and changing a password answer, as types of the graph."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from gateway.authoring import (
    ID,
    Failure,
    attribute,
    enumeration,
    input_type,
    output_type,
    union,
)
from plugins.accounts.challenges import ChallengeRefusal
from plugins.accounts.models import Platform
from plugins.accounts.refusals import PasswordRefusal, SignInRefusal
from plugins.accounts.signing.signing_in import ChangeReason

enumeration(**{refusal.name: refusal.value.when for refusal in SignInRefusal})(SignInRefusal)
enumeration(**{refusal.name: refusal.value.when for refusal in PasswordRefusal})(PasswordRefusal)
enumeration(**{refusal.name: refusal.value.when for refusal in ChallengeRefusal})(ChallengeRefusal)
enumeration(ANDROID="Android.", IOS="iOS.", OTHER="Something else (Khác).")(Platform)
enumeration(
    TEMPORARY="It was given by an agency, for the first sign-in (Đăng nhập lần đầu).",
    EXPIRED="It is too old (Mật khẩu quá hạn).",
)(ChangeReason)


@input_type
class DeviceDescription:
    """The device that somebody signs in on (Thiết bị)."""

    identifier: str = attribute(
        "Made by the application once and kept secret on the device: 16 to 128 letters, digits and ._:-"
    )
    name: str = attribute("What its owner calls it, as Galaxy A51 (Tên thiết bị).")
    platform: Platform = attribute("What it runs (Hệ điều hành).")


@input_type
class Credentials:
    """What a participant signs in with."""

    social_security_code: str = attribute("Ten digits (Mã số BHXH).")
    password: str = attribute("The password (Mật khẩu).")
    device: DeviceDescription = attribute("Where; an account is used on one device (Thiết bị).")


@input_type
class Confirmation:
    """A challenge and the code that was sent for it."""

    challenge: ID = attribute("As it was answered.")
    code: str = attribute("Six digits (Mã xác nhận); for `AppCodeRequired` of the app, or a recovery code.")


@input_type
class PasswordChange:
    """The present password and a new one."""

    old_password: str = attribute("The present password (Mật khẩu cũ).")
    new_password: str = attribute("8 to 128 characters (Mật khẩu mới).")
    repeated_password: str = attribute("The new password once more (Nhập lại mật khẩu mới).")


@input_type
class RequiredPassword:
    """A new password, for whoever has to change it before signing in."""

    challenge: ID = attribute("As `signIn` has answered it.")
    device: str = attribute("The identifier of the device, as for `signIn`.")
    new_password: str = attribute("8 to 128 characters (Mật khẩu mới).")
    repeated_password: str = attribute("The new password once more (Nhập lại mật khẩu mới).")


@output_type
class SignedIn:
    """A session was opened (Đăng nhập thành công)."""

    token: str = attribute("For the header `Authorization: Bearer`. Keep it secret; it is not shown again.")
    expires_at: dt.datetime = attribute("When it expires at the latest; unused, it expires sooner.")
    password_expires_on: dt.date = attribute(
        "From this day on the password has to be changed first (Ngày mật khẩu hết hạn)."
    )
    password_reminder: int | None = attribute(
        "Days left to change the password, when they are few (Số ngày còn lại để đổi mật khẩu).", default=None
    )


@output_type
class PasswordChangeRequired:
    """Code and password are right, but the password has to be changed before there is a session (Phải đổi mật khẩu)."""

    reason: ChangeReason = attribute("Why (Lý do).")
    challenge: ID = attribute("For `changeRequiredPassword`, within a quarter of an hour, on this device.")


@output_type
class OtherDeviceActive:
    """Code and password are right, but another device is signed in (Tài khoản đang đăng nhập trên thiết bị khác)."""

    device_name: str | None = attribute("What its owner calls the other device (Thiết bị đang đăng nhập).")
    since: dt.datetime = attribute("When it signed in (Đăng nhập từ).")
    challenge: ID = attribute("For `continueOnThisDevice`, within a quarter of an hour, on this device.")


@output_type
class SignInRefused(Failure):
    """No session was opened (Đăng nhập không thành công)."""

    code: SignInRefusal = attribute("Why (Lý do).")
    retry_at: dt.datetime | None = attribute(
        "When to try again, after too many attempts (Thử lại từ).", default=None
    )


@output_type
class CodeSent:
    """A one-time code was sent by SMS or e-mail (Đã gửi mã xác nhận)."""

    challenge: ID = attribute("To be sent back with the code.")
    sent_to: str = attribute("The phone number or e-mail address, masked (Nơi nhận mã).")
    valid_until: dt.datetime = attribute("After that a new code is needed (Hiệu lực đến).")


@output_type
class AppCodeRequired:
    """Nothing was sent: a code of the authenticator app, or a recovery code, confirms it (Nhập mã từ ứng dụng xác thực)."""

    challenge: ID = attribute("To be sent back with the code.")
    valid_until: dt.datetime = attribute("After that it has to be begun again (Hiệu lực đến).")


@output_type
class ChallengeRefused(Failure):
    """Nothing was confirmed (Xác nhận không thành công)."""

    code: ChallengeRefusal = attribute("Why (Lý do).")
    retry_at: dt.datetime | None = attribute("When to try again, where that is known.", default=None)


@output_type
class PasswordRefused(Failure):
    """The new password was not taken (Không đổi được mật khẩu)."""

    code: PasswordRefusal = attribute("Why (Lý do).")
    retry_at: dt.datetime | None = attribute("When to try again, after too many tries.", default=None)


@output_type
class RequiredPasswordChanged:
    """The new password counts; sign in with it (Đã đổi mật khẩu)."""

    at: dt.datetime = attribute("From when on.")


@output_type
class SignedOut:
    """The session has ended (Đã đăng xuất)."""

    at: dt.datetime = attribute("From when on the token does not count any more.")


SignInOutcome = Annotated[
    SignedIn | PasswordChangeRequired | OtherDeviceActive | SignInRefused,
    union("SignInOutcome", description="What came of signing in (Kết quả đăng nhập)."),
]
CodeOutcome = Annotated[
    CodeSent | AppCodeRequired | ChallengeRefused,
    union("CodeOutcome", description="What came of asking for a code (Kết quả gửi mã)."),
]
NewPasswordOutcome = Annotated[
    CodeSent | AppCodeRequired | PasswordRefused | ChallengeRefused,
    union("NewPasswordOutcome", description="What came of choosing a password (Kết quả đổi mật khẩu)."),
]
ConfirmedSession = Annotated[
    SignedIn | ChallengeRefused,
    union("ConfirmedSession", description="What came of a code that opens a session (Kết quả xác nhận)."),
]
RequiredPasswordOutcome = Annotated[
    RequiredPasswordChanged | ChallengeRefused,
    union("RequiredPasswordOutcome", description="What came of a required change (Kết quả đổi mật khẩu)."),
]
