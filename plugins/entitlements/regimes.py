"""Kinds of entitlements, their regimes, and how far payment has come: the words of the decisions, in two languages."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.errors import Text


class EntitlementKind(enum.Enum):
    """Under which heading an entitlement is shown (Nhóm chế độ)."""

    LUMP_SUM = "lump_sum"
    SHORT_TERM = "short_term"
    MONTHLY = "monthly"
    UNEMPLOYMENT = "unemployment"
    OCCUPATIONAL = "occupational"

    @property
    def meaning(self) -> Text:
        """The kind in words."""
        return _KINDS[self]

    @property
    def is_paid_by_month(self) -> bool:
        """Whether there is an amount for each month; the others have one amount."""
        return self in (EntitlementKind.MONTHLY, EntitlementKind.UNEMPLOYMENT)


class EntitlementRegime(enum.Enum):
    """By which rules an entitlement was granted (Chế độ hưởng)."""

    SOCIAL_INSURANCE_LUMP_SUM = "social_insurance_lump_sum"
    RETIREMENT_LUMP_SUM = "retirement_lump_sum"
    SURVIVORS_LUMP_SUM = "survivors_lump_sum"
    FUNERAL = "funeral"
    SICKNESS = "sickness"
    MATERNITY = "maternity"
    CONVALESCENCE = "convalescence"
    PENSION = "pension"
    WORKING_CAPACITY_LOSS = "working_capacity_loss"
    SURVIVORS_ALLOWANCE = "survivors_allowance"
    OCCUPATIONAL_ALLOWANCE = "occupational_allowance"
    UNEMPLOYMENT_BENEFIT = "unemployment_benefit"
    OCCUPATIONAL_ACCIDENT = "occupational_accident"
    OCCUPATIONAL_DISEASE = "occupational_disease"

    @property
    def meaning(self) -> Text:
        """The regime in words."""
        return _REGIMES[self]


class EntitlementPaymentState(enum.Enum):
    """How far payment has come (Trạng thái chi trả)."""

    PENDING = "pending"
    PAID = "paid"
    PAYING = "paying"
    SUSPENDED = "suspended"
    ENDED = "ended"

    @property
    def meaning(self) -> Text:
        """The state in words."""
        return _STATES[self]


class EntitlementPaymentMethod(enum.Enum):
    """How the money reaches the person (Hình thức nhận)."""

    BANK_ACCOUNT = "bank_account"
    CASH = "cash"
    EMPLOYER = "employer"

    @property
    def meaning(self) -> Text:
        """The method in words."""
        return _METHODS[self]


_KINDS: Final = {
    EntitlementKind.LUMP_SUM: Text("BHXH một lần", "Lump sums"),
    EntitlementKind.SHORT_TERM: Text(
        "Ốm đau, thai sản và dưỡng sức phục hồi sức khỏe", "Sickness, maternity and convalescence"
    ),
    EntitlementKind.MONTHLY: Text("BHXH hàng tháng", "Monthly pensions and allowances"),
    EntitlementKind.UNEMPLOYMENT: Text("Bảo hiểm thất nghiệp", "Unemployment insurance"),
    EntitlementKind.OCCUPATIONAL: Text(
        "Tai nạn lao động, bệnh nghề nghiệp", "Occupational accident or disease"
    ),
}
_REGIMES: Final = {
    EntitlementRegime.SOCIAL_INSURANCE_LUMP_SUM: Text(
        "Hưởng BHXH một lần", "Social insurance paid out at once"
    ),
    EntitlementRegime.RETIREMENT_LUMP_SUM: Text("Trợ cấp một lần khi nghỉ hưu", "Lump sum on retirement"),
    EntitlementRegime.SURVIVORS_LUMP_SUM: Text("Tuất một lần", "Survivors' lump sum"),
    EntitlementRegime.FUNERAL: Text("Trợ cấp mai táng", "Funeral allowance"),
    EntitlementRegime.SICKNESS: Text("Ốm đau", "Sickness"),
    EntitlementRegime.MATERNITY: Text("Thai sản", "Maternity"),
    EntitlementRegime.CONVALESCENCE: Text("Dưỡng sức, phục hồi sức khỏe", "Convalescence"),
    EntitlementRegime.PENSION: Text("Lương hưu", "Retirement pension"),
    EntitlementRegime.WORKING_CAPACITY_LOSS: Text(
        "Trợ cấp mất sức lao động", "Allowance for loss of working capacity"
    ),
    EntitlementRegime.SURVIVORS_ALLOWANCE: Text("Tuất hàng tháng", "Survivors' monthly allowance"),
    EntitlementRegime.OCCUPATIONAL_ALLOWANCE: Text(
        "Trợ cấp TNLĐ-BNN hàng tháng", "Monthly allowance after an occupational accident or disease"
    ),
    EntitlementRegime.UNEMPLOYMENT_BENEFIT: Text("Trợ cấp thất nghiệp", "Unemployment benefit"),
    EntitlementRegime.OCCUPATIONAL_ACCIDENT: Text("Tai nạn lao động", "Occupational accident"),
    EntitlementRegime.OCCUPATIONAL_DISEASE: Text("Bệnh nghề nghiệp", "Occupational disease"),
}
_STATES: Final = {
    EntitlementPaymentState.PENDING: Text("Chưa chi trả", "Granted, not paid yet"),
    EntitlementPaymentState.PAID: Text("Đã chi trả", "Paid"),
    EntitlementPaymentState.PAYING: Text("Đang hưởng", "Paid every month"),
    EntitlementPaymentState.SUSPENDED: Text(
        "Tạm dừng hưởng", "Monthly payment halted after the last day told"
    ),
    EntitlementPaymentState.ENDED: Text("Chấm dứt hưởng", "Monthly payment ended with the last day told"),
}
_METHODS: Final = {
    EntitlementPaymentMethod.BANK_ACCOUNT: Text("Tài khoản cá nhân", "To a bank account"),
    EntitlementPaymentMethod.CASH: Text("Tiền mặt", "In cash at the paying agency or post office"),
    EntitlementPaymentMethod.EMPLOYER: Text("Thông qua người sử dụng lao động", "Through the employer"),
}

REGIMES: Final[Mapping[EntitlementKind, tuple[EntitlementRegime, ...]]] = MappingProxyType(
    {
        EntitlementKind.LUMP_SUM: (
            EntitlementRegime.SOCIAL_INSURANCE_LUMP_SUM,
            EntitlementRegime.RETIREMENT_LUMP_SUM,
            EntitlementRegime.SURVIVORS_LUMP_SUM,
            EntitlementRegime.FUNERAL,
        ),
        EntitlementKind.SHORT_TERM: (
            EntitlementRegime.SICKNESS,
            EntitlementRegime.MATERNITY,
            EntitlementRegime.CONVALESCENCE,
        ),
        EntitlementKind.MONTHLY: (
            EntitlementRegime.PENSION,
            EntitlementRegime.WORKING_CAPACITY_LOSS,
            EntitlementRegime.SURVIVORS_ALLOWANCE,
            EntitlementRegime.OCCUPATIONAL_ALLOWANCE,
        ),
        EntitlementKind.UNEMPLOYMENT: (EntitlementRegime.UNEMPLOYMENT_BENEFIT,),
        EntitlementKind.OCCUPATIONAL: (
            EntitlementRegime.OCCUPATIONAL_ACCIDENT,
            EntitlementRegime.OCCUPATIONAL_DISEASE,
        ),
    }
)
"""The regimes of each kind; every regime belongs to one."""

ONCE: Final = (EntitlementPaymentState.PENDING, EntitlementPaymentState.PAID)
BY_MONTH: Final = tuple(
    state for state in EntitlementPaymentState if state is not EntitlementPaymentState.PAID
)
"""The states of payment of one amount, and of an amount for each month."""
