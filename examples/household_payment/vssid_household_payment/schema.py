"""What household_payment adds to the graph: a person's premium and payments, and an officer's list of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from sqlalchemy import ColumnElement

from gateway.access import SIGNED_IN
from gateway.authoring import (
    ID,
    Connection,
    Failure,
    Money,
    Value,
    argument,
    attribute,
    column,
    connection,
    derived,
    enumeration,
    extends,
    input_type,
    lookup,
    output_type,
    resolved,
    to_one,
    union,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Mutation, Participant, Query
from vssid_household_payment.data_kinds import HOUSEHOLDS, PAYMENTS
from vssid_household_payment.loaders import positions
from vssid_household_payment.models import HouseholdPaymentState, members, orders
from vssid_household_payment.ordering import place_order
from vssid_household_payment.premiums import HouseholdPaymentPeriod, premium, share_percent
from vssid_household_payment.refusals import HouseholdPaymentRefusal
from vssid_household_payment.rules import OWN, OWN_AGENCY, RECONCILE

enumeration(QUARTER="Three months.", HALF_YEAR="Six months.", YEAR="Twelve months.")(HouseholdPaymentPeriod)
enumeration(AWAITING="Ordered, not paid yet (Chờ thanh toán).", PAID="Paid (Đã thanh toán).")(
    HouseholdPaymentState
)
enumeration(**{refusal.name: refusal.value.when for refusal in HouseholdPaymentRefusal})(
    HouseholdPaymentRefusal
)


@value_type(orders, rows=OWN_AGENCY, about=orders.c.participant_id, data=PAYMENTS)
class HouseholdPayment:
    """A payment of household health insurance, ordered or paid (Lượt thanh toán BHYT hộ gia đình)."""

    reference: str = column(orders.c.reference, "To be written into the bank transfer (Mã thanh toán).")
    period: HouseholdPaymentPeriod = column(orders.c.period, "For how long (Phương thức đóng).")
    valid_from: dt.date = column(orders.c.valid_from, "First day paid for (Từ ngày).")
    valid_to: dt.date = column(orders.c.valid_to, "Last day paid for (Đến ngày).")
    amount: Money = column(orders.c.amount, "Đồng (Số tiền).")
    state: HouseholdPaymentState = column(orders.c.state, "Where it stands (Trạng thái).")
    ordered_at: dt.datetime = column(orders.c.ordered_at, "When it was ordered.")
    pay_before: dt.datetime = column(orders.c.pay_before, "Afterwards it has to be ordered anew.")
    paid_at: dt.datetime | None = column(orders.c.paid_at, "When it was paid; null until then.")
    participant: Participant = to_one(orders.c.participant_id, "Whom it insures (Người tham gia).")


def in_state(state: Value[HouseholdPaymentState]) -> ColumnElement[bool]:
    """Only payments that stand there."""
    return orders.c.state == state


async def household_premium(
    participant: Participant,
    context: RequestContext,
    period: Annotated[
        HouseholdPaymentPeriod, argument(description="For how long.")
    ] = HouseholdPaymentPeriod.YEAR,
) -> Money | None:
    """Đồng to pay for a period, if paid today; null without a household (Số tiền phải đóng)."""
    position = await context.loader(positions).load(participant.id)
    return None if position is None else premium(position, period, context.today)


@extends(Participant, row=members.c.participant_id, data=HOUSEHOLDS)
class HouseholdMember:
    """What a participant pays as a member of a household."""

    household_position: int | None = column(
        members.c.position, "1 for the first of the household (Người thứ mấy trong hộ).", rule=OWN
    )
    household_share_percent: int | None = derived(share_percent, members.c.position, rule=OWN)
    household_premium: Money | None = resolved(household_premium, rule=OWN)
    household_payments: Connection[HouseholdPayment] | None = connection(
        orders.c.participant_id,
        "Payments, the latest order first (Lịch sử thanh toán).",
        order=[orders.c.ordered_at.desc()],
        filters=[in_state],
        rule=OWN,
    )


@extends(Query)
class Reconciliation:
    """What an officer compares with the bank's statement."""

    household_payments: Connection[HouseholdPayment] | None = connection(
        description="Payments of own agency's households, the latest order first (Danh sách thanh toán).",
        order=[orders.c.ordered_at.desc()],
        filters=[in_state],
        rule=RECONCILE,
    )
    household_payment: HouseholdPayment | None = lookup(
        orders.c.reference,
        "The payment of a bank transfer (Tra cứu theo mã thanh toán).",
        argument="reference",
        prepare=str.upper,
        rule=RECONCILE,
    )


@input_type
class HouseholdPaymentOrder:
    """What to pay for."""

    valid_from: dt.date = attribute("First day of this or one of the next months (Đóng từ ngày).")
    period: HouseholdPaymentPeriod = attribute("For how long (Phương thức đóng).")


@output_type
class HouseholdPaymentOrdered:
    """The payment is ordered and may be paid (Đã tạo lệnh thanh toán)."""

    reference: str = attribute("To be written into the bank transfer (Mã thanh toán).")
    amount: Money = attribute("Đồng to transfer (Số tiền).")
    pay_before: dt.datetime = attribute("Afterwards it has to be ordered anew.")
    participant: Participant = attribute("Whom it insures (Người tham gia).")


@output_type
class HouseholdPaymentRefused(Failure):
    """Nothing was ordered (Không tạo được lệnh thanh toán)."""

    code: HouseholdPaymentRefusal = attribute("Why (Lý do).")


HouseholdPaymentOutcome = Annotated[
    HouseholdPaymentOrdered | HouseholdPaymentRefused,
    union("HouseholdPaymentOutcome", description="What came of ordering (Kết quả)."),
]


async def order_household_payment(
    context: RequestContext,
    order: Annotated[HouseholdPaymentOrder, argument(description="What to pay for.")],
) -> HouseholdPaymentOrdered | HouseholdPaymentRefused:
    """Order a payment of one's own household health insurance (Tạo lệnh thanh toán)."""
    participant = ID(context.viewer.subject or "")  # never empty: the rule admits participants alone
    outcome = await place_order(context, participant, order.valid_from, order.period)
    if isinstance(outcome, HouseholdPaymentRefusal):
        field = "validFrom" if outcome is HouseholdPaymentRefusal.UNKNOWN_PERIOD else None
        return HouseholdPaymentRefused(code=outcome, message=context.text(outcome.value.text), field=field)
    return HouseholdPaymentOrdered(
        reference=outcome.reference,
        amount=outcome.amount,
        pay_before=outcome.pay_before,
        participant=Participant(id=participant),
    )


@extends(Mutation)
class Ordering:
    """Changes of household_payment."""

    order_household_payment: HouseholdPaymentOutcome | None = resolved(
        order_household_payment, rule=SIGNED_IN
    )
