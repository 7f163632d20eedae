"""Kinds of personal data, as the audit trail names them and citizens read them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from gateway.errors import Text


@dataclass(frozen=True)
class DataKind:
    """What data are, in words for the person whom they are about: ``DataKind("hi_card:card", Text("Thẻ BHYT", "..."))``.

    ``name`` begins with the plugin's. ``handling`` says what officers read it for, where that is more than handling a case.
    """

    name: str
    text: Text
    handling: Text | None = None


PERSONAL: Final = DataKind("core:personal", Text("Thông tin cá nhân", "Personal information"))
"""What is about a participant and has no kind of its own."""


class Unsaid(enum.Enum):
    """The type of what stands for an argument that was not given, where None means something."""

    UNSAID = enum.auto()


UNSAID: Final = Unsaid.UNSAID
