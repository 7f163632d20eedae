"""The kind of personal data that health_book has, as citizens read of it."""

from __future__ import annotations

from typing import Final

from gateway.authoring import DataKind
from gateway.errors import Text

VISITS: Final = DataKind("health_book:visits", Text("Sổ khám chữa bệnh", "Health care book"))
