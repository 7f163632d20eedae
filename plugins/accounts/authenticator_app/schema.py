"""Authenticator apps, as the graph has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Final

from sqlalchemy import Row, bindparam, func, select

from gateway.access import SELF, SIGNED_IN
from gateway.authoring import (
    ID,
    argument,
    attribute,
    extends,
    input_type,
    output_type,
    resolved,
    union,
)
from gateway.context import RequestContext
from gateway.entities import Mutation, Participant
from gateway.sql import one_of
from plugins.accounts import data_kinds
from plugins.accounts.authenticator_app import registering
from plugins.accounts.authenticator_app.models import authenticator, recovery_code
from plugins.accounts.challenges import Refusal
from plugins.accounts.contact.changing import NotTaken
from plugins.accounts.contact.schema import AccountChangeRefused, not_taken
from plugins.accounts.personal.masking import masked_destination
from plugins.accounts.signing.answers import ChallengeRefused
from plugins.accounts.signing.schema import refused

Registered = Row[str, dt.datetime, int]
"""Whose app, since when, and how many recovery codes are left."""

_LEFT: Final = (
    select(func.count())
    .where(
        recovery_code.c.participant_id == authenticator.c.participant_id, recovery_code.c.used_at.is_(None)
    )
    .scalar_subquery()
)
_REGISTERED: Final = select(
    authenticator.c.participant_id, authenticator.c.registered_at, _LEFT.label("left")
).where(one_of(authenticator.c.participant_id, bindparam("keys")))


@output_type
class Authenticator:
    """An authenticator app, whose codes take the place of codes by SMS (Ứng dụng xác thực)."""

    registered_at: dt.datetime = attribute("Since when (Thời điểm đăng ký).")
    recovery_codes_left: int = attribute(
        "How many recovery codes were not used yet (Số mã khôi phục còn lại)."
    )


@input_type
class AuthenticatorConfirmation:
    """The code that was sent, and the first one of the app."""

    challenge: ID = attribute("As `registerAuthenticator` has answered it.")
    code: str = attribute("The six digits that were sent (Mã xác nhận).")
    app_code: str = attribute("The six digits that the app shows (Mã của ứng dụng xác thực).")


@input_type
class AuthenticatorProof:
    """The present password, and a code of the app or a recovery code."""

    password: str = attribute("The present password (Mật khẩu).")
    code: str = attribute("Six digits of the app, or a recovery code (Mã của ứng dụng hoặc mã khôi phục).")


@output_type
class AuthenticatorBegun:
    """A code was sent to the phone, and an app can be set up meanwhile (Bắt đầu đăng ký ứng dụng xác thực)."""

    challenge: ID = attribute("For `confirmAuthenticator`.")
    sent_to: str = attribute("The phone number, masked (Nơi nhận mã).")
    valid_until: dt.datetime = attribute("After that a new code is needed (Hiệu lực đến).")
    secret: str = attribute("To be typed into the app; it is not shown again (Khóa thiết lập).")
    uri: str = attribute("The same as an address, `otpauth:`, to be shown as a QR code (Mã QR thiết lập).")


@output_type
class RecoveryCodes:
    """Codes for when the app is lost, good once each; those before count no more (Mã khôi phục)."""

    codes: list[str] = attribute("To be kept on paper; they are not shown again (Danh sách mã).")


@output_type
class AuthenticatorRemoved:
    """Codes are sent by SMS again (Đã gỡ ứng dụng xác thực)."""

    at: dt.datetime = attribute("From when on (Thời điểm).")


AuthenticatorOutcome = Annotated[
    AuthenticatorBegun | AccountChangeRefused | ChallengeRefused,
    union("AuthenticatorOutcome", description="What came of beginning with an app (Kết quả yêu cầu)."),
]
RecoveryCodesOutcome = Annotated[
    RecoveryCodes | AccountChangeRefused | ChallengeRefused,
    union("RecoveryCodesOutcome", description="Recovery codes, or why there are none (Kết quả)."),
]
AuthenticatorRemoval = Annotated[
    AuthenticatorRemoved | AccountChangeRefused | ChallengeRefused,
    union("AuthenticatorRemoval", description="What came of removing an app (Kết quả gỡ)."),
]
Proof = Annotated[AuthenticatorProof, argument(description="Give it as a variable, never in the document.")]


async def register_authenticator(
    context: RequestContext,
    password: Annotated[str, argument(description="The present password, as a variable (Mật khẩu).")],
) -> AuthenticatorBegun | AccountChangeRefused | ChallengeRefused:
    """Begin with an authenticator app; a code goes to the phone (Đăng ký ứng dụng xác thực)."""
    outcome = await registering.begin(context, password)
    if isinstance(outcome, NotTaken):
        return not_taken(context, outcome)
    if isinstance(outcome, Refusal):
        return refused(context, outcome)
    sent = outcome.sent
    return AuthenticatorBegun(
        challenge=ID(sent.token),
        sent_to=masked_destination(sent.to or ""),
        valid_until=sent.until,
        secret=outcome.secret,
        uri=outcome.uri,
    )


async def confirm_authenticator(
    context: RequestContext,
    confirmation: Annotated[AuthenticatorConfirmation, argument(description="The challenge and two codes.")],
) -> RecoveryCodes | AccountChangeRefused | ChallengeRefused:
    """Make the app count, in place of codes by SMS (Xác nhận ứng dụng xác thực)."""
    given = confirmation
    return _codes(context, await registering.confirm(context, given.challenge, given.code, given.app_code))


async def renew_recovery_codes(
    context: RequestContext, proof: Proof
) -> RecoveryCodes | AccountChangeRefused | ChallengeRefused:
    """Make new recovery codes; those before count no more (Cấp lại mã khôi phục)."""
    return _codes(context, await registering.renew_recovery_codes(context, proof.password, proof.code))


async def remove_authenticator(
    context: RequestContext, proof: Proof
) -> AuthenticatorRemoved | AccountChangeRefused | ChallengeRefused:
    """Do without the app; codes are sent by SMS again (Gỡ ứng dụng xác thực)."""
    refusal = await registering.remove(context, proof.password, proof.code)
    if refusal is None:
        return AuthenticatorRemoved(at=context.now)
    return not_taken(context, refusal) if isinstance(refusal, NotTaken) else refused(context, refusal)


async def authenticator_of(participant: Participant, context: RequestContext) -> Authenticator | None:
    """The authenticator app, if one is registered (Ứng dụng xác thực)."""
    row = await context.loader(_registered).load(participant.id)
    return None if row is None else Authenticator(registered_at=row[1], recovery_codes_left=row[2])


@extends(Participant, data=data_kinds.CONTACT)
class AppOfParticipant:
    """How a participant confirms things."""

    authenticator: Authenticator | None = resolved(authenticator_of, rule=SELF)


@extends(Mutation)
class AppChanges:
    """An app registered, removed, and given new recovery codes."""

    register_authenticator: AuthenticatorOutcome | None = resolved(register_authenticator, rule=SIGNED_IN)
    confirm_authenticator: RecoveryCodesOutcome | None = resolved(confirm_authenticator, rule=SIGNED_IN)
    renew_recovery_codes: RecoveryCodesOutcome | None = resolved(renew_recovery_codes, rule=SIGNED_IN)
    remove_authenticator: AuthenticatorRemoval | None = resolved(remove_authenticator, rule=SIGNED_IN)


def _codes(
    context: RequestContext, outcome: list[str] | NotTaken | Refusal
) -> RecoveryCodes | AccountChangeRefused | ChallengeRefused:
    if isinstance(outcome, NotTaken):
        return not_taken(context, outcome)
    return refused(context, outcome) if isinstance(outcome, Refusal) else RecoveryCodes(codes=outcome)


async def _registered(participants: Sequence[str], context: RequestContext) -> list[Registered | None]:
    async with context.services.database.read() as connection:
        rows = (await connection.execute(_REGISTERED, {"keys": list(participants)})).all()
    found = {row.participant_id: row for row in rows}
    return [found.get(participant) for participant in participants]
