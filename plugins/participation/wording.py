"""Kinds and states in words, as papers and spreadsheets have them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.errors import Text
from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState

KINDS: Final[Mapping[ParticipationKind, Text]] = MappingProxyType(
    {
        ParticipationKind.COMPULSORY_SOCIAL: Text("BHXH bắt buộc", "Compulsory social insurance"),
        ParticipationKind.VOLUNTARY_SOCIAL: Text("BHXH tự nguyện", "Voluntary social insurance"),
        ParticipationKind.UNEMPLOYMENT: Text("BHTN", "Unemployment insurance"),
        ParticipationKind.ACCIDENT: Text("BHTNLĐ-BNN", "Occupational accident and disease insurance"),
        ParticipationKind.HEALTH: Text("BHYT", "Health insurance"),
    }
)
STATES: Final[Mapping[PaymentState, Text]] = MappingProxyType(
    {
        PaymentState.PAID: Text("Đã đóng", "Paid"),
        PaymentState.LATE: Text("Chậm đóng", "Late"),
        PaymentState.UNPAID: Text("Chưa đóng", "Not paid"),
    }
)
MONEY_KINDS: Final[Mapping[MoneyKind, Text]] = MappingProxyType(
    {
        MoneyKind.VND: Text("Đồng", "Đồng"),
        MoneyKind.COEFFICIENT: Text("Hệ số", "Coefficient"),
    }
)
