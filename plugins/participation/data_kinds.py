"""The kind of personal data that participation has, as citizens read of it."""

from __future__ import annotations

from typing import Final

from gateway.authoring import DataKind
from gateway.errors import Text

RECORD: Final = DataKind("participation:record", Text("Quá trình tham gia bảo hiểm", "Insurance record"))
