"""The kinds of personal data that accounts has, as citizens read of them."""

from __future__ import annotations

from typing import Final

from gateway.authoring import DataKind
from gateway.errors import Text

IDENTITY: Final = DataKind(
    "accounts:identity",
    Text("Nhân thân (họ tên, ngày sinh, mã số BHXH)", "Identity (name, date of birth, social security code)"),
    handling=Text("Tra cứu, xác minh người tham gia", "Finding or verifying a participant"),
)
CONTACT: Final = DataKind("accounts:contact", Text("Thông tin liên hệ", "Contact details"))
IDENTITY_PAPER: Final = DataKind(
    "accounts:identity_paper",
    Text("Giấy tờ tùy thân", "Identity paper"),
    handling=Text("Xác minh người tham gia", "Verifying a participant"),
)
ADDRESS: Final = DataKind("accounts:address", Text("Địa chỉ", "Address"))
DEPENDANTS: Final = DataKind("accounts:dependants", Text("Người phụ thuộc", "Dependants"))
