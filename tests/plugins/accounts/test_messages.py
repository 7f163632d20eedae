"""Texts of messages: of the alphabet that every phone has, in one SMS, and of the purpose."""

from __future__ import annotations

import pytest

from plugins.accounts.challenges import Purpose
from plugins.accounts.challenges.purposes import code_text
from plugins.accounts.signing import notices

ONE_SMS = 160
PLAIN = frozenset(" !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""What is in GSM-7 and takes one place there."""


@pytest.mark.parametrize("purpose", Purpose, ids=lambda purpose: purpose.name)
def test_a_code_is_one_message_that_names_its_purpose(purpose: Purpose) -> None:
    text = code_text(purpose, "000000", 15)
    assert len(text) <= ONE_SMS
    assert set(text) <= PLAIN
    assert purpose.value in text
    assert "000000" in text


def test_purposes_differ() -> None:
    assert len({purpose.value for purpose in Purpose}) == len(Purpose)


@pytest.mark.parametrize(
    "template",
    [
        notices.DEVICE_REPLACED,
        notices.PASSWORD_CHANGED,
        notices.PASSWORD_EXPIRES,
        notices.PHONE_CHANGED,
        notices.EMAIL_CHANGED,
        notices.APP_REGISTERED,
        notices.APP_REMOVED,
        notices.RECOVERY_CODE_USED,
    ],
)
def test_a_notice_is_one_message(template: str) -> None:
    text = template.format(at="23:59 31/12/2020", day="31/12/2020")
    assert len(text) <= ONE_SMS
    assert set(text) <= PLAIN
