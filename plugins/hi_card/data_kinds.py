"""The kind of personal data that hi_card has, as citizens read of it."""

from __future__ import annotations

from typing import Final

from gateway.authoring import DataKind
from gateway.errors import Text

CARDS: Final = DataKind(
    "hi_card:card",
    Text("Thẻ bảo hiểm y tế", "Health insurance card"),
    handling=Text("Kiểm tra, cấp hoặc đổi thẻ BHYT", "Checking, issuing or renewing a card"),
)
