"""What a participant's entitlements come to, year by year: pure reckoning, without a store.

An amount that is paid once counts in the year in which its entitlement begins. An amount for each month counts in the year in
which that month begins, from the first day on, month after month, until today or the last day of the entitlement.
Unemployment benefit ends with the months granted, of which those before today and after it count alike, for they are decided.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from plugins.entitlements.regimes import EntitlementKind, EntitlementPaymentState

LONGEST: Final = 12 * 120
"""Months that no entitlement goes on for; a wrong date cannot make one endless."""


@dataclass(frozen=True)
class Entitlement:
    """What of an entitlement the totals need. Đồng; ``amount`` is the one amount or that of each month."""

    kind: EntitlementKind
    payment_state: EntitlementPaymentState
    starts_on: dt.date
    ends_on: dt.date | None
    amount: int
    months_granted: int | None = None
    months_received: int | None = None


@dataclass(frozen=True)
class KindTotal:
    """Đồng of one kind in a year, of so many entitlements."""

    kind: EntitlementKind
    count: int
    granted: int
    paid: int


@dataclass(frozen=True)
class YearTotal:
    """Đồng of a year: granted, and paid of it; the kinds add up to them."""

    year: int
    granted: int
    paid: int
    kinds: tuple[KindTotal, ...]


@dataclass(frozen=True)
class Share:
    """What falls to one year of one entitlement."""

    year: int
    granted: int
    paid: int


def shares(entitlement: Entitlement, today: dt.date) -> Iterator[Share]:
    """The years of an entitlement with what falls to each, the earliest first."""
    if not entitlement.kind.is_paid_by_month:
        paid = entitlement.amount if entitlement.payment_state is EntitlementPaymentState.PAID else 0
        yield Share(entitlement.starts_on.year, entitlement.amount, paid)
        return
    received = _months_received(entitlement)
    numbered = enumerate(_months(entitlement, today))
    for year, months in itertools.groupby(numbered, lambda month: month[1].year):
        paid_of = [number < received for number, _ in months]
        yield Share(year, len(paid_of) * entitlement.amount, sum(paid_of) * entitlement.amount)


def yearly_totals(entitlements: Iterable[Entitlement], today: dt.date) -> list[YearTotal]:
    """The totals of every year that has any, the latest first."""
    found: defaultdict[int, defaultdict[EntitlementKind, list[Share]]]
    found = defaultdict(lambda: defaultdict(list))
    for entitlement in entitlements:
        for share in shares(entitlement, today):
            found[share.year][entitlement.kind].append(share)
    return [_year(year, found[year]) for year in sorted(found, reverse=True)]


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _year(year: int, shares_of: dict[EntitlementKind, list[Share]]) -> YearTotal:
    kinds = tuple(
        KindTotal(kind, len(of), sum(share.granted for share in of), sum(share.paid for share in of))
        for kind in EntitlementKind
        if (of := shares_of.get(kind))
    )
    return YearTotal(year, sum(one.granted for one in kinds), sum(one.paid for one in kinds), kinds)


def _months(entitlement: Entitlement, today: dt.date) -> Iterator[dt.date]:
    """The first days of the months that count."""
    granted = entitlement.months_granted
    until = entitlement.ends_on or dt.date.max
    if granted is None:
        until = min(until, today)
    for number in range(LONGEST if granted is None else granted):
        first = months_later(entitlement.starts_on, number)
        if first > until:
            return
        yield first


def _months_received(entitlement: Entitlement) -> int:
    if entitlement.payment_state is EntitlementPaymentState.PENDING:
        return 0
    return LONGEST if entitlement.months_received is None else entitlement.months_received
