"""A message is written with the change that it tells of, once for each key."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from gateway.database import Database
from gateway.migrations import MigrationBranch
from gateway.migrations.drift import table_problems
from gateway.outbox import Channel, Message, post
from gateway.outbox.tables import State, message
from tests.stores import Store

NOW = dt.datetime(2026, 1, 15, 3, 0, tzinfo=dt.UTC)
OTP = Message(
    channel=Channel.SMS,
    to="+84900000001",
    purpose="otp",
    text="123456 là mã xác thực của bạn.",
    dedupe_key="otp:1",
    secret=True,
    expires_at=NOW + dt.timedelta(minutes=5),
)


EMAIL = {"channel": Channel.EMAIL, "to": "an@example.org", "subject": "Thông báo"}


async def rows(database: Database) -> Sequence[Any]:
    """All messages."""
    async with database.read() as connection:
        return (await connection.execute(select(message))).all()


async def test_the_revisions_make_the_table(store: Store, branches: Sequence[MigrationBranch]) -> None:
    assert await table_problems(store.url, branches) == []


async def test_a_message_waits_from_the_commit_on(database: Database) -> None:
    async with database.write() as work:
        assert await post(work, OTP, NOW)
        assert await rows(database) == []

    (row,) = await rows(database)
    assert (
        row.channel,
        row.recipient,
        row.purpose,
        row.text,
        row.dedupe_key,
        row.secret,
        row.expires_at,
    ) == (
        OTP.channel,
        OTP.to,
        OTP.purpose,
        OTP.text,
        OTP.dedupe_key,
        OTP.secret,
        OTP.expires_at,
    )
    assert (row.state, row.attempts, row.posted_at, row.due_at) == (State.WAITING, 0, NOW, NOW)


async def test_no_message_tells_of_a_change_that_was_not_made(database: Database) -> None:
    async def change() -> None:
        async with database.write() as work:
            await post(work, OTP, NOW)
            raise LookupError

    with pytest.raises(LookupError):
        await change()
    assert await rows(database) == []


async def test_one_message_for_each_key(database: Database) -> None:
    async def change() -> bool:
        async with database.write() as work:
            return await post(work, OTP, NOW)

    assert sorted(await asyncio.gather(*(change() for _ in range(4)))) == [False, False, False, True]
    assert len(await rows(database)) == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"purpose": "OTP for Mr"}, "a purpose is a word"),
        ({"purpose": ""}, "a purpose is a word"),
        ({"to": "+84900000001\r\nBcc: all@example.org"}, "an SMS goes to one number"),
        ({"to": ""}, "an SMS goes to one number"),
        ({"to": "0900000001"}, "an SMS goes to one number"),
        ({**EMAIL, "to": "a@example.org, b@example.org"}, "an e-mail to one address"),
        ({**EMAIL, "to": "An <a@example.org>"}, "an e-mail to one address"),
        ({**EMAIL, "to": "a@b@example.org"}, "an e-mail to one address"),
        ({**EMAIL, "to": f"{'a' * 320}@example.org"}, "an e-mail to one address"),
        ({**EMAIL, "to": "+84900000001"}, "an e-mail to one address"),
        ({"dedupe_key": ""}, "a dedupe key has"),
        ({"dedupe_key": "k" * 201}, "a dedupe key has"),
        ({"dedupe_key": "thẻ"}, "a dedupe key has"),
        ({"text": ""}, "a text has"),
        ({"text": "a\x00b"}, "a text has"),
        ({"text": "a" * 10_001}, "a text has"),
        ({"subject": "An SMS has none"}, "needs a subject"),
        ({"channel": Channel.EMAIL, "to": "a@b.c"}, "needs a subject"),
        ({**EMAIL, "subject": "a\nBcc: all@example.org"}, "a subject is one line"),
        ({**EMAIL, "subject": ""}, "a subject has"),
    ],
)
def test_what_could_not_be_sent_is_refused(wrong: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {
        "channel": Channel.SMS,
        "to": "+84900000001",
        "purpose": "otp",
        "text": "1",
        "dedupe_key": "k",
    }

    with pytest.raises(ValueError, match=why) as refusal:
        Message(**(given | wrong))
    assert "example.org" not in str(refusal.value)


def test_a_message_does_not_show_what_it_says() -> None:
    assert "123456" not in repr(OTP)
    assert OTP.to not in repr(OTP)
