"""What entitlements come to by year: nothing is lost, nothing counts twice, and every amount is in the year it is shown in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.entitlements.regimes import (
    BY_MONTH,
    ONCE,
    REGIMES,
    EntitlementKind,
    EntitlementPaymentMethod,
    EntitlementPaymentState,
    EntitlementRegime,
)
from plugins.entitlements.totals import (
    Entitlement,
    KindTotal,
    YearTotal,
    months_later,
    shares,
    yearly_totals,
)

TODAY = dt.date(2026, 1, 15)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))
AMOUNTS = st.integers(1, 10**12)
Kind, State = EntitlementKind, EntitlementPaymentState


@st.composite
def entitlements(draw: st.DrawFn) -> Entitlement:
    kind = draw(st.sampled_from(Kind))
    starts_on = draw(DAYS)
    days = draw(st.none() | st.integers(0, 4_000))
    granted = draw(st.integers(1, 12)) if kind is Kind.UNEMPLOYMENT else None
    return Entitlement(
        kind,
        draw(st.sampled_from(BY_MONTH if kind.is_paid_by_month else ONCE)),
        starts_on,
        None if days is None else starts_on + dt.timedelta(days=days),
        draw(AMOUNTS),
        granted,
        None if granted is None else draw(st.integers(0, granted)),
    )


SOME = st.lists(entitlements(), max_size=8)


@given(SOME, DAYS)
def test_money_adds_up(given: list[Entitlement], today: dt.date) -> None:
    totals = yearly_totals(given, today)
    parts = [share for one in given for share in shares(one, today)]
    assert sum(total.granted for total in totals) == sum(share.granted for share in parts)
    assert sum(total.paid for total in totals) == sum(share.paid for share in parts)
    for total in totals:
        assert total.granted == sum(of.granted for of in total.kinds)
        assert total.paid == sum(of.paid for of in total.kinds)
        assert all(0 <= of.paid <= of.granted and of.count > 0 for of in total.kinds)


@given(SOME, SOME, DAYS)
def test_more_entitlements_add_and_change_nothing_else(
    some: list[Entitlement], more: list[Entitlement], today: dt.date
) -> None:
    def granted(of: list[Entitlement]) -> dict[int, int]:
        return {total.year: total.granted for total in yearly_totals(of, today)}

    one, other, both = granted(some), granted(more), granted(some + more)
    assert both == {year: one.get(year, 0) + other.get(year, 0) for year in one | other}


@given(SOME, DAYS)
def test_years_come_once_and_the_latest_first(given: list[Entitlement], today: dt.date) -> None:
    years = [total.year for total in yearly_totals(given, today)]
    assert years == sorted(set(years), reverse=True)
    assert yearly_totals(given[::-1], today) == yearly_totals(given, today)


@given(entitlements(), DAYS)
def test_each_share_falls_into_the_time_of_its_entitlement(one: Entitlement, today: dt.date) -> None:
    for share in shares(one, today):
        assert one.starts_on.year <= share.year
        assert one.ends_on is None or share.year <= one.ends_on.year


@given(entitlements(), DAYS, st.integers(0, 400))
def test_what_is_granted_only_grows(one: Entitlement, today: dt.date, later: int) -> None:
    now, then = (
        sum(share.granted for share in shares(one, day)) for day in (today, today + dt.timedelta(days=later))
    )
    assert now <= then


@given(DAYS, st.integers(-600, 600), st.integers(-600, 600))
def test_months_later(day: dt.date, months: int, more: int) -> None:
    first = day.replace(day=1)
    assert months_later(months_later(first, months), more) == months_later(first, months + more)
    assert months_later(day, months).replace(day=1) == months_later(first, months)
    assert months_later(day, months).day <= day.day


PENSION = Entitlement(Kind.MONTHLY, State.PAYING, dt.date(2025, 11, 1), None, 3_000_000)
BENEFIT = Entitlement(
    Kind.UNEMPLOYMENT,
    State.PAYING,
    dt.date(2025, 11, 20),
    None,
    4_000_000,
    months_granted=6,
    months_received=2,
)
LEAVE = Entitlement(Kind.SHORT_TERM, State.PAID, dt.date(2025, 10, 1), dt.date(2026, 3, 31), 36_000_000)


def total(year: int, kind: EntitlementKind, granted: int, paid: int) -> YearTotal:
    return YearTotal(year, granted, paid, (KindTotal(kind, 1, granted, paid),))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            PENSION,
            [
                total(2026, Kind.MONTHLY, 3_000_000, 3_000_000),
                total(2025, Kind.MONTHLY, 6_000_000, 6_000_000),
            ],
        ),
        (
            replace(PENSION, payment_state=State.PENDING, starts_on=dt.date(2026, 1, 1)),
            [total(2026, Kind.MONTHLY, 3_000_000, 0)],
        ),
        (replace(PENSION, starts_on=dt.date(2026, 2, 1)), []),
        (replace(PENSION, starts_on=TODAY), [total(2026, Kind.MONTHLY, 3_000_000, 3_000_000)]),
        (
            replace(PENSION, payment_state=State.ENDED, ends_on=dt.date(2025, 11, 30)),
            [total(2025, Kind.MONTHLY, 3_000_000, 3_000_000)],
        ),
        (
            BENEFIT,
            [
                total(2026, Kind.UNEMPLOYMENT, 16_000_000, 0),
                total(2025, Kind.UNEMPLOYMENT, 8_000_000, 8_000_000),
            ],
        ),
        (
            replace(BENEFIT, payment_state=State.ENDED, ends_on=dt.date(2025, 12, 19)),
            [total(2025, Kind.UNEMPLOYMENT, 4_000_000, 4_000_000)],
        ),
        (LEAVE, [total(2025, Kind.SHORT_TERM, 36_000_000, 36_000_000)]),
        (replace(LEAVE, payment_state=State.PENDING), [total(2025, Kind.SHORT_TERM, 36_000_000, 0)]),
    ],
    ids=[
        "goes on",
        "pending",
        "begins next month",
        "begins today",
        "ended",
        "six months",
        "found work",
        "over new year",
        "unpaid",
    ],
)
def test_totals(one: Entitlement, expected: list[YearTotal]) -> None:
    assert yearly_totals([one], TODAY) == expected


def test_nothing_comes_to_nothing() -> None:
    assert yearly_totals([], TODAY) == []


def test_every_regime_belongs_to_one_kind() -> None:
    assert sorted(regime.name for kind in Kind for regime in REGIMES[kind]) == sorted(
        regime.name for regime in EntitlementRegime
    )


@pytest.mark.parametrize(
    "words", [EntitlementKind, EntitlementRegime, EntitlementPaymentState, EntitlementPaymentMethod]
)
def test_everything_is_said_in_both_languages(words: type[EntitlementKind]) -> None:
    assert len({one.meaning.vi for one in words}) == len({one.meaning.en for one in words}) == len(words)
