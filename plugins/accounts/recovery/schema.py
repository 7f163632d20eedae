"""What somebody who has forgotten the password does, before signing in."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from gateway.authoring import ID, argument, attribute, extends, input_type, output_type, resolved, union
from gateway.context import RequestContext
from gateway.entities import Mutation
from plugins.accounts.challenges import Refusal
from plugins.accounts.recovery import forgetting
from plugins.accounts.signing.answers import ChallengeRefused, PasswordRefused, RequiredPasswordChanged
from plugins.accounts.signing.changing import NotChanged
from plugins.accounts.signing.devices import place_of
from plugins.accounts.signing.schema import (
    PUBLIC,
    DeviceIdentifier,
    GivenConfirmation,
    not_changed,
    refused,
)


@input_type
class RecoveredPassword:
    """A new password instead of a forgotten one."""

    challenge: ID = attribute("As `confirmForgottenPassword` has answered it.")
    device: str = attribute("The identifier of the device, as for `signIn`.")
    new_password: str = attribute("8 to 128 characters (Mật khẩu mới).")
    repeated_password: str = attribute("The new password once more (Nhập lại mật khẩu mới).")
    app_code: str | None = attribute(
        "Where `appCodeRequired`: a code of the authenticator app, or a recovery code (Mã của ứng dụng xác thực).",
        default=None,
    )


@output_type
class RecoveryBegun:
    """A code was sent, if there is such an account with a phone: the answer does not tell (Đã tiếp nhận)."""

    challenge: ID = attribute("For `confirmForgottenPassword`, on this device.")
    valid_until: dt.datetime = attribute("After that it has to be begun again (Hiệu lực đến).")


@output_type
class RecoveryConfirmed:
    """The code was right; a new password can be chosen (Đã xác nhận)."""

    challenge: ID = attribute("For `chooseForgottenPassword`, within a quarter of an hour, on this device.")
    app_code_required: bool = attribute(
        "Whether a code of the authenticator app is needed there (Cần mã của ứng dụng xác thực)."
    )


RecoveryOutcome = Annotated[
    RecoveryBegun | ChallengeRefused,
    union("RecoveryOutcome", description="What came of a forgotten password (Kết quả tiếp nhận)."),
]
RecoveryConfirmation = Annotated[
    RecoveryConfirmed | ChallengeRefused,
    union("RecoveryConfirmation", description="What came of the code (Kết quả xác nhận)."),
]
RecoveredPasswordOutcome = Annotated[
    RequiredPasswordChanged | PasswordRefused | ChallengeRefused,
    union("RecoveredPasswordOutcome", description="What came of the new password (Kết quả đổi mật khẩu)."),
]


async def forget_password(
    context: RequestContext,
    social_security_code: Annotated[str, argument(description="Ten digits (Mã số BHXH).")],
    device: DeviceIdentifier,
) -> RecoveryBegun | ChallengeRefused:
    """Begin anew without the password; a code goes to the registered phone (Quên mật khẩu)."""
    outcome = await forgetting.begin(context, social_security_code, place_of(device))
    if isinstance(outcome, Refusal):
        return refused(context, outcome)
    return RecoveryBegun(challenge=ID(outcome.token), valid_until=outcome.until)


async def confirm_forgotten_password(
    context: RequestContext, confirmation: GivenConfirmation, device: DeviceIdentifier
) -> RecoveryConfirmed | ChallengeRefused:
    """Give the code; whatever is wrong is answered as a wrong code (Xác nhận quên mật khẩu)."""
    given, place = confirmation, place_of(device)
    outcome = await forgetting.confirm(context, given.challenge, given.code, place)
    return (
        refused(context, outcome)
        if isinstance(outcome, Refusal)
        else RecoveryConfirmed(challenge=ID(outcome.token), app_code_required=outcome.by_app)
    )


async def choose_forgotten_password(
    context: RequestContext,
    change: Annotated[
        RecoveredPassword, argument(description="Give it as a variable, never in the document.")
    ],
) -> RequiredPasswordChanged | PasswordRefused | ChallengeRefused:
    """Choose a new password; sign in with it afterwards (Đặt lại mật khẩu)."""
    place = place_of(change.device)
    new, repeated, app_code = change.new_password, change.repeated_password, change.app_code or ""
    outcome = await forgetting.choose(context, change.challenge, place, new, repeated, app_code)
    if isinstance(outcome, Refusal):
        return refused(context, outcome)
    if isinstance(outcome, NotChanged):
        return not_changed(context, outcome)
    return RequiredPasswordChanged(at=outcome)


@extends(Mutation)
class Forgetting:
    """Back into an account without its password."""

    forget_password: RecoveryOutcome | None = resolved(forget_password, rule=PUBLIC)
    confirm_forgotten_password: RecoveryConfirmation | None = resolved(
        confirm_forgotten_password, rule=PUBLIC
    )
    choose_forgotten_password: RecoveredPasswordOutcome | None = resolved(
        choose_forgotten_password, rule=PUBLIC
    )
