"""What officers adds to the graph for administrators: changes of officers, each with a reason and an entry in the audit trail."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Annotated, Final

from gateway.access import OfficerRole
from gateway.agencies import CLAIM
from gateway.audit import audit
from gateway.authoring import (
    ID,
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
from gateway.credentials import PasswordHashing
from gateway.entities import Mutation, Officer
from gateway.outbox import Channel, Message, post
from plugins.officers import administering, rules
from plugins.officers.administering import Administrator, Temporary, temporary_password
from plugins.officers.profiles import ChangeRefused, Profile
from plugins.officers.refusals import OfficerChangeRefusal
from plugins.officers.settings import OfficersSettings

LONGEST_REASON: Final = 500
"""Characters."""

enumeration(**{refusal.name: refusal.value.when for refusal in OfficerChangeRefusal})(OfficerChangeRefusal)


@input_type
class NewOfficer:
    """An officer who is to be added."""

    user_name: str = attribute("3 to 40 of a-z, 0-9 and ._-, a letter first (Tên đăng nhập).")
    full_name: str = attribute("Family name first (Họ và tên).")
    email: str = attribute("Where the temporary password is sent (Email).")
    agency_code: str = attribute(
        "Three digits of a province, five of a district, 000 of the centre (Mã cơ quan)."
    )
    roles: list[OfficerRole] = attribute("One at least (Vai trò).")


@input_type
class OfficerChange:
    """What is to be different about an officer; what is left out stays."""

    agency_code: str | None = attribute("The new agency (Mã cơ quan BHXH).", default=None)
    roles: list[OfficerRole] | None = attribute("All roles from now on (Vai trò).", default=None)


@output_type
class OfficerChanged:
    """The change counts from the officer's next request on (Đã cập nhật)."""

    officer: Officer = attribute("As they are now (Cán bộ).")


@output_type
class OfficerChangeRefused(Failure):
    """Nothing was changed (Không thay đổi được)."""

    code: OfficerChangeRefusal = attribute("Why (Lý do).")


OfficerChangeOutcome = Annotated[
    OfficerChanged | OfficerChangeRefused,
    union("OfficerChangeOutcome", description="What came of a change of an officer (Kết quả)."),
]
Reason = Annotated[str, argument(description="Why, for the audit trail; 500 characters at most (Lý do).")]
Key = Annotated[ID, argument(description="The officer's key (Mã định danh cán bộ).")]


async def add_officer(
    context: RequestContext,
    officer: Annotated[NewOfficer, argument(description="Who it is (Cán bộ).")],
    reason: Reason,
) -> OfficerChanged | OfficerChangeRefused:
    """Add an officer, who gets a temporary password by e-mail (Thêm cán bộ)."""
    profile = Profile(officer.user_name, officer.full_name, officer.email, officer.agency_code, officer.roles)
    try:
        why, given = _reason(reason), profile.checked()
        password, temporary = await _temporary(context)
        work = await context.work()
        key = await administering.add(work, _by(context), given, temporary, context.now)
    except ChangeRefused as refusal:
        return _refused(context, refusal)
    await _send(context, given.email, password, temporary.until)
    return await _changed(context, "officers:add", key, why)


async def change_officer(
    context: RequestContext,
    id: Key,  # noqa: A002  the name that clients see
    change: Annotated[OfficerChange, argument(description="What is to be different (Thay đổi).")],
    reason: Reason,
) -> OfficerChanged | OfficerChangeRefused:
    """Give an officer another agency or other roles (Điều chuyển, phân quyền cán bộ)."""
    try:
        why, work = _reason(reason), await context.work()
        await administering.change(work, _by(context), id, change.agency_code, change.roles)
    except ChangeRefused as refusal:
        return _refused(context, refusal)
    return await _changed(context, "officers:change", id, why)


async def disable_officer(
    context: RequestContext,
    id: Key,  # noqa: A002
    reason: Reason,
) -> OfficerChanged | OfficerChangeRefused:
    """Let an officer sign in no more, and end their sessions (Khóa tài khoản cán bộ)."""
    try:
        why, work = _reason(reason), await context.work()
        await administering.disable(work, _by(context), id, context.now)
    except ChangeRefused as refusal:
        return _refused(context, refusal)
    return await _changed(context, "officers:disable", id, why)


async def reset_officer_credentials(
    context: RequestContext,
    id: Key,  # noqa: A002
    reason: Reason,
) -> OfficerChanged | OfficerChangeRefused:
    """Send an officer a temporary password, to enrol anew with; a disabled one works again (Cấp lại mật khẩu và mã xác thực)."""
    try:
        why = _reason(reason)
        password, temporary = await _temporary(context)
        work = await context.work()
        address = await administering.reset(work, _by(context), id, temporary, context.now)
    except ChangeRefused as refusal:
        return _refused(context, refusal)
    await _send(context, address, password, temporary.until)
    return await _changed(context, "officers:reset", id, why)


def _by(context: RequestContext) -> Administrator:
    viewer = context.viewer
    return Administrator(viewer.claims.get(CLAIM, ""), viewer.subject)  # "" is above nobody


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 0 < len(reason) <= LONGEST_REASON or not reason.replace(" ", "").isprintable():
        raise ChangeRefused(OfficerChangeRefusal.REASON_MISSING, "reason")
    return reason


async def _temporary(context: RequestContext) -> tuple[str, Temporary]:
    """A new temporary password, hashed before the transaction is begun, which on SQLite would keep everybody from writing."""
    services, password = context.services, temporary_password()
    days = services.settings.section(OfficersSettings).temporary_password_days
    hashed = await services.resource(PasswordHashing).hash(password)
    return password, Temporary(hashed, context.now + dt.timedelta(days=days))


async def _send(context: RequestContext, address: str, password: str, until: dt.datetime) -> None:
    text = (
        f"Mật khẩu tạm của bạn trên cổng cán bộ VssID: {password}\n"
        "Hãy đăng nhập, đặt mật khẩu mới và đăng ký ứng dụng xác thực.\n\n"
        f"Your temporary password for the VssID officers' console: {password}\n"
        "Sign in, set a new password and set an authenticator app up.\n"
    )
    message = Message(
        channel=Channel.EMAIL,
        to=address,
        purpose="temporary_password",
        subject="VssID: mật khẩu tạm / temporary password",
        text=text,
        dedupe_key=f"officers:temporary:{secrets.token_hex(16)}",
        secret=True,
        expires_at=until,
    )
    await post(await context.work(), message, context.now)


async def _changed(context: RequestContext, action: str, key: str, reason: str) -> OfficerChanged:
    await audit(context, action=action, reason=f"{key}: {reason}")
    return OfficerChanged(officer=Officer(id=ID(key)))


def _refused(context: RequestContext, refusal: ChangeRefused) -> OfficerChangeRefused:
    message = context.text(refusal.why.value.text)
    return OfficerChangeRefused(code=refusal.why, message=message, field=refusal.field)


@extends(Mutation)
class Administration:
    """What administrators change."""

    add_officer: OfficerChangeOutcome | None = resolved(add_officer, rule=rules.ADMINISTRATORS)
    change_officer: OfficerChangeOutcome | None = resolved(change_officer, rule=rules.ADMINISTRATORS)
    disable_officer: OfficerChangeOutcome | None = resolved(disable_officer, rule=rules.ADMINISTRATORS)
    reset_officer_credentials: OfficerChangeOutcome | None = resolved(
        reset_officer_credentials, rule=rules.ADMINISTRATORS
    )
