"""Error codes of hi_card."""

from __future__ import annotations

from typing import Final

from gateway.errors import Code, Text

NO_SIGNING_KEY: Final = Code(
    "NO_SIGNING_KEY",
    503,
    Text(
        "Chưa thể tạo mã ký số. Vui lòng thử lại sau.", "A signed code cannot be made now. Try again later."
    ),
    "`presentation`: the gateway has no key to sign with; an operator makes one with `vssid card keys rotate`.",
)
