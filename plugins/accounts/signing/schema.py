"""Into the application and out of it, and the password."""

from __future__ import annotations

from typing import Annotated, Final

from gateway.access import SIGNED_IN, Audience, only
from gateway.authoring import ID, argument, extends, resolved
from gateway.context import RequestContext
from gateway.entities import Mutation
from plugins.accounts import sessions
from plugins.accounts.challenges import (
    UNTOLD,
    Challenge,
    ChallengeRefusal,
    Refusal,
    Sent,
    found_challenge,
    send_code,
)
from plugins.accounts.personal.masking import masked_destination
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing import changing, signing_in
from plugins.accounts.signing.answers import (
    AppCodeRequired,
    ChallengeRefused,
    CodeOutcome,
    CodeSent,
    Confirmation,
    ConfirmedSession,
    Credentials,
    NewPasswordOutcome,
    OtherDeviceActive,
    PasswordChange,
    PasswordChangeRequired,
    PasswordRefused,
    RequiredPassword,
    RequiredPasswordChanged,
    RequiredPasswordOutcome,
    SignedIn,
    SignedOut,
    SignInOutcome,
    SignInRefused,
)
from plugins.accounts.signing.devices import described_device, place_of

PUBLIC: Final = only(Audience.PUBLIC)
SecretCredentials = Annotated[
    Credentials, argument(description="Give them as a variable, never in the document.")
]
DeviceIdentifier = Annotated[str, argument(description="The identifier of the device, as for `signIn`.")]
ChallengeToken = Annotated[ID, argument(description="The challenge, as it was answered.")]
GivenConfirmation = Annotated[
    Confirmation, argument(description="The challenge, and the code that was sent.")
]


async def sign_in(
    context: RequestContext, credentials: SecretCredentials
) -> SignedIn | PasswordChangeRequired | OtherDeviceActive | SignInRefused:
    """Open a session on a device (Đăng nhập)."""
    given = credentials.device
    used = described_device(given.identifier, given.name, given.platform)
    outcome = await signing_in.sign_in(context, credentials.social_security_code, credentials.password, used)
    match outcome:
        case signing_in.Admitted():
            return _signed_in(context, outcome)
        case signing_in.ChangeRequired(why=why, challenge=asked):
            return PasswordChangeRequired(reason=why, challenge=ID(asked.token))
        case signing_in.OtherDevice(active=active, challenge=asked):
            token = ID(asked.token)
            return OtherDeviceActive(device_name=active.name, since=active.since, challenge=token)
        case signing_in.Refused(why=refusal, retry_at=retry_at):
            message = context.text(refusal.value.text)
            return SignInRefused(code=refusal, message=message, retry_at=retry_at)


async def continue_on_this_device(
    context: RequestContext, challenge: ChallengeToken, device: DeviceIdentifier
) -> CodeSent | AppCodeRequired | ChallengeRefused:
    """Send a code to the registered phone, with which this device takes the other's place (Tiếp tục trên thiết bị này)."""
    return sent(context, await signing_in.continue_here(context, challenge, place_of(device)))


async def confirm_device(
    context: RequestContext, confirmation: GivenConfirmation, device: DeviceIdentifier
) -> SignedIn | ChallengeRefused:
    """Sign in on this device and sign the other out (Xác nhận đổi thiết bị)."""
    given, place = confirmation, place_of(device)
    outcome = await signing_in.confirm_device(context, given.challenge, given.code, place)
    return refused(context, outcome) if isinstance(outcome, Refusal) else _signed_in(context, outcome)


async def change_required_password(
    context: RequestContext,
    change: Annotated[
        RequiredPassword, argument(description="Give it as a variable, never in the document.")
    ],
) -> CodeSent | AppCodeRequired | PasswordRefused | ChallengeRefused:
    """Choose a password, before signing in; a code to the registered phone confirms it (Đổi mật khẩu bắt buộc)."""
    place = place_of(change.device)
    outcome = await changing.change_required(
        context, change.challenge, place, change.new_password, change.repeated_password
    )
    return _new_password(context, outcome)


async def confirm_required_password(
    context: RequestContext, confirmation: GivenConfirmation, device: DeviceIdentifier
) -> RequiredPasswordChanged | ChallengeRefused:
    """Make the new password count; there is no session yet, so sign in afterwards (Xác nhận mật khẩu mới)."""
    given, place = confirmation, place_of(device)
    outcome = await changing.confirm_required(context, given.challenge, given.code, place)
    return refused(context, outcome) if isinstance(outcome, Refusal) else RequiredPasswordChanged(at=outcome)


