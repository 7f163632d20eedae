"""Demo data: four of ten synthetic people form a household that has paid for last year and for this one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gateway.demo import Demo, DemoData, DemoRows
from gateway.demo.people import DemoParticipant
from vssid_household_payment.models import HouseholdPaymentState, members, orders
from vssid_household_payment.premiums import HouseholdPaymentPeriod, last_day, premium

TEN: Final = 10
HOUSEHOLD: Final = 4
"""Of ten people in a row, the first so many are a household."""


class HouseholdPaymentDemo(DemoData):
    """Members and their payments; the people themselves are another plugin's."""

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        """The members among some people."""
        insured = [person for person in people if person.index % TEN < HOUSEHOLD]
        yield DemoRows(members, [_member(person) for person in insured])
        years = (demo.today.year - 1, demo.today.year)
        yield DemoRows(
            orders, [_payment(person, year, n) for person in insured for n, year in enumerate(years)]
        )


def _member(person: DemoParticipant) -> Mapping[str, object]:
    return {
        "participant_id": person.key,
        "household_code": f"00{person.index // TEN:08}",
        "position": person.index % TEN + 1,
        "agency": f"0{person.province}01",
    }


def _payment(person: DemoParticipant, year: int, number: int) -> Mapping[str, object]:
    member = _member(person)
    period, first_day = HouseholdPaymentPeriod.YEAR, dt.date(year, 1, 1)
    paid_at = dt.datetime(year - 1, 12, 1 + person.draw("household_payment", 28), 3, tzinfo=dt.UTC)
    return {
        "reference": f"BHYT0{number}{person.key[:14].upper()}",
        "participant_id": person.key,
        "agency": member["agency"],
        "period": period,
        "valid_from": first_day,
        "valid_to": last_day(first_day, period),
        "amount": premium(person.index % TEN + 1, period, paid_at.date()),
        "state": HouseholdPaymentState.PAID,
        "ordered_at": paid_at - dt.timedelta(hours=1),
        "pay_before": paid_at + dt.timedelta(days=2),
        "paid_at": paid_at,
    }
