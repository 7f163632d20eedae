"""The kind of personal data that entitlements has, as citizens read of it."""

from __future__ import annotations

from typing import Final

from gateway.authoring import DataKind
from gateway.errors import Text

ENTITLEMENTS: Final = DataKind(
    "entitlements:entitlements", Text("Thông tin hưởng các chế độ BHXH", "Social insurance benefits")
)
