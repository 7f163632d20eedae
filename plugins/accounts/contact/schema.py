"""Changes of phone number and e-mail address, as the graph has them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from gateway.access import SIGNED_IN
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
from plugins.accounts.challenges import Refusal, Sent
from plugins.accounts.contact import changing
from plugins.accounts.contact.changing import EMAIL, PHONE, Kind, NotTaken
from plugins.accounts.refusals import AccountChangeRefusal
from plugins.accounts.signing.answers import AppCodeRequired, ChallengeRefused, CodeOutcome, CodeSent
from plugins.accounts.signing.schema import GivenConfirmation, refused, sent

enumeration(**{refusal.name: refusal.value.when for refusal in AccountChangeRefusal})(AccountChangeRefusal)


@input_type
class PhoneChange:
    """The present password and another phone number."""

    password: str = attribute("The present password (Mật khẩu).")
    new_phone: str = attribute("A Vietnamese mobile number (Số điện thoại mới).")


@input_type
class EmailChange:
    """The present password and another e-mail address."""

    password: str = attribute("The present password (Mật khẩu).")
    new_email: str = attribute("An e-mail address (Email mới).")


@output_type
class AccountChangeRefused(Failure):
    """Nothing was changed (Không thay đổi được)."""

    code: AccountChangeRefusal = attribute("Why (Lý do).")
    retry_at: dt.datetime | None = attribute("When to try again, after too many tries.", default=None)


@output_type
class ContactChanged:
    """The new number or address counts; the old one and the new one are told (Đã thay đổi)."""

    at: dt.datetime = attribute("From when on (Thời điểm).")


ContactChangeOutcome = Annotated[
    CodeSent | AppCodeRequired | AccountChangeRefused | ChallengeRefused,
    union("ContactChangeOutcome", description="What came of asking for a change (Kết quả yêu cầu)."),
]
ContactConfirmation = Annotated[
    ContactChanged | ChallengeRefused,
    union("ContactConfirmation", description="What came of the last code (Kết quả thay đổi)."),
]


async def change_phone(
    context: RequestContext,
    change: Annotated[PhoneChange, argument(description="Give it as a variable, never in the document.")],
) -> CodeSent | AppCodeRequired | AccountChangeRefused | ChallengeRefused:
    """Begin with another phone number; a code goes to the old one (Đổi số điện thoại)."""
    return _begun(context, await changing.begin(context, PHONE, change.password, change.new_phone))


async def confirm_old_phone(
    context: RequestContext, confirmation: GivenConfirmation
) -> CodeSent | AppCodeRequired | ChallengeRefused:
    """Give the code of the old number; another one goes to the new number (Xác nhận số cũ)."""
    return await _old(context, PHONE, confirmation)


async def confirm_new_phone(
    context: RequestContext, confirmation: GivenConfirmation
) -> ContactChanged | ChallengeRefused:
    """Give the code of the new number, which counts from then on (Xác nhận số mới)."""
    return await _new(context, PHONE, confirmation)


async def change_email(
    context: RequestContext,
    change: Annotated[EmailChange, argument(description="Give it as a variable, never in the document.")],
) -> CodeSent | AppCodeRequired | AccountChangeRefused | ChallengeRefused:
    """Begin with another e-mail address; a code goes to the old one, where there is none to the phone (Đổi email)."""
    return _begun(context, await changing.begin(context, EMAIL, change.password, change.new_email))


async def confirm_old_email(
    context: RequestContext, confirmation: GivenConfirmation
) -> CodeSent | AppCodeRequired | ChallengeRefused:
    """Give the code of the old address or the phone; another one goes to the new address (Xác nhận email cũ)."""
    return await _old(context, EMAIL, confirmation)


async def confirm_new_email(
    context: RequestContext, confirmation: GivenConfirmation
) -> ContactChanged | ChallengeRefused:
    """Give the code of the new address, which counts from then on (Xác nhận email mới)."""
    return await _new(context, EMAIL, confirmation)


@extends(Mutation)
class ContactChanges:
    """Another phone number, another e-mail address."""

    change_phone: ContactChangeOutcome | None = resolved(change_phone, rule=SIGNED_IN)
    confirm_old_phone: CodeOutcome | None = resolved(confirm_old_phone, rule=SIGNED_IN)
    confirm_new_phone: ContactConfirmation | None = resolved(confirm_new_phone, rule=SIGNED_IN)
    change_email: ContactChangeOutcome | None = resolved(change_email, rule=SIGNED_IN)
    confirm_old_email: CodeOutcome | None = resolved(confirm_old_email, rule=SIGNED_IN)
    confirm_new_email: ContactConfirmation | None = resolved(confirm_new_email, rule=SIGNED_IN)


def not_taken(context: RequestContext, refusal: NotTaken) -> AccountChangeRefused:
    """A change that is not begun, as an answer."""
    message = context.text(refusal.why.value.text)
    return AccountChangeRefused(
        code=refusal.why, message=message, field=refusal.field, retry_at=refusal.retry_at
    )


def _begun(
    context: RequestContext, outcome: Sent | NotTaken | Refusal
) -> CodeSent | AppCodeRequired | AccountChangeRefused | ChallengeRefused:
    return not_taken(context, outcome) if isinstance(outcome, NotTaken) else sent(context, outcome)


async def _old(
    context: RequestContext, kind: Kind, confirmation: GivenConfirmation
) -> CodeSent | AppCodeRequired | ChallengeRefused:
    given = confirmation
    return sent(context, await changing.confirm_old(context, kind, given.challenge, given.code))


async def _new(
    context: RequestContext, kind: Kind, confirmation: GivenConfirmation
) -> ContactChanged | ChallengeRefused:
    given = confirmation
    outcome = await changing.confirm_new(context, kind, given.challenge, given.code)
    return refused(context, outcome) if isinstance(outcome, Refusal) else ContactChanged(at=outcome)
