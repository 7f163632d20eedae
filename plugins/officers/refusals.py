"""Why officers refuses a sign-in or a change: each reason with its texts."""

from __future__ import annotations

import enum

from gateway.errors import Code, Text


class OfficerSignInRefusal(enum.Enum):
    """Why an officer was not signed in (Lý do từ chối đăng nhập)."""

    WRONG_OFFICER_CREDENTIALS = Code(
        "WRONG_OFFICER_CREDENTIALS",
        200,
        Text(
            "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng.",
            "The user name, the password or the code is wrong.",
        ),
        "`officerSignIn`: nobody of this name, disabled, another password, or no fresh code; which of them is not told.",
    )
    TOO_MANY_OFFICER_ATTEMPTS = Code(
        "TOO_MANY_OFFICER_ATTEMPTS",
        200,
        Text("Quá nhiều lần thử, vui lòng thử lại sau.", "Too many attempts; please try again later."),
        "`officerSignIn`, `completeOfficerEnrolment`: the name or the address was used too often; `retryAt` tells until when.",
    )
    ENROLMENT_EXPIRED = Code(
        "ENROLMENT_EXPIRED",
        200,
        Text(
            "Phiên đăng ký đã hết hạn, vui lòng đăng nhập lại bằng mật khẩu tạm.",
            "The enrolment has expired; sign in with the temporary password again.",
        ),
        "`completeOfficerEnrolment`: the ticket is unknown, used, or too old.",
    )
    WRONG_ENROLMENT_CODE = Code(
        "WRONG_ENROLMENT_CODE",
        200,
        Text("Mã xác thực không đúng.", "The code of the authenticator app is wrong."),
        "`completeOfficerEnrolment`: the app shows another code for the new secret.",
    )
    UNFIT_PASSWORD = Code(
        "UNFIT_PASSWORD",
        200,
        Text(
            "Mật khẩu mới phải có từ 12 đến 128 ký tự, khác mật khẩu tạm và không chứa tên đăng nhập.",
            "A new password has 12 to 128 characters, is not the temporary one and does not hold the user name.",
        ),
        "`completeOfficerEnrolment`: the new password is too short, too long or too easy to guess.",
    )


class OfficerChangeRefusal(enum.Enum):
    """Why nothing was changed about an officer (Lý do từ chối thay đổi)."""

    UNKNOWN_OFFICER = Code(
        "UNKNOWN_OFFICER",
        200,
        Text("Không tìm thấy cán bộ.", "There is no such officer."),
        "Changes of officers: nobody of this key, or not below the administrator's agency.",
    )
    UNKNOWN_AGENCY = Code(
        "UNKNOWN_AGENCY",
        200,
        Text("Không tìm thấy cơ quan BHXH.", "There is no such agency."),
        "Changes of officers: no agency of this code, or not below the administrator's own.",
    )
    USER_NAME_TAKEN = Code(
        "USER_NAME_TAKEN",
        200,
        Text("Tên đăng nhập đã được sử dụng.", "The user name is taken."),
        "`addOfficer`: another officer has the name.",
    )
    MALFORMED_OFFICER = Code(
        "MALFORMED_OFFICER",
        200,
        Text("Thông tin cán bộ không hợp lệ.", "What was given of the officer is malformed."),
        "Changes of officers: `field` names what has the wrong form.",
    )
    REASON_MISSING = Code(
        "REASON_MISSING",
        200,
        Text("Vui lòng nhập lý do.", "Give a reason."),
        "Changes of officers: the reason is blank or too long (500 characters).",
    )
    OWN_ACCOUNT = Code(
        "OWN_ACCOUNT",
        200,
        Text("Không thể tự thay đổi tài khoản của mình.", "Your own account is for another administrator."),
        "Changes of officers: administrators do not change, disable or reset themselves.",
    )
    LAST_ADMINISTRATOR = Code(
        "LAST_ADMINISTRATOR",
        200,
        Text(
            "Trung ương phải còn ít nhất một quản trị viên.", "The centre keeps one administrator at least."
        ),
        "Changes of officers: nobody would be left who can administer at the centre.",
    )


class OfficerPasswordRefusal(enum.Enum):
    """Why an officer's password was not changed (Lý do từ chối đổi mật khẩu)."""

    WRONG_PASSWORD_OR_CODE = Code(
        "WRONG_PASSWORD_OR_CODE",
        200,
        Text("Mật khẩu cũ hoặc mã xác thực không đúng.", "The old password or the code is wrong."),
        "`changeOfficerPassword`: another password, or no fresh code; which of them is not told.",
    )
    TOO_MANY_PASSWORD_ATTEMPTS = Code(
        "TOO_MANY_PASSWORD_ATTEMPTS",
        200,
        Text("Quá nhiều lần thử, vui lòng thử lại sau.", "Too many attempts; please try again later."),
        "`changeOfficerPassword`: tried too often; `retryAt` tells until when.",
    )
    UNFIT_OFFICER_PASSWORD = Code(
        "UNFIT_OFFICER_PASSWORD",
        200,
        Text(
            "Mật khẩu mới phải có từ 12 đến 128 ký tự, khác mật khẩu cũ, khó đoán và không chứa tên đăng nhập.",
            "A new password has 12 to 128 characters, is not the old one, is hard to guess and does not hold the user name.",
        ),
        "`changeOfficerPassword`: the new password is too short, too long, the old one or too easy to guess.",
    )


REFUSALS = (*OfficerSignInRefusal, *OfficerChangeRefusal, *OfficerPasswordRefusal)
