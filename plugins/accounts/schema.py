"""What accounts adds to the graph: who a participant is, signing in and signing out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from gateway.access import SIGNED_IN, Audience, only
from gateway.authoring import (
    Failure,
    argument,
    attribute,
    column,
    entity_by,
    enumeration,
    extends,
    input_type,
    lookup,
    output_type,
    resolved,
    union,
    viewer_entity,
)
from gateway.context import RequestContext
from gateway.entities import Mutation, Participant, Query
from plugins.accounts import data_kinds, rules, sessions, signing_in
from plugins.accounts.codes import social_security_code
from plugins.accounts.models import BirthDatePrecision, Sex, participant
from plugins.accounts.refusals import SignInRefusal

enumeration(MALE="Male (Nam).", FEMALE="Female (Nữ).")(Sex)
enumeration(
    DAY="Day, month and year are known.",
    YEAR="Only the year is known; the date is its 1 January.",
)(BirthDatePrecision)
enumeration(**{refusal.name: refusal.value.when for refusal in SignInRefusal})(SignInRefusal)


@extends(Participant, row=participant.c.id, data=data_kinds.IDENTITY)
class Identity:
    """Who a participant is."""

    social_security_code: str | None = column(
        participant.c.social_security_code,
        "Ten digits, issued once and kept for life; the name of the account (Mã số BHXH).",
        rule=rules.SOCIAL_SECURITY_CODE,
    )
    full_name: str | None = column(
        participant.c.full_name, "Family name first (Họ và tên).", rule=rules.IDENTITY
    )
    birth_date: dt.date | None = column(
        participant.c.birth_date, "As far as it is known (Ngày sinh).", rule=rules.IDENTITY
    )
    birth_date_precision: BirthDatePrecision | None = column(
        participant.c.birth_date_precision, "How much of `birthDate` is known.", rule=rules.IDENTITY
    )
    sex: Sex | None = column(participant.c.sex, "Sex (Giới tính).", rule=rules.IDENTITY)
    agency_code: str | None = column(
        participant.c.agency_code,
        "The agency that looks after the participant, five digits (Cơ quan BHXH quản lý).",
        rule=rules.PERSONAL,
    )


@extends(Query)
class Participants:
    """Ways to a participant."""

    me: Participant | None = viewer_entity("Whoever is signed in (Tài khoản của tôi).", rule=SIGNED_IN)
    participant_by_code: Participant | None = lookup(
        participant.c.social_security_code,
        "A participant by social security code (Tra cứu theo mã số BHXH).",
        argument="social_security_code",
        prepare=social_security_code,
        rule=rules.FIND,
    )
    participant: Participant | None = entity_by("id", "A participant by key.", rule=rules.FIND)


@input_type
class Credentials:
    """What a participant signs in with."""

    social_security_code: str = attribute("Ten digits (Mã số BHXH).")
    password: str = attribute("The password (Mật khẩu).")


@output_type
class SignedIn:
    """A session was opened (Đăng nhập thành công)."""

    token: str = attribute("For the header `Authorization: Bearer`. Keep it secret; it is not shown again.")
    expires_at: dt.datetime = attribute("When it expires at the latest; unused, it expires sooner.")


@output_type
class SignInRefused(Failure):
    """No session was opened (Đăng nhập không thành công)."""

    code: SignInRefusal = attribute("Why (Lý do).")
    retry_at: dt.datetime | None = attribute(
        "When to try again, after too many attempts (Thử lại từ).", default=None
    )


SignInOutcome = Annotated[
    SignedIn | SignInRefused,
    union("SignInOutcome", description="What came of signing in (Kết quả đăng nhập)."),
]


@output_type
class SignedOut:
    """The session has ended (Đã đăng xuất)."""

    at: dt.datetime = attribute("From when on the token does not count any more.")


async def sign_in(
    context: RequestContext,
    credentials: Annotated[
        Credentials, argument(description="Give them as a variable, never in the document.")
    ],
) -> SignedIn | SignInRefused:
    """Open a session (Đăng nhập)."""
    outcome = await signing_in.sign_in(context, credentials.social_security_code, credentials.password)
    if isinstance(outcome, signing_in.Refused):
        message = context.text(outcome.why.value.text)
        return SignInRefused(code=outcome.why, message=message, retry_at=outcome.retry_at)
    return SignedIn(token=outcome.token, expires_at=outcome.expires_at)


async def sign_out(context: RequestContext) -> SignedOut:
    """End the session of the token that this request was sent with (Đăng xuất)."""
    if context.viewer.session is not None:
        await sessions.end_session(await context.work(), context.viewer.session, context.now)
    return SignedOut(at=context.now)


@extends(Mutation)
class Signing:
    """Into the application and out of it."""

    sign_in: SignInOutcome | None = resolved(sign_in, rule=only(Audience.PUBLIC))
    sign_out: SignedOut | None = resolved(sign_out, rule=SIGNED_IN)