async def change_password(
    context: RequestContext,
    change: Annotated[PasswordChange, argument(description="Give it as a variable, never in the document.")],
) -> CodeSent | AppCodeRequired | PasswordRefused | ChallengeRefused:
    """Choose another password; a code to the registered phone confirms it (Đổi mật khẩu)."""
    outcome = await changing.change(
        context, change.old_password, change.new_password, change.repeated_password
    )
    return _new_password(context, outcome)


async def confirm_password(
    context: RequestContext, confirmation: GivenConfirmation
) -> SignedIn | ChallengeRefused:
    """Make the new password count; this session goes on with a new token (Xác nhận đổi mật khẩu)."""
    outcome = await changing.confirm(context, confirmation.challenge, confirmation.code)
    return refused(context, outcome) if isinstance(outcome, Refusal) else _signed_in(context, outcome)


async def resend_code(
    context: RequestContext,
    challenge: ChallengeToken,
    device: Annotated[
        str | None, argument(description="The identifier of the device, for who is not signed in.")
    ] = None,
) -> CodeSent | AppCodeRequired | ChallengeRefused:
    """Send a new code for a challenge; the one before does not count any more (Gửi lại mã)."""
    place = context.viewer.session or place_of(device or "")
    asked = await found_challenge(context, challenge, None, place)
    if isinstance(asked, Challenge) and asked.purpose in UNTOLD:
        asked = Refusal(ChallengeRefusal.CHALLENGE_OVER)
    outcome = asked if isinstance(asked, Refusal) else await send_code(context, asked, asked.sent_to)
    return sent(context, outcome)


async def sign_out(context: RequestContext) -> SignedOut:
    """End the session of the token that this request was sent with (Đăng xuất)."""
    if context.viewer.session is not None:
        await sessions.end_session(await context.work(), context.viewer.session, context.now)
    return SignedOut(at=context.now)


@extends(Mutation)
class Signing:
    """Into the application and out of it."""

    sign_in: SignInOutcome | None = resolved(sign_in, rule=PUBLIC)
    continue_on_this_device: CodeOutcome | None = resolved(continue_on_this_device, rule=PUBLIC)
    confirm_device: ConfirmedSession | None = resolved(confirm_device, rule=PUBLIC)
    change_required_password: NewPasswordOutcome | None = resolved(change_required_password, rule=PUBLIC)
    confirm_required_password: RequiredPasswordOutcome | None = resolved(
        confirm_required_password, rule=PUBLIC
    )
    change_password: NewPasswordOutcome | None = resolved(change_password, rule=SIGNED_IN)
    confirm_password: ConfirmedSession | None = resolved(confirm_password, rule=SIGNED_IN)
    resend_code: CodeOutcome | None = resolved(resend_code, rule=PUBLIC | SIGNED_IN)
    sign_out: SignedOut | None = resolved(sign_out, rule=SIGNED_IN)


def _signed_in(context: RequestContext, admitted: signing_in.Admitted) -> SignedIn:
    session, password = admitted.session, admitted.password
    soon = context.services.settings.section(AccountsSettings).password_reminder_days
    return SignedIn(
        token=session.token,
        expires_at=session.expires_at,
        password_expires_on=password.expires_on,
        password_reminder=password.days_left if password.days_left <= soon else None,
    )


def sent(context: RequestContext, outcome: Sent | Refusal) -> CodeSent | AppCodeRequired | ChallengeRefused:
    """A code that is on its way, or why none is, as an answer."""
    if isinstance(outcome, Refusal):
        return refused(context, outcome)
    challenge, until = ID(outcome.token), outcome.until
    if outcome.to is None:
        return AppCodeRequired(challenge=challenge, valid_until=until)
    return CodeSent(challenge=challenge, sent_to=masked_destination(outcome.to), valid_until=until)


def refused(context: RequestContext, refusal: Refusal) -> ChallengeRefused:
    """A challenge that is not met, as an answer."""
    message = context.text(refusal.why.value.text)
    field = "code" if refusal.why is ChallengeRefusal.CODE_WRONG else None
    return ChallengeRefused(code=refusal.why, message=message, field=field, retry_at=refusal.retry_at)


def _new_password(
    context: RequestContext, outcome: Sent | changing.NotChanged | Refusal
) -> CodeSent | AppCodeRequired | PasswordRefused | ChallengeRefused:
    if not isinstance(outcome, changing.NotChanged):
        return sent(context, outcome)
    return not_changed(context, outcome)


def not_changed(context: RequestContext, refusal: changing.NotChanged) -> PasswordRefused:
    """A password that was not taken, as an answer."""
    message = context.text(refusal.why.value.text)
    return PasswordRefused(code=refusal.why, message=message, field=refusal.field, retry_at=refusal.retry_at)
