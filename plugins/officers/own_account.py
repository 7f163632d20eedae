"""What officers adds to the graph to look after one's own account."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

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
from plugins.officers import rules
from plugins.officers.changing_password import change_password
from plugins.officers.refusals import OfficerPasswordRefusal

enumeration(**{refusal.name: refusal.value.when for refusal in OfficerPasswordRefusal})(
    OfficerPasswordRefusal
)


@input_type
class OfficerPasswordChange:
    """What an officer changes the password with."""

    old_password: str = attribute("The password until now (Mật khẩu cũ).")
    new_password: str = attribute("12 to 128 characters (Mật khẩu mới).")
    code: str = attribute("Six digits of the authenticator app, not used before (Mã xác thực).")


@output_type
class OfficerPasswordChanged:
    """The new password counts; the officer's other sessions have ended (Đã đổi mật khẩu)."""

    at: dt.datetime = attribute("Since when (Thời điểm đổi).")


@output_type
class OfficerPasswordRefused(Failure):
    """The password is what it was (Không đổi được mật khẩu)."""

    code: OfficerPasswordRefusal = attribute("Why (Lý do).")
    retry_at: dt.datetime | None = attribute(
        "When to try again, after too many attempts (Thử lại từ).", default=None
    )


OfficerPasswordOutcome = Annotated[
    OfficerPasswordChanged | OfficerPasswordRefused,
    union("OfficerPasswordOutcome", description="What came of a new password (Kết quả đổi mật khẩu)."),
]


async def change_officer_password(
    context: RequestContext,
    change: Annotated[
        OfficerPasswordChange, argument(description="Give it as a variable, never in the document.")
    ],
) -> OfficerPasswordChanged | OfficerPasswordRefused:
    """Change one's own password; this session goes on, others end (Đổi mật khẩu của cán bộ)."""
    refused = await change_password(context, change.old_password, change.new_password, change.code)
    if refused is None:
        return OfficerPasswordChanged(at=context.now)
    field = "newPassword" if refused.why is OfficerPasswordRefusal.UNFIT_OFFICER_PASSWORD else None
    message = context.text(refused.why.value.text)
    return OfficerPasswordRefused(code=refused.why, message=message, field=field, retry_at=refused.retry_at)


@extends(Mutation)
class OwnAccount:
    """What officers change about themselves."""

    change_officer_password: OfficerPasswordOutcome | None = resolved(
        change_officer_password, rule=rules.OFFICERS
    )
