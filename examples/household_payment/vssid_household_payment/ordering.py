"""Ordering a payment: the rules of when one may be ordered, without any GraphQL."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import RowMapping, bindparam, insert, select

from gateway.authoring import Money
from gateway.context import RequestContext
from vssid_household_payment.models import HouseholdPaymentState, members, orders
from vssid_household_payment.premiums import HouseholdPaymentPeriod, last_day, month_after, premium
from vssid_household_payment.refusals import HouseholdPaymentRefusal
from vssid_household_payment.settings import HouseholdPaymentSettings

# The lock lets one order of a person wait for another; SQLite has one writer anyway.
_MEMBER: Final = select(members).where(members.c.participant_id == bindparam("participant")).with_for_update()
_OVERLAPPING: Final = select(orders).where(
    orders.c.participant_id == bindparam("participant"),
    orders.c.valid_from <= bindparam("to"),
    orders.c.valid_to >= bindparam("from"),
)


@dataclass(frozen=True)
class PlacedOrder:
    """What the person needs for the bank transfer."""

    reference: str
    amount: Money
    pay_before: dt.datetime


async def place_order(
    context: RequestContext, participant: str, first_day: dt.date, period: HouseholdPaymentPeriod
) -> PlacedOrder | HouseholdPaymentRefusal:
    """Order a payment. Asked again before it is paid, it gives the same order again: the first answer may have been lost."""
    settings = context.services.settings.section(HouseholdPaymentSettings)
    if not _may_begin(first_day, context.today, settings.months_ahead):
        return HouseholdPaymentRefusal.UNKNOWN_PERIOD
    work = await context.work()
    member = (await work.execute(_MEMBER, {"participant": participant})).mappings().one_or_none()
    if member is None:
        return HouseholdPaymentRefusal.NOT_IN_A_HOUSEHOLD
    asked = {"participant": participant, "from": first_day, "to": last_day(first_day, period)}
    known = (await work.execute(_OVERLAPPING, asked)).mappings().all()
    if any(order["state"] is HouseholdPaymentState.PAID for order in known):
        return HouseholdPaymentRefusal.ALREADY_PAID
    for order in known:
        same = order["valid_from"] == first_day and order["period"] is period
        if same and context.now < order["pay_before"]:
            return PlacedOrder(order["reference"], Money(order["amount"]), order["pay_before"])
    placed = PlacedOrder(
        f"BHYT{secrets.token_hex(8).upper()}",
        premium(member["position"], period, context.today),
        context.now + dt.timedelta(hours=settings.pay_within_hours),
    )
    await work.execute(insert(orders), _row(placed, member, first_day, period, context.now))
    return placed


def _may_begin(first_day: dt.date, today: dt.date, months_ahead: int) -> bool:
    this_month = today.replace(day=1)
    return first_day.day == 1 and this_month <= first_day <= month_after(this_month, months_ahead)


def _row(
    placed: PlacedOrder,
    member: RowMapping,
    first_day: dt.date,
    period: HouseholdPaymentPeriod,
    now: dt.datetime,
) -> dict[str, object]:
    return {
        "reference": placed.reference,
        "participant_id": member["participant_id"],
        "agency": member["agency"],
        "period": period,
        "valid_from": first_day,
        "valid_to": last_day(first_day, period),
        "amount": placed.amount,
        "state": HouseholdPaymentState.AWAITING,
        "ordered_at": now,
        "pay_before": placed.pay_before,
    }
