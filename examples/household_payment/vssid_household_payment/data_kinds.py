"""The kinds of personal data that household_payment has."""

from __future__ import annotations

from typing import Final

from gateway.authoring import DataKind
from gateway.errors import Text

PAYMENTS: Final = DataKind(
    "household_payment:payments",
    Text("Các lần đóng BHYT hộ gia đình", "Household health insurance payments"),
    handling=Text("Đối chiếu tiền đóng", "Reconciling payments"),
)
HOUSEHOLDS: Final = DataKind(
    "household_payment:household", Text("Thành viên hộ gia đình", "Membership of a household")
)
