"""Why a payment is not ordered: each reason with its texts."""

from __future__ import annotations

import enum

from gateway.errors import Code, Text


class HouseholdPaymentRefusal(enum.Enum):
    """Why no payment was ordered (Lý do từ chối)."""

    ALREADY_PAID = Code(
        "ALREADY_PAID",
        200,
        Text("Thời gian này đã được thanh toán.", "This time has been paid for."),
        "`orderHouseholdPayment`: a paid order covers a part of the period.",
    )
    UNKNOWN_PERIOD = Code(
        "UNKNOWN_PERIOD",
        200,
        Text("Không thể đóng cho thời gian này.", "This time cannot be paid for."),
        "`orderHouseholdPayment`: the period does not begin on the first day of this or one of the next months.",
    )
    NOT_IN_A_HOUSEHOLD = Code(
        "NOT_IN_A_HOUSEHOLD",
        200,
        Text("Bạn không tham gia theo hộ gia đình.", "You are not insured with a household."),
        "`orderHouseholdPayment`: no household is known for the viewer.",
    )
