"""A message to one person."""

from __future__ import annotations

import datetime as dt
import enum
import re
from dataclasses import dataclass, field
from typing import Final

PURPOSE: Final = re.compile(r"[a-z][a-z_]{0,39}")
LONGEST_KEY: Final = 200
KEY: Final = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
LONGEST_ADDRESS: Final = 320
PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_PART: Final = r"""[^\s,;:<>()\[\]\\"@\x00-\x1f\x7f-\x9f]+"""
ADDRESS: Final = re.compile(rf"(?=.{{3,{LONGEST_ADDRESS}}}$){_PART}@{_PART}")
LONGEST_SUBJECT: Final = 200
LONGEST_TEXT: Final = 10_000
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Channel(enum.Enum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to ``to``: a phone number as ``+84912345678`` or an e-mail address, which alone has a ``subject``.

    ``purpose`` is of a fixed few words (``otp``): metrics and logs show it. ``dedupe_key`` names what the message is about
    (``otp:<challenge>``), never a person; of two messages with one key the second is not sent, not even by a gateway that gets
    the first twice. A ``secret`` text is wiped even where it could not be delivered. After ``expires_at`` it is not sent.

    Raises :class:`ValueError`, which does not repeat a value.
    """

    channel: Channel
    to: str = field(repr=False)
    purpose: str
    text: str = field(repr=False)
    dedupe_key: str
    subject: str | None = field(default=None, repr=False)
    secret: bool = False
    expires_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no adapter could send, here, where the caller can be told."""
        if not PURPOSE.fullmatch(self.purpose):
            raise ValueError("a purpose is a word of a-z and _, at most 40 characters")
        if not KEY.fullmatch(self.dedupe_key):  # it travels in headers, too
            raise ValueError(f"a dedupe key has 1 to {LONGEST_KEY} printable ASCII characters without spaces")
        if (self.subject is not None) != (self.channel is Channel.EMAIL):
            raise ValueError("an e-mail needs a subject, and nothing else has one")
        if not (PHONE if self.channel is Channel.SMS else ADDRESS).fullmatch(self.to):
            raise ValueError("an SMS goes to one number as +84912345678, an e-mail to one address")
        if self.subject is not None and not 0 < len(self.subject) <= LONGEST_SUBJECT:
            raise ValueError(f"a subject has 1 to {LONGEST_SUBJECT} characters")
        if self.subject is not None and CONTROL.search(self.subject):  # which would be a further header
            raise ValueError("a subject is one line")
        if not 0 < len(self.text) <= LONGEST_TEXT or "\x00" in self.text:
            raise ValueError(f"a text has 1 to {LONGEST_TEXT} characters")
