"""Totals: no month counts twice, and everything agrees with counting months one by one."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.participation.months import Months, Span, month_after
from plugins.participation.periods import ParticipationKind, PaymentState, Period
from plugins.participation.totals import (
    EMPLOYERS_PAY_SINCE,
    SOCIAL,
    tally,
    unpaid_while_employed,
    years,
)

MONTHS = st.integers(0, 12 * 40).map(lambda place: month_after(dt.date(1990, 1, 1), place))
KINDS = st.sampled_from(ParticipationKind)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(MONTHS)
    employer = draw(st.sampled_from([None, "TA0001Z", "TA0002Z"]))
    has_coefficient = draw(st.booleans())
    return Period(
        kind=draw(KINDS),
        state=draw(st.sampled_from(PaymentState)),
        months=Months.between(first, month_after(first, draw(st.integers(0, 40)))),
        employer_code=employer,
        employer_name=None if employer is None else f"Công ty {employer}",
        basis=None if has_coefficient else draw(st.integers(0, 10**8)),
        has_coefficient=has_coefficient,
    )


RECORDS = st.lists(periods(), max_size=12)


def by_state(record: list[Period], *kinds: ParticipationKind) -> dict[PaymentState, set[dt.date]]:
    """The months of some kinds, one by one: the best state that any period gives each."""
    best: dict[dt.date, PaymentState] = {}
    order = list(PaymentState)
    for period in record:
        for month in period.months if period.kind in kinds else ():
            best[month] = min(best.get(month, PaymentState.UNPAID), period.state, key=order.index)
    return {state: {month for month, found in best.items() if found is state} for state in PaymentState}


@given(RECORDS, st.sets(KINDS, min_size=1))
def test_a_month_counts_once_in_its_best_state(record: list[Period], kinds: set[ParticipationKind]) -> None:
    found, expected = tally(record, *kinds), by_state(record, *kinds)
    assert set(found.paid) == expected[PaymentState.PAID]
    assert set(found.late) == expected[PaymentState.LATE]
    assert set(found.unpaid) == expected[PaymentState.UNPAID]
    assert len(found.paid) + len(found.late) + len(found.unpaid) == len(found.known)


@given(RECORDS, RECORDS)
def test_the_same_periods_again_change_nothing(record: list[Period], more: list[Period]) -> None:
    assert tally(record + record, *SOCIAL) == tally(record, *SOCIAL)
    assert len(tally(record + more, *SOCIAL).paid) <= len(tally(record, *SOCIAL).paid) + len(
        tally(more, *SOCIAL).paid
    )


@given(RECORDS, KINDS)
def test_years_add_up_to_the_whole(record: list[Period], kind: ParticipationKind) -> None:
    whole, summary = tally(record, kind), years(record, kind)
    assert [one.year for one in summary] == sorted({month.year for month in whole.known})
    assert sum(len(one.tally.paid) for one in summary) == len(whole.paid)
    assert sum(len(one.tally.late) for one in summary) == len(whole.late)
    assert sum(len(one.tally.unpaid) for one in summary) == len(whole.unpaid)
    paid = [period for period in record if period.kind is kind and period.state is PaymentState.PAID]
    assert sum(one.basis for one in summary) == sum(len(one.months) * (one.basis or 0) for one in paid)
    assert sum(one.coefficient_months for one in summary) == len(
        {month for one in paid if one.has_coefficient for month in one.months}
    )


@given(RECORDS, KINDS)
def test_months_at_an_employer_without_a_payment_are_marked(
    record: list[Period], kind: ParticipationKind
) -> None:
    since = EMPLOYERS_PAY_SINCE.get(kind)
    paid = by_state(record, kind)[PaymentState.PAID]
    expected = {
        (one.employer_code, month)
        for one in record
        for month in one.months
        if one.employer_code and since is not None and month >= since and month not in paid
    }
    found = unpaid_while_employed(record, kind)
    marked = [
        (one.employer_code, month) for one in found for month in Months.between(one.span.first, one.span.last)
    ]
    assert len(marked) == len(set(marked))
    assert set(marked) == expected


@given(st.sets(MONTHS))
def test_sets_of_months_are_sets(given_months: set[dt.date]) -> None:
    found = Months()
    for month in given_months:
        found |= Months.between(month, month)
    assert set(found) == given_months
    assert len(found) == len(given_months)
    ends = (min(given_months), max(given_months)) if given_months else (None, None)
    assert (found.first, found.last) == ends
    spans = list(found.spans())
    assert sum(span.length for span in spans) == len(given_months)
    for before, after in itertools.pairwise(spans):
        assert month_after(before.last, 1) < after.first


@pytest.mark.parametrize(
    ("first", "last", "length"),
    [
        (dt.date(1945, 1, 1), dt.date(1945, 1, 1), 1),
        (dt.date(2020, 12, 1), dt.date(2021, 1, 1), 2),
        (dt.date(2021, 1, 1), dt.date(2020, 12, 1), 0),
        (dt.date(1945, 1, 1), dt.date(2199, 12, 1), 255 * 12),
    ],
)
def test_months_between(first: dt.date, last: dt.date, length: int) -> None:
    found = Months.between(first, last)
    assert len(found) == length
    assert list(found.spans()) == ([Span(first, last)] if length else [])


@pytest.mark.parametrize("first", [dt.date(1944, 12, 1), dt.date(1, 1, 1)])
def test_months_before_our_time(first: dt.date) -> None:
    with pytest.raises(ValueError, match="months are from 1945"):
        Months.between(first, dt.date(2020, 1, 1))


def months(first: int, last: int) -> Months:
    """Months of 2020."""
    return Months.between(dt.date(2020, first, 1), dt.date(2020, last, 1))


def life() -> Iterator[Period]:
    """Two jobs at once in 2020, unemployment insurance by one of them, and late from November on."""
    kind, state = ParticipationKind, PaymentState
    a, b = ("A", "Công ty A", 5_000_000), ("B", "Công ty B", 3_000_000)
    yield Period(kind.COMPULSORY_SOCIAL, state.PAID, months(1, 10), *a)
    yield Period(kind.COMPULSORY_SOCIAL, state.LATE, months(11, 12), *a)
    yield Period(kind.COMPULSORY_SOCIAL, state.PAID, months(6, 11), *b)
    yield Period(kind.UNEMPLOYMENT, state.PAID, months(1, 3), *a)


def test_a_life_by_hand() -> None:
    record = list(life())
    social = tally(record, *SOCIAL)
    assert (social.years_and_months(), len(social.late), len(social.unpaid)) == ((0, 11), 1, 0)
    (year,) = years(record, ParticipationKind.COMPULSORY_SOCIAL)
    assert year.basis == 10 * 5_000_000 + 6 * 3_000_000
    found = [
        (one.employer_code, one.span.first.month, one.span.last.month)
        for one in unpaid_while_employed(record, ParticipationKind.UNEMPLOYMENT)
    ]
    assert found == [("A", 4, 12), ("B", 6, 11)]
    assert unpaid_while_employed(record, ParticipationKind.VOLUNTARY_SOCIAL) == []
