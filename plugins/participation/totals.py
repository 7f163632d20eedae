"""What a record adds up to: months by kind, each counted once, and months that an employer did not pay for.

A month is paid where any period of its kind says so; else late where any does; else unpaid. So the three never overlap, and
whoever has two jobs does not grow old twice as fast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from plugins.participation.months import IN_A_YEAR, Months, Span
from plugins.participation.periods import ParticipationKind, PaymentState, Period

EMPLOYERS_PAY_SINCE: Final[Mapping[ParticipationKind, dt.date]] = MappingProxyType(
    {
        # Decree 12/CP of 1995; Law 71/2006/QH11; Law 84/2015/QH13; Law 25/2008/QH12.
        ParticipationKind.COMPULSORY_SOCIAL: dt.date(1995, 1, 1),
        ParticipationKind.UNEMPLOYMENT: dt.date(2009, 1, 1),
        ParticipationKind.ACCIDENT: dt.date(2016, 7, 1),
        ParticipationKind.HEALTH: dt.date(2009, 7, 1),
    }
)
"""Kinds that an employer pays, and from which month on months without a payment are worth a question."""

SOCIAL: Final = (ParticipationKind.COMPULSORY_SOCIAL, ParticipationKind.VOLUNTARY_SOCIAL)
"""Social insurance, of which the law counts both kinds together."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Months by state; no month is in two of the sets."""

    paid: Months
    late: Months
    unpaid: Months

    @property
    def known(self) -> Months:
        """Every month that the record says something about."""
        return self.paid | self.late | self.unpaid

    def within(self, months: Months) -> Tally:
        """The same for some months alone."""
        return Tally(self.paid & months, self.late & months, self.unpaid & months)

    def years_and_months(self) -> tuple[int, int]:
        """How long was paid for: whole years, and the months beyond them."""
        return divmod(len(self.paid), IN_A_YEAR)


@dataclass(frozen=True, slots=True)
class UnpaidSpan:
    """Months in a row in which the record names an employer and nobody paid the kind."""

    kind: ParticipationKind
    employer_code: str
    employer_name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Year:
    """A year of one kind. ``basis`` is the sum in đồng of what was paid on, month by month, all jobs together;
    ``coefficient_months`` are paid months whose basis is a coefficient and so not in that sum.
    """

    year: int
    kind: ParticipationKind
    tally: Tally
    basis: int
    coefficient_months: int


def tally(periods: Iterable[Period], *kinds: ParticipationKind) -> Tally:
    """The months of some kinds taken together."""
    found = {state: Months() for state in PaymentState}
    for period in periods:
        if period.kind in kinds:
            found[period.state] |= period.months
    paid, late = found[PaymentState.PAID], found[PaymentState.LATE]
    return Tally(paid, late - paid, found[PaymentState.UNPAID] - late - paid)


def unpaid_while_employed(periods: Sequence[Period], kind: ParticipationKind) -> list[UnpaidSpan]:
    """Months in which some period, of whatever kind, names an employer, and no period says that the kind was paid.

    By employer, in the order of their codes. It is what to ask about, not a debt: a second contract or a foreign employee
    need not be insured for every kind.
    """
    since = EMPLOYERS_PAY_SINCE.get(kind)
    if since is None:
        return []
    settled = tally(periods, kind).paid
    return [
        UnpaidSpan(kind, code, name, span)
        for code, name, employed in _employments(periods)
        for span in ((employed & Months.since(since)) - settled).spans()
    ]


def _employments(periods: Iterable[Period]) -> Iterator[tuple[str, str, Months]]:
    found: dict[str, tuple[str, Months]] = {}
    for period in periods:
        if period.employer_code is not None:
            name, months = found.get(period.employer_code, ("", Months()))
            found[period.employer_code] = (period.employer_name or name, months | period.months)
    for code in sorted(found):
        yield code, *found[code]


def years(periods: Sequence[Period], kind: ParticipationKind) -> list[Year]:
    """Every year in which the record says something about the kind, the earliest first."""
    whole = tally(periods, kind)
    found: list[Year] = []
    for year in whole.known.years:
        within = Months.of_year(year)
        if whole.known & within:
            found.append(_year(periods, kind, year, whole.within(within)))
    return found


def _year(periods: Sequence[Period], kind: ParticipationKind, year: int, tally: Tally) -> Year:
    within, coefficients, basis = Months.of_year(year), Months(), 0
    for period in periods:
        if period.kind is kind and period.state is PaymentState.PAID:
            months = period.months & within
            basis += (period.basis or 0) * len(months)
            coefficients |= months if period.has_coefficient else Months()
    return Year(year, kind, tally, basis, len(coefficients))
