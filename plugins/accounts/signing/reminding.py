"""What comes round again: reminders of passwords that are getting old, and the end of forgotten challenges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import Row, bindparam, delete, select

from gateway.context import Services
from gateway.jobs import Job
from gateway.outbox import Channel, Message, post
from plugins.accounts.challenges.models import challenge
from plugins.accounts.models import credential
from plugins.accounts.personal.models import contact
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing.expiry import password_age
from plugins.accounts.signing.notices import PASSWORD_EXPIRES

BATCH: Final = 500
LAST_REMINDER: Final = 3
"""Days left when a second message is sent."""

_SHORTEST_MONTH, _LONGEST_MONTH, _MARGIN = 28, 31, 3
_DUE: Final = (
    select(credential.c.participant_id, credential.c.changed_at, contact.c.phone)
    .join(contact, contact.c.participant_id == credential.c.participant_id)
    .where(
        credential.c.participant_id > bindparam("after"),
        credential.c.changed_at.between(bindparam("earliest"), bindparam("latest")),
        credential.c.temporary.is_(False),
        contact.c.phone.is_not(None),
    )
    .order_by(credential.c.participant_id)
    .limit(BATCH)
)


async def remind(services: Services) -> None:
    """Send whoever has to change the password soon a message, and another one shortly before."""
    settings, now = services.settings.section(AccountsSettings), services.clock()
    margin = settings.password_reminder_days + _MARGIN
    asked = {
        "after": "",
        "earliest": now - dt.timedelta(days=_LONGEST_MONTH * settings.password_months + _MARGIN),
        "latest": now - dt.timedelta(days=max(0, _SHORTEST_MONTH * settings.password_months - margin)),
    }
    while True:
        async with services.database.read() as connection:
            rows = (await connection.execute(_DUE, asked)).all()
        async with services.database.write() as work:
            for message in _reminders(rows, settings, now):
                await post(work, message, now)
        if len(rows) < BATCH:
            return
        asked["after"] = rows[-1].participant_id


async def forget_challenges(services: Services) -> None:
    """Delete challenges that are over."""
    async with services.database.write() as work:
        await work.execute(delete(challenge).where(challenge.c.expires_at <= services.clock()))


def _reminders(
    rows: Sequence[Row[str, dt.datetime, str | None]], settings: AccountsSettings, now: dt.datetime
) -> Iterator[Message]:
    for participant_id, changed_at, phone in rows:
        age = password_age(changed_at, now, settings.password_months)
        if phone is None or not 0 < age.days_left <= settings.password_reminder_days:
            continue
        which = "last" if age.days_left <= LAST_REMINDER else "first"
        about = sha256(f"{participant_id}\0{age.expires_on}".encode()).hexdigest()
        text = PASSWORD_EXPIRES.format(day=f"{age.expires_on:%d/%m/%Y}")
        yield Message(Channel.SMS, phone, "notice", text, f"password_expires:{about}:{which}")


JOBS: Final = (
    Job("password_reminders", dt.timedelta(days=1), remind),
    Job("challenges", dt.timedelta(hours=1), forget_challenges),
)
