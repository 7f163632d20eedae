"""What officers adds to the graph to be signed in and out with."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated

from gateway.access import Audience, only
from gateway.authoring import (
    Failure,
    argument,
    attribute,
    enumeration,
    extends,
    input_type,
    output_type,
    resolved,
    union,
)
from gateway.context import RequestContext
from gateway.entities import Mutation
from plugins.officers import enrolling, rules, sessions, signing_in
from plugins.officers.enrolling import BegunEnrolment
from plugins.officers.refusals import OfficerSignInRefusal
from plugins.officers.sessions import OpenedSession

enumeration(**{refusal.name: refusal.value.when for refusal in OfficerSignInRefusal})(OfficerSignInRefusal)


@enumeration(
    TOKEN="In the answer, for tools: they send it as `Authorization: Bearer`.",  # noqa: S106
    COOKIE="In a cookie of the browser that no script can read; requests then need the header `X-VssID-Console`.",
)
class SessionKeeping(enum.Enum):
    """Where a session's token is kept (Nơi giữ phiên làm việc)."""

    TOKEN = "token"  # noqa: S105
    COOKIE = "cookie"


@input_type
class OfficerCredentials:
    """What an officer signs in with."""

    user_name: str = attribute("Capitals do not matter (Tên đăng nhập).")
    password: str = attribute("The password, or the temporary one (Mật khẩu).")
    code: str = attribute(
        "Six digits of the authenticator app; left out with a temporary password (Mã xác thực).", default=""
    )


@input_type
class OfficerEnrolmentCompletion:
    """What a first sign-in ends with."""

    ticket: str = attribute("Of the enrolment (Mã phiên đăng ký).")
    new_password: str = attribute("12 to 128 characters (Mật khẩu mới).")
    code: str = attribute("Six digits that the app shows for the new secret (Mã xác thực).")


@output_type
class OfficerSignedIn:
    """A session was opened (Đăng nhập thành công)."""

    token: str | None = attribute(
        "For the header `Authorization: Bearer`; null where a cookie keeps it. It is not shown again."
    )
    expires_at: dt.datetime = attribute("When it expires at the latest; unused, it expires sooner.")


@output_type
class OfficerEnrolment:
    """The password is temporary: set a new one and an authenticator app up (Yêu cầu đổi mật khẩu và đăng ký mã xác thực)."""

    ticket: str = attribute("For `completeOfficerEnrolment`.")
    secret: str = attribute("To be typed into the authenticator app, in base32 (Khóa bí mật).")
    uri: str = attribute("The same as `otpauth://`, to be shown as a QR code.")
    expires_at: dt.datetime = attribute("Until when to complete it.")


@output_type
class OfficerSignInRefused(Failure):
    """No session was opened (Đăng nhập không thành công)."""

    code: OfficerSignInRefusal = attribute("Why (Lý do).")
    retry_at: dt.datetime | None = attribute(
        "When to try again, after too many attempts (Thử lại từ).", default=None
    )


@output_type
class OfficerSignedOut:
    """The session has ended (Đã đăng xuất)."""

    at: dt.datetime = attribute("From when on the token does not count any more.")


OfficerSignInOutcome = Annotated[
    OfficerSignedIn | OfficerEnrolment | OfficerSignInRefused,
    union("OfficerSignInOutcome", description="What came of an officer's signing in (Kết quả đăng nhập)."),
]
OfficerEnrolmentOutcome = Annotated[
    OfficerSignedIn | OfficerSignInRefused,
    union("OfficerEnrolmentOutcome", description="What came of an enrolment (Kết quả đăng ký)."),
]
Keeping = Annotated[SessionKeeping, argument(description="Where the session's token is kept.")]


async def officer_sign_in(
    context: RequestContext,
    credentials: Annotated[
        OfficerCredentials, argument(description="Give them as a variable, never in the document.")
    ],
    keep_in: Keeping = SessionKeeping.TOKEN,
) -> OfficerSignedIn | OfficerEnrolment | OfficerSignInRefused:
    """Open an officer's session, or begin the first sign-in (Đăng nhập dành cho cán bộ)."""
    outcome = await signing_in.sign_in(context, credentials.user_name, credentials.password, credentials.code)
    match outcome:
        case OpenedSession():
            return _signed_in(context, outcome, keep_in)
        case BegunEnrolment(ticket=ticket, secret=secret, uri=uri, expires_at=expires_at):
            return OfficerEnrolment(ticket=ticket, secret=secret, uri=uri, expires_at=expires_at)
        case _:
            return _refused(context, outcome.why, outcome.retry_at)


async def complete_officer_enrolment(
    context: RequestContext,
    completion: Annotated[
        OfficerEnrolmentCompletion, argument(description="Give it as a variable, never in the document.")
    ],
    keep_in: Keeping = SessionKeeping.TOKEN,
) -> OfficerSignedIn | OfficerSignInRefused:
    """End a first sign-in with a new password and a first code, and open a session (Hoàn tất đăng ký)."""
    outcome = await enrolling.complete(context, completion.ticket, completion.new_password, completion.code)
    if isinstance(outcome, OpenedSession):
        return _signed_in(context, outcome, keep_in)
    return _refused(context, *outcome)


async def officer_sign_out(context: RequestContext) -> OfficerSignedOut:
    """End the session of the token that this request was sent with, and have the browser forget it (Đăng xuất)."""
    if context.viewer.session is not None:
        await sessions.end_session(await context.work(), context.viewer.session, context.now)
    context.cookie = ""
    return OfficerSignedOut(at=context.now)


def _signed_in(context: RequestContext, opened: OpenedSession, keep_in: SessionKeeping) -> OfficerSignedIn:
    in_cookie = keep_in is SessionKeeping.COOKIE
    if in_cookie:
        context.cookie = opened.token
    return OfficerSignedIn(token=None if in_cookie else opened.token, expires_at=opened.expires_at)


def _refused(
    context: RequestContext, why: OfficerSignInRefusal, retry_at: dt.datetime | None
) -> OfficerSignInRefused:
    field = {
        OfficerSignInRefusal.UNFIT_PASSWORD: "newPassword",
        OfficerSignInRefusal.WRONG_ENROLMENT_CODE: "code",
    }.get(why)
    message = context.text(why.value.text)
    return OfficerSignInRefused(code=why, message=message, field=field, retry_at=retry_at)


@extends(Mutation)
class Entrance:
    """Into the officers' console and tools, and out of them."""

    officer_sign_in: OfficerSignInOutcome | None = resolved(officer_sign_in, rule=only(Audience.PUBLIC))
    complete_officer_enrolment: OfficerEnrolmentOutcome | None = resolved(
        complete_officer_enrolment, rule=only(Audience.PUBLIC)
    )
    officer_sign_out: OfficerSignedOut | None = resolved(officer_sign_out, rule=rules.OFFICERS)
