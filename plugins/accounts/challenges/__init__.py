"""Challenges: what somebody has begun and may finish, and the one-time codes that confirm it.

A flow is a row: whose it is, what it is for, where it was begun, and what it is about to do. A one-time code is worth nothing
anywhere else. The client holds a token that names the row.
"""

from plugins.accounts.challenges.confirming import app_confirmed, confirmed, use
from plugins.accounts.challenges.opening import (
    Challenge,
    end_challenges,
    found_challenge,
    open_challenge,
    untold_challenge,
)
from plugins.accounts.challenges.purposes import UNTOLD, Purpose
from plugins.accounts.challenges.refusals import ChallengeRefusal, Refusal
from plugins.accounts.challenges.sending import CODE_LIFE, Sent, begin_with_code, go_on_with_code, send_code

__all__ = [
    "CODE_LIFE",
    "UNTOLD",
    "Challenge",
    "ChallengeRefusal",
    "Purpose",
    "Refusal",
    "Sent",
    "app_confirmed",
    "begin_with_code",
    "confirmed",
    "end_challenges",
    "found_challenge",
    "go_on_with_code",
    "open_challenge",
    "send_code",
    "untold_challenge",
    "use",
]
