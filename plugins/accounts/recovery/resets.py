"""What officers do for a participant who has lost the phone: two of them, one after the other."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from sqlalchemy import ColumnElement

from gateway.access import scope
from gateway.agencies import in_agency_tree
from gateway.authoring import (
    ID,
    Connection,
    Failure,
    Value,
    argument,
    attribute,
    column,
    connection,
    enumeration,
    extends,
    identifier,
    input_type,
    output_type,
    resolved,
    to_one,
    union,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Mutation, Participant, Query
from plugins.accounts import data_kinds, rules
from plugins.accounts.recovery import resetting
from plugins.accounts.recovery.models import ResetState, reset
from plugins.accounts.recovery.refusals import ResetRefusal
from plugins.accounts.recovery.resetting import Asked, ResetRefused

enumeration(**{refusal.name: refusal.value.when for refusal in ResetRefusal})(ResetRefusal)
enumeration(
    REQUESTED="Another officer has to decide (Chờ xác nhận).",
    CONFIRMED="The new phone is registered (Đã xác nhận).",
    REJECTED="Nothing came of it (Đã từ chối).",
    EXPIRED="Nobody decided in time (Quá hạn).",
)(ResetState)

REQUEST = scope(rules.REQUEST_RESET.name)
CONFIRM = scope(rules.CONFIRM_RESET.name)


@value_type(
    reset, rows=in_agency_tree(reset.c.agency_code), about=reset.c.participant_id, data=data_kinds.CONTACT
)
class CredentialReset:
    """A new phone and a temporary password, after an ID check at an agency (Yêu cầu cấp lại thông tin đăng nhập)."""

    id: ID = identifier(reset.c.id, "Opaque key (Mã yêu cầu).")
    participant: Participant | None = to_one(reset.c.participant_id, "Whose (Người tham gia).")
    state: ResetState = column(reset.c.state, "Where it stands (Trạng thái).")
    new_phone: str = column(reset.c.new_phone, "The number to be registered (Số điện thoại mới).")
    reason: str = column(reset.c.reason, "Why it was asked for (Lý do).")
    requested_by: str = column(reset.c.requested_by, "Key of the officer who asked (Cán bộ yêu cầu).")
    requested_at: dt.datetime = column(reset.c.requested_at, "When (Thời điểm yêu cầu).")
    expires_at: dt.datetime = column(reset.c.expires_at, "Until when it can be decided (Hạn xác nhận).")
    decided_by: str | None = column(reset.c.decided_by, "Key of the officer who decided (Cán bộ xác nhận).")
    decided_at: dt.datetime | None = column(reset.c.decided_at, "When (Thời điểm xác nhận).")
    rejection: str | None = column(reset.c.rejection, "Why it was rejected (Lý do từ chối).")


@input_type
class NewCredentialReset:
    """A reset of credentials to be asked for."""

    participant: ID = attribute("The participant's key (Mã định danh nội bộ).")
    new_phone: str = attribute("A Vietnamese mobile number (Số điện thoại mới).")
    reason: str = attribute("500 characters at most (Lý do).")
    identity_checked: bool = attribute(
        "That the officer has seen the identity paper (Đã kiểm tra giấy tờ tùy thân)."
    )


@output_type
class CredentialResetChanged:
    """It counts (Đã ghi nhận)."""

    id: ID = attribute("The key of the reset (Mã yêu cầu).")


@output_type
class CredentialResetRefused(Failure):
    """Nothing was changed (Không thực hiện được)."""

    code: ResetRefusal = attribute("Why (Lý do).")


CredentialResetOutcome = Annotated[
    CredentialResetChanged | CredentialResetRefused,
    union("CredentialResetOutcome", description="What came of a step of a reset (Kết quả)."),
]
Key = Annotated[ID, argument(description="The key of the reset (Mã yêu cầu).")]
Reason = Annotated[str, argument(description="Why; 500 characters at most (Lý do).")]


async def request_credential_reset(
    context: RequestContext,
    reset: Annotated[NewCredentialReset, argument(description="What is asked for (Yêu cầu).")],
) -> CredentialResetChanged | CredentialResetRefused:
    """Ask for a new phone and password, for a participant who has lost the phone (Yêu cầu cấp lại)."""
    asked = Asked(reset.participant, reset.new_phone, reset.reason, reset.identity_checked)
    try:
        return CredentialResetChanged(id=ID(await resetting.request(context, asked)))
    except ResetRefused as refusal:
        return _refused(context, refusal)


async def confirm_credential_reset(
    context: RequestContext,
    id: Key,  # noqa: A002  the name that clients see
) -> CredentialResetChanged | CredentialResetRefused:
    """Confirm what another officer has asked for; a temporary password is sent to the new phone (Xác nhận cấp lại)."""
    try:
        await resetting.confirm(context, id)
    except ResetRefused as refusal:
        return _refused(context, refusal)
    return CredentialResetChanged(id=id)


async def reject_credential_reset(
    context: RequestContext,
    id: Key,  # noqa: A002
    reason: Reason,
) -> CredentialResetChanged | CredentialResetRefused:
    """Reject what another officer has asked for (Từ chối cấp lại)."""
    try:
        await resetting.reject(context, id, reason)
    except ResetRefused as refusal:
        return _refused(context, refusal)
    return CredentialResetChanged(id=id)


async def resend_temporary_password(
    context: RequestContext,
    id: Key,  # noqa: A002
    reason: Reason,
) -> CredentialResetChanged | CredentialResetRefused:
    """Send another temporary password, the message having been lost; the one before is dead (Gửi lại mật khẩu tạm)."""
    try:
        await resetting.resend(context, id, reason)
    except ResetRefused as refusal:
        return _refused(context, refusal)
    return CredentialResetChanged(id=id)


def _refused(context: RequestContext, refusal: ResetRefused) -> CredentialResetRefused:
    message = context.text(refusal.why.value.text)
    return CredentialResetRefused(code=refusal.why, message=message, field=refusal.field)


def in_state(state: Value[ResetState]) -> ColumnElement[bool]:
    """Only resets that stand there (Trạng thái)."""
    return reset.c.state == state


@extends(Query)
class Resets:
    """Resets of credentials."""

    credential_resets: Connection[CredentialReset] | None = connection(
        description="Resets in the officer's agency tree, the latest first (Danh sách yêu cầu cấp lại).",
        order=[reset.c.requested_at.desc()],
        filters=[in_state],
        rule=REQUEST | CONFIRM,
    )


@extends(Mutation)
class Resetting:
    """Steps of a reset."""

    request_credential_reset: CredentialResetOutcome | None = resolved(request_credential_reset, rule=REQUEST)
    confirm_credential_reset: CredentialResetOutcome | None = resolved(confirm_credential_reset, rule=CONFIRM)
    reject_credential_reset: CredentialResetOutcome | None = resolved(reject_credential_reset, rule=CONFIRM)
    resend_temporary_password: CredentialResetOutcome | None = resolved(
        resend_temporary_password, rule=REQUEST
    )
